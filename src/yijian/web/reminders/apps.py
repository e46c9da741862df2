"""App: reminders of the gateway and what doctors did about them."""

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.reminders"
    label = "reminders"
