"""Addresses of the rulebook."""

from django.urls import path

from yijian.web.rules import views

app_name = "rules"
urlpatterns = [
    path("rules/", views.rules, name="list"),
    path("rules/precision/", views.precision, name="precision"),
    path("rules/<str:rule_id>/", views.rule, name="detail"),
]
