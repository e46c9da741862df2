"""Addresses of leads."""

from django.urls import path

from yijian.web.leads import views

app_name = "leads"
urlpatterns = [
    path("leads/", views.leads, name="list"),
    path("leads/new/", views.new, name="new"),
    path("leads/register/", views.register, name="register"),
    path("leads/<int:lead_id>/", views.lead, name="detail"),
    path("leads/<int:lead_id>/<slug:word>/", views.step, name="step"),
]
