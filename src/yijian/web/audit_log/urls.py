"""Addresses of the log."""

from django.urls import path

from yijian.web.audit_log import views

app_name = "audit_log"
urlpatterns = [path("log/", views.log, name="list")]
