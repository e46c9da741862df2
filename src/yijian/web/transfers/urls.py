"""Addresses of transfers."""

from django.urls import path

from yijian.web.transfers import parcel_views, views

app_name = "transfers"
urlpatterns = [
    path("transfers/", views.transfers, name="list"),
    path("transfers/statement/", views.statement, name="statement"),
    path("transfers/statement/send/", views.send_statement, name="send_statement"),
    path("transfers/new/", views.new, name="new"),
    path("transfers/draft/", views.draft, name="draft"),
    path("transfers/waive/", views.waive, name="waive"),
    path("transfers/in/", views.incoming, name="incoming"),
    path("transfers/hand-over/", views.hand_over, name="hand_over"),
    path("transfers/keys/", parcel_views.keys, name="keys"),
    path("transfers/keys/own/", parcel_views.own_key, name="own_key"),
    path("transfers/keys/enter/", parcel_views.enter_key, name="enter_key"),
    path("transfers/keys/<int:key_id>/end/", parcel_views.end_key, name="end_key"),
    path("transfers/open/", parcel_views.incoming_file, name="open"),
    path("transfers/<int:transfer_id>/pack/<slug:kind>/", parcel_views.packed, name="pack"),
    path("transfers/<int:transfer_id>/file/", parcel_views.answered_file, name="file"),
    path("transfers/<int:transfer_id>/", views.transfer, name="detail"),
    path("transfers/<int:transfer_id>/edit/", views.edit, name="edit"),
    path("transfers/<int:transfer_id>/<slug:word>/", views.step, name="step"),
]
