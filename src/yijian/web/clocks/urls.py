"""Addresses of the inbox."""

from django.urls import path

from yijian.web.clocks import views

app_name = "clocks"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read, name="read"),
    path("parameters/day/<int:row_id>/withdraw/", views.withdraw_day, name="withdraw_day"),
]
