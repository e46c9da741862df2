"""Addresses of reviews."""

from django.urls import path

from yijian.web.reviews import views

app_name = "reviews"
urlpatterns = [
    path("reviews/", views.reviews, name="list"),
    path("reviews/open/", views.open_reviews, name="open"),
    path("reviews/send/", views.send, name="send"),
    path("reviews/lapse/", views.lapse, name="lapse"),
    path("reviews/samples/", views.samples, name="samples"),
    path("reviews/samples/draw/", views.draw, name="draw"),
    path("reviews/notices/<int:notice_id>/letter.<slug:kind>", views.letter, name="letter"),
    path("reviews/<int:review_id>/", views.review, name="detail"),
    path("reviews/<int:review_id>/<slug:word>/", views.step, name="step"),
]
