"""Addresses of campaigns and self-inspections."""

from django.urls import path

from yijian.web.campaigns import return_views, views

app_name = "campaigns"
urlpatterns = [
    path("campaigns/", views.campaigns, name="list"),
    path("campaigns/new/", views.new, name="new"),
    path("campaigns/prepare/", views.prepare, name="prepare"),
    path("campaigns/returns/", return_views.returns, name="returns"),
    path("campaigns/returns/<int:return_id>/", return_views.one, name="return"),
    path("campaigns/returns/<int:return_id>/fill/", return_views.fill, name="fill"),
    path("campaigns/returns/<int:return_id>/deliver/", return_views.deliver, name="deliver"),
    path("campaigns/returns/<int:return_id>/nothing/", return_views.nothing, name="nothing"),
    path("campaigns/returns/<int:return_id>/form/", return_views.form, name="form"),
    path("campaigns/returns/<int:return_id>/upload/", return_views.upload, name="upload"),
    path("campaigns/returns/<int:return_id>/<slug:word>/", return_views.take, name="take"),
    path("campaigns/duties/<int:duty_id>/<slug:word>/", views.duty, name="duty"),
    path("campaigns/<int:campaign_id>/", views.campaign, name="detail"),
    path("campaigns/<int:campaign_id>/edit/", views.edit, name="edit"),
    path("campaigns/<int:campaign_id>/change/", views.change, name="change"),
    path("campaigns/<int:campaign_id>/report/", views.report, name="report"),
    path("campaigns/<int:campaign_id>/ask/", return_views.ask, name="ask"),
    path("campaigns/<int:campaign_id>/compare/", return_views.compare, name="compare"),
    path("campaigns/<int:campaign_id>/remind/", return_views.remind_missing, name="remind"),
    path("campaigns/<int:campaign_id>/<slug:word>/", views.step, name="step"),
]
