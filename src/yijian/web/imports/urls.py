"""Addresses of imports and quarantine."""

from django.urls import path

from yijian.web.imports import views

app_name = "imports"
urlpatterns = [
    path("imports/", views.imports, name="list"),
    path("imports/load/", views.load, name="load"),
    path("imports/<int:commit>/", views.one, name="detail"),
    path("quarantine/", views.quarantine, name="quarantine"),
]
