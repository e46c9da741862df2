"""App: training, promises and publicity."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.training"
    label = "training"
