"""Addresses of working together."""

from django.urls import path

from yijian.web.joint import meeting_views, penalty_views, plan_views, views

app_name = "joint"
urlpatterns = [
    path("joint/checks/", views.checks, name="checks"),
    path("joint/checks/draw/", views.draw, name="draw"),
    path("joint/checks/<int:check_id>/", views.check, name="check"),
    path("joint/checked/", views.items, name="items"),
    path("joint/checked/<int:item_id>/", views.item, name="item"),
    path("joint/checked/<int:item_id>/look/", views.look, name="look"),
    path("joint/checked/<int:item_id>/correct/", views.correct, name="correct"),
    path("joint/plans/", plan_views.plans, name="plans"),
    path("joint/plans/new/", plan_views.new, name="new_plan"),
    path("joint/plans/draft/", plan_views.draft, name="draft_plan"),
    path("joint/plans/<int:plan_id>/", plan_views.plan, name="plan"),
    path("joint/plans/<int:plan_id>/edit/", plan_views.edit, name="edit_plan"),
    path("joint/plans/<int:plan_id>/<slug:word>/", plan_views.step, name="plan_step"),
    path("joint/visits/<int:visit_id>/", plan_views.visited, name="visited"),
    path("joint/visits/<int:visit_id>/record/", plan_views.visit, name="visit"),
    path("joint/meetings/", meeting_views.meetings, name="meetings"),
    path("joint/meetings/new/", meeting_views.new, name="new_meeting"),
    path("joint/meetings/call/", meeting_views.call, name="call"),
    path("joint/meetings/<int:meeting_id>/", meeting_views.meeting, name="meeting"),
    path("joint/meetings/<int:meeting_id>/minute/", meeting_views.minute, name="minute"),
    path("joint/meetings/<int:meeting_id>/<slug:word>/", meeting_views.step, name="meeting_step"),
    path("joint/tasks/<int:task_id>/done/", meeting_views.do, name="do"),
    path("joint/penalties/", penalty_views.penalties, name="penalties"),
    path("joint/told/", penalty_views.told, name="told"),
    path("joint/told/new/", penalty_views.new, name="new_penalty"),
    path("joint/told/tell/", penalty_views.tell, name="tell"),
    path("joint/told/<int:row_id>/withdraw/", penalty_views.withdraw, name="withdraw"),
]
