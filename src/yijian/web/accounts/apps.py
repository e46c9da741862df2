"""App: people who log in."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Connect the log to log-ins."""
        import_module("yijian.web.accounts.logging_in")
