"""App: measures under service agreements."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.agreements"
    label = "agreements"

    def ready(self) -> None:
        """Hear when leads end."""
        from yijian.web.agreements import receivers

        receivers.connect()
