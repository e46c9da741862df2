"""All that the public host (YIJIAN_PUBLIC_HOST) answers."""

from django.urls import include, path

from yijian.web.publishing import public_views

urlpatterns = [
    path("", public_views.front, name="front"),
    path("", include("yijian.web.publishing.public_urls")),
    path("", include("yijian.web.draws.public_urls")),
]

handler400 = "yijian.web.publishing.public_views.missing"
handler403 = "yijian.web.publishing.public_views.missing"
handler404 = "yijian.web.publishing.public_views.missing"
handler500 = "yijian.web.publishing.public_views.broken"
