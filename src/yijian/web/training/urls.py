"""Addresses of training, promises and publicity, and of the library."""

from django.urls import path

from yijian.web.training import views

app_name = "training"
urlpatterns = [
    path("training/", views.activities, name="list"),
    path("training/new/", views.new, name="new"),
    path("training/enter/", views.enter, name="enter"),
    path("training/form/", views.form, name="form"),
    path("training/coverage/", views.coverage, name="coverage"),
    path("training/<int:activity_id>/", views.activity, name="detail"),
    path("training/<int:activity_id>/withdraw/", views.withdraw, name="withdraw"),
    path("library/", views.library, name="library"),
]
