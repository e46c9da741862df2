"""Addresses of the public pages."""

from django.urls import path

from yijian.web.publishing import public_views

app_name = "public"
urlpatterns = [
    path("public/", public_views.pages, name="list"),
    path("public/feed/", public_views.feed, name="feed"),
    path("public/penalties.json", public_views.as_json, name="json"),
    path("public/penalties.csv", public_views.as_csv, name="csv"),
    path("public/<int:publication_id>/", public_views.one, name="one"),
]
