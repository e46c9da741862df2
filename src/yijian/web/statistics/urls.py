"""Addresses of statistics."""

from django.urls import path

from yijian.web.statistics import file_views, rows, views

app_name = "statistics"
urlpatterns = [
    path("statistics/", views.tables, name="list"),
    path("statistics/typing/", views.typing, name="typing"),
    path("statistics/type/", views.type_figures, name="type"),
    path("statistics/close/", views.close, name="close"),
    path("statistics/incoming/", file_views.incoming, name="incoming"),
    path("statistics/tables/<int:table_id>/pack/", file_views.pack, name="pack"),
    path("statistics/tables/<int:table_id>/<slug:word>/", views.step, name="step"),
    path("statistics/<slug:key>/", views.form, name="form"),
    path("statistics/<slug:key>/rows/", rows.rows, name="rows"),
    path("statistics/<slug:key>.xlsx", views.file, name="file"),
]
