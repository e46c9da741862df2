"""App: the ledger of money that returns to the fund."""

from django.apps import AppConfig


class RecoveriesConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.recoveries"
    label = "recoveries"
