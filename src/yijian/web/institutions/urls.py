"""The address that fields of institutions ask."""

from django.urls import path

from yijian.web.institutions import views

app_name = "institutions"
urlpatterns = [path("institution-names/", views.named, name="named")]
