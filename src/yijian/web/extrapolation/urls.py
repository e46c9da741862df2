"""Addresses of extrapolations."""

from django.urls import path

from yijian.web.extrapolation import views

app_name = "extrapolation"
urlpatterns = [
    path("extrapolation/", views.extrapolations, name="list"),
    path("extrapolation/new/", views.new, name="new"),
    path("extrapolation/draw/", views.draw, name="draw"),
    path("extrapolation/<int:extrapolation_id>/", views.extrapolation, name="detail"),
    path("extrapolation/<int:extrapolation_id>/review/", views.review, name="review"),
    path("extrapolation/<int:extrapolation_id>/bills/", views.bills, name="bills"),
    path("extrapolation/<int:extrapolation_id>/fill/", views.fill, name="fill"),
    path("extrapolation/<int:extrapolation_id>/<slug:word>/", views.step, name="step"),
]
