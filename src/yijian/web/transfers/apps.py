"""App: transfers to and from other authorities."""

from django.apps import AppConfig


class TransfersConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.transfers"
    label = "transfers"

    def ready(self) -> None:
        """Hear when leads end."""
        from yijian.web.transfers import receivers

        receivers.connect()
