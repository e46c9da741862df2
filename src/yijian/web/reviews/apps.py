"""App: reviews of bills, from the first review to the determination."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.reviews"
    label = "reviews"
