"""Addresses of findings, institutions and the ledger."""

from django.urls import path

from yijian.web.findings import institution_views, screening_views, views

app_name = "findings"
urlpatterns = [
    path("findings/", views.findings, name="list"),
    path("findings/<str:finding_id>/", views.finding, name="detail"),
    path("findings/<str:finding_id>/identity/", views.identity, name="identity"),
    path("findings/<str:finding_id>/screen/", screening_views.screen_one, name="screen_one"),
    path("screening/", screening_views.groups, name="groups"),
    path("screening/assign/", screening_views.assign, name="assign"),
    path("screening/mine/", screening_views.screenings, name="screenings"),
    path("screening/mine/<int:screening_id>/undo/", screening_views.undo, name="undo"),
    path("screening/<str:group_id>/", screening_views.group, name="group"),
    path("screening/<str:group_id>/screen/", screening_views.screen, name="screen"),
    path("institutions/", institution_views.institutions, name="institutions"),
    path("institutions/<str:code>/", institution_views.institution, name="institution"),
    path("coverage/", views.coverage, name="coverage"),
]
