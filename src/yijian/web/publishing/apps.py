"""App: penalty decisions and typical cases on a public page."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.publishing"
    label = "publishing"

    def ready(self) -> None:
        """Hear when decisions are served."""
        from yijian.web.publishing import receivers

        receivers.connect()
