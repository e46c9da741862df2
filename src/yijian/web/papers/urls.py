"""Addresses of documents."""

from django.urls import path

from yijian.web.papers import views

app_name = "papers"
urlpatterns = [path("papers/<int:paper_id>.<slug:form>", views.fetch, name="fetch")]
