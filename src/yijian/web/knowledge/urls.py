"""Addresses of the knowledge lists."""

from django.urls import path

from yijian.web.knowledge import views

app_name = "knowledge"
urlpatterns = [
    path("knowledge/", views.lists, name="list"),
    path("knowledge/<str:list_id>/", views.points, name="points"),
    path("knowledge/<str:list_id>/settle/", views.sentences, name="sentences"),
    path("knowledge/<str:list_id>/settle/<str:point_id>/", views.settle, name="settle"),
]
