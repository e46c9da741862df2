"""Addresses of inspections."""

from django.urls import path

from yijian.web.inspections import coverage_views, phone_views, site_views, views

app_name = "inspections"
urlpatterns = [
    path("inspections/", views.inspections, name="list"),
    path("inspections/new/", views.new, name="new"),
    path("inspections/coverage/", coverage_views.coverage, name="coverage"),
    path("inspections/phone/", phone_views.phone, name="phone"),
    path("inspections/phone/worker.js", phone_views.worker, name="worker"),
    path("inspections/phone/manifest.json", phone_views.manifest, name="manifest"),
    path("inspections/phone/there/", phone_views.there_now, name="there_now"),
    path("inspections/plan/", views.plan, name="plan"),
    path("inspections/<int:inspection_id>/", views.inspection, name="detail"),
    path("inspections/<int:inspection_id>/join/", views.join, name="join"),
    path("inspections/<int:inspection_id>/leave/", views.leave, name="leave"),
    path("inspections/<int:inspection_id>/dossier/", views.compile_dossier, name="dossier"),
    path("inspections/<int:inspection_id>/lead/", views.make_lead, name="lead"),
    path("inspections/<int:inspection_id>/site/", site_views.site, name="site"),
    path("inspections/<int:inspection_id>/answer/", site_views.answer, name="answer"),
    path("inspections/<int:inspection_id>/draw-list/", site_views.draw_list, name="draw_list"),
    path("inspections/<int:inspection_id>/evidence/", site_views.evidence, name="evidence"),
    path("inspections/<int:inspection_id>/write/", site_views.write, name="write"),
    path("inspections/<int:inspection_id>/carry/", phone_views.carry, name="carry"),
    path("inspections/<int:inspection_id>/sync/", phone_views.sync, name="sync"),
    path("inspections/<int:inspection_id>/sync-photo/", phone_views.sync_photo, name="sync_photo"),
    path("inspections/<int:inspection_id>/records/<int:record_id>/", site_views.record, name="record"),
    path("inspections/<int:inspection_id>/records/<int:record_id>/sign/", site_views.sign, name="sign"),
    path("inspections/<int:inspection_id>/<slug:word>/", views.step, name="step"),
]
