"""App: tips, whose content and tipster only those can read who are meant to."""

from django.apps import AppConfig


class TipsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.tips"
    label = "tips"

    def ready(self) -> None:
        """Learn when a lead that was made from a tip ends."""
        from yijian.web.leads.signals import closed, merged_into_closed
        from yijian.web.tips.actions import lead_closed

        for ended in (closed, merged_into_closed):
            ended.connect(lead_closed, dispatch_uid="tips.lead_closed")
