"""Addresses of exports: `export/findings.xlsx?rule=…`, with the same words as the page."""

from django.urls import path

from yijian.web.exports import views

app_name = "exports"
urlpatterns = [path("export/<slug:name>.<slug:form>", views.export, name="export")]
