"""Address of the public page of draws."""

from django.urls import path

from yijian.web.draws import public_views

app_name = "public_draws"
urlpatterns = [path("public/draws/", public_views.draws, name="list")]
