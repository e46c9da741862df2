"""App: campaigns and self-inspections."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.campaigns"
    label = "campaigns"
