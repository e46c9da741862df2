"""Addresses of the ledger."""

from django.urls import path

from yijian.web.recoveries import views

app_name = "recoveries"
urlpatterns = [
    path("recoveries/", views.ledger, name="ledger"),
    path("recoveries/rows/", views.rows, name="rows"),
    path("recoveries/rows/<int:recovery_id>/write-off/", views.write_off, name="write_off"),
    path("recoveries/orders/", views.make_orders, name="make_orders"),
    path("recoveries/orders/<int:order_id>/", views.order, name="order"),
    path("recoveries/orders/<int:order_id>/letter.<slug:kind>", views.letter, name="letter"),
    path("recoveries/orders/<int:order_id>/pledge/", views.pledge, name="pledge"),
    path("recoveries/payments/", views.payments, name="payments"),
    path("recoveries/payments/new/", views.pay, name="pay"),
    path("recoveries/payments/import/", views.import_file, name="import"),
    path("recoveries/payments/<int:payment_id>/assign/", views.assign_payment, name="assign_payment"),
]
