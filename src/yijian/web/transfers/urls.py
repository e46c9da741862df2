"""Addresses of transfers."""

from django.urls import path

from yijian.web.transfers import views

app_name = "transfers"
urlpatterns = [
    path("transfers/", views.transfers, name="list"),
    path("transfers/statement/", views.statement, name="statement"),
    path("transfers/new/", views.new, name="new"),
    path("transfers/draft/", views.draft, name="draft"),
    path("transfers/waive/", views.waive, name="waive"),
    path("transfers/in/", views.incoming, name="incoming"),
    path("transfers/hand-over/", views.hand_over, name="hand_over"),
    path("transfers/<int:transfer_id>/", views.transfer, name="detail"),
    path("transfers/<int:transfer_id>/edit/", views.edit, name="edit"),
    path("transfers/<int:transfer_id>/<slug:word>/", views.step, name="step"),
]
