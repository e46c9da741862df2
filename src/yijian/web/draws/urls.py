"""Addresses of random draws."""

from django.urls import path

from yijian.web.draws import member_views, views

app_name = "draws"
urlpatterns = [
    path("draws/", views.draws, name="list"),
    path("draws/new/", views.new, name="new"),
    path("draws/prepare/", views.prepare, name="prepare"),
    path("draws/members/", member_views.members, name="members"),
    path("draws/members/register/", member_views.register, name="register"),
    path("draws/members/<int:member_id>/end/", member_views.end, name="end"),
    path("draws/<int:draw_id>/", views.draw, name="detail"),
    path("draws/<int:draw_id>/floors/", views.floors, name="floors"),
    path("draws/<int:draw_id>/recuse/", views.recuse, name="recuse"),
    path("draws/<int:draw_id>/commit/", views.commit, name="commit"),
    path("draws/<int:draw_id>/reveal/", views.reveal, name="reveal"),
    path("draws/<int:draw_id>/file/<slug:form>/", views.file, name="file"),
    path("draws/<int:draw_id>/<slug:word>/", views.step, name="step"),
]
