"""Addresses of the officers' desk. A record stands in them by its number in the database, never by anything it says."""

from django.urls import path

from yijian.web.tips import key_views, reward_views, views

app_name = "tips"
urlpatterns = [
    path("desk/tips/", views.tips, name="list"),
    path("desk/tips/new/", views.new, name="new"),
    path("desk/tips/unlock/", key_views.unlock, name="unlock"),
    path("desk/tips/keys/", key_views.keys, name="keys"),
    path("desk/tips/keys/make/", key_views.make, name="make_key"),
    path("desk/tips/keys/<slug:word>/", key_views.step, name="key_step"),
    path("desk/tips/rewards/", reward_views.rewards, name="rewards"),
    path("desk/tips/<int:tip_id>/", views.tip, name="detail"),
    path("desk/tips/<int:tip_id>/open/", views.open_tip, name="open"),
    path("desk/tips/<int:tip_id>/identity/", views.identity, name="identity"),
    path("desk/tips/<int:tip_id>/file/<int:place>/", views.file, name="file"),
    path("desk/tips/<int:tip_id>/reward/<slug:word>/", reward_views.step, name="reward_step"),
    path("desk/tips/<int:tip_id>/<slug:word>/", views.step, name="step"),
]
