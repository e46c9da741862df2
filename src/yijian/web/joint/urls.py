"""Addresses of working together."""

from django.urls import path

from yijian.web.joint import views

app_name = "joint"
urlpatterns = [
    path("joint/checks/", views.checks, name="checks"),
    path("joint/checks/draw/", views.draw, name="draw"),
    path("joint/checks/<int:check_id>/", views.check, name="check"),
    path("joint/checked/", views.items, name="items"),
    path("joint/checked/<int:item_id>/", views.item, name="item"),
    path("joint/checked/<int:item_id>/look/", views.look, name="look"),
    path("joint/checked/<int:item_id>/correct/", views.correct, name="correct"),
]
