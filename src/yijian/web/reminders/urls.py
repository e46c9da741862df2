"""Addresses of reminders."""

from django.urls import path, register_converter

from yijian.web.reminders import group_views, views


class Group:
    """What reminders are counted by."""

    regex = "rule|institution|doctor|reason"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Group, "reminders_by")

app_name = "reminders"
urlpatterns = [
    path("reminders/", views.overview, name="overview"),
    path("reminders/list/", views.reminders, name="list"),
    path("reminders/by/<reminders_by:by>/", group_views.grouped, name="by"),
    path("reminders/<str:reminder_id>/", views.reminder, name="detail"),
]
