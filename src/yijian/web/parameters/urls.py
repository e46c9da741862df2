"""Addresses of parameters."""

from django.urls import path

from yijian.web.parameters import views

app_name = "parameters"
urlpatterns = [
    path("parameters/", views.parameters, name="list"),
    path("parameters/set/", views.set_parameter, name="set"),
    path("parameters/day/", views.settle_day, name="day"),
]
