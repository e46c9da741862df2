"""All that the tips' own host (YIJIAN_TIP_HOST) answers."""

from django.urls import include, path

from yijian.web.tips import public_views

urlpatterns = [path("", public_views.front, name="front"), path("", include("yijian.web.tips.public_urls"))]

handler400 = "yijian.web.tips.public_views.missing"
handler403 = "yijian.web.tips.public_views.missing"
handler404 = "yijian.web.tips.public_views.missing"
handler500 = "yijian.web.tips.public_views.broken"
