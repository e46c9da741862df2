"""Addresses of the log."""

from django.urls import path

from yijian.web.audit_log import views

app_name = "audit_log"
urlpatterns = [
    path("log/", views.log, name="list"),
    path("log/checkpoint/", views.sign, name="sign"),
    path("log/checkpoint/<int:size>.txt", views.checkpoint, name="checkpoint"),
    path("log/<int:number>/", views.detail, name="detail"),
]
