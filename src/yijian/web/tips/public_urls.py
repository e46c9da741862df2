"""Addresses of the public page."""

from django.urls import path

from yijian.web.tips import public_views

app_name = "tips_public"
urlpatterns = [
    path("tips/", public_views.give, name="give"),
    path("tips/receipt/", public_views.receipt, name="receipt"),
]
