"""Addresses of findings, institutions and the ledger."""

from django.urls import path

from yijian.web.findings import institution_views, views

app_name = "findings"
urlpatterns = [
    path("findings/", views.findings, name="list"),
    path("findings/export.xlsx", views.export, name="export"),
    path("findings/<str:finding_id>/", views.finding, name="detail"),
    path("findings/<str:finding_id>/identity/", views.identity, name="identity"),
    path("institutions/", institution_views.institutions, name="institutions"),
    path("institutions/<str:code>/", institution_views.institution, name="institution"),
    path("coverage/", views.coverage, name="coverage"),
]
