"""Addresses: one line an app. A page's address holds its filter, so that it can be sent to a colleague."""

from django.urls import include, path

from yijian.web.searching import search
from yijian.web.start import start

urlpatterns = [
    path("", start, name="start"),
    path("search/", search, name="search"),
    path("", include("yijian.web.accounts.urls")),
    path("", include("yijian.web.attachments.urls")),
    path("", include("yijian.web.jobs.urls")),
    path("", include("yijian.web.exports.urls")),
    path("", include("yijian.web.papers.urls")),
    path("", include("yijian.web.clocks.urls")),
    path("", include("yijian.web.parameters.urls")),
    path("", include("yijian.web.institutions.urls")),
    path("", include("yijian.web.findings.urls")),
    path("", include("yijian.web.reminders.urls")),
    path("", include("yijian.web.reviews.urls")),
    path("", include("yijian.web.recoveries.urls")),
    path("", include("yijian.web.leads.urls")),
    path("", include("yijian.web.tips.urls")),
    path("", include("yijian.web.tips.public_urls")),
    path("", include("yijian.web.cases.urls")),
    path("", include("yijian.web.transfers.urls")),
    path("", include("yijian.web.joint.urls")),
    path("", include("yijian.web.agreements.urls")),
    path("", include("yijian.web.draws.urls")),
    path("", include("yijian.web.inspections.urls")),
    path("", include("yijian.web.campaigns.urls")),
    path("", include("yijian.web.extrapolation.urls")),
    path("", include("yijian.web.training.urls")),
    path("", include("yijian.web.statistics.urls")),
    path("", include("yijian.web.publishing.urls")),
    path("", include("yijian.web.publishing.public_urls")),
    path("", include("yijian.web.draws.public_urls")),
    path("", include("yijian.web.rules.urls")),
    path("", include("yijian.web.knowledge.urls")),
    path("", include("yijian.web.imports.urls")),
    path("", include("yijian.web.audit_log.urls")),
]

handler403 = "yijian.web.frame.errors.forbidden"
handler404 = "yijian.web.frame.errors.not_found"
handler500 = "yijian.web.frame.errors.broken"
