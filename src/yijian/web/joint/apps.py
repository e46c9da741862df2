"""App: working together with other authorities."""

from django.apps import AppConfig


class JointConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.joint"
    label = "joint"
