"""Addresses of cases."""

from django.urls import path

from yijian.web.cases import doing, views

app_name = "cases"
urlpatterns = [
    path("cases/", views.cases, name="list"),
    path("cases/times/", views.times, name="times"),
    path("cases/reports/", views.reports, name="reports"),
    path("cases/new/<int:lead_id>/", views.new, name="new"),
    path("cases/propose/<int:lead_id>/", doing.propose, name="propose"),
    path("cases/on-spot/<int:lead_id>/", doing.on_spot, name="on_spot"),
    path("cases/<int:case_id>/", views.case, name="detail"),
    path("cases/<int:case_id>/volume/", doing.volume, name="volume"),
    path("cases/<int:case_id>/evidence/", doing.take, name="take"),
    path("cases/<int:case_id>/<slug:word>/", doing.step, name="step"),
]
