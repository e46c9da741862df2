"""Addresses of jobs."""

from django.urls import path

from yijian.web.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.jobs, name="list"),
    path("jobs/<int:job_id>/file/", views.fetch, name="fetch"),
]
