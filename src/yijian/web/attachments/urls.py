"""Addresses of attachments."""

from django.urls import path

from yijian.web.attachments import views

app_name = "attachments"
urlpatterns = [path("attachments/<int:attachment_id>/", views.fetch, name="fetch")]
