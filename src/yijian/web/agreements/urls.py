"""Addresses of measures under agreements."""

from django.urls import path

from yijian.web.agreements import views

app_name = "agreements"
urlpatterns = [
    path("agreements/", views.measures, name="list"),
    path("agreements/new/", views.new, name="new"),
    path("agreements/propose/", views.propose, name="propose"),
    path("agreements/<int:measure_id>/", views.measure, name="detail"),
    path("agreements/<int:measure_id>/<slug:word>/", views.step, name="step"),
]
