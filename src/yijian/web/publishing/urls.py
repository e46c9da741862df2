"""Addresses of publications."""

from django.urls import path

from yijian.web.publishing import views

app_name = "publishing"
urlpatterns = [
    path("publishing/", views.publications, name="list"),
    path("publishing/new/<int:case_id>/<slug:kind>/", views.new, name="new"),
    path("publishing/draft/<int:case_id>/<slug:kind>/", views.draft, name="draft"),
    path("publishing/decline/<int:case_id>/<slug:kind>/", views.decline, name="decline"),
    path("publishing/<int:publication_id>/", views.publication, name="detail"),
    path("publishing/<int:publication_id>/edit/", views.edit, name="edit"),
    path("publishing/<int:publication_id>/<slug:word>/", views.step, name="step"),
]
