"""Addresses of logging in, one's own account, accounts and organisations."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from yijian.web.accounts import import_views, log_in_views, moving_views, organisation_views, own_views, views

app_name = "accounts"
urlpatterns = [
    path("login/", log_in_views.LogIn.as_view(), name="login"),
    path("login/code/", log_in_views.code, name="code"),
    path("login/authenticator/", log_in_views.enrol, name="enrol"),
    path("login/oidc/", log_in_views.oidc_begin, name="oidc"),
    path("login/oidc/back/", log_in_views.oidc_back, name="oidc_back"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("me/", own_views.me, name="me"),
    path("me/password/", own_views.password, name="password"),
    path("me/mail/", own_views.mail, name="mail"),
    path("me/backup-codes/", own_views.backup_codes, name="backup_codes"),
    path("me/give-up-second-factor/", own_views.give_up_second_factor, name="give_up"),
    path("me/end-sessions/", own_views.end_sessions, name="end_sessions"),
    path("accounts/", views.accounts, name="list"),
    path("accounts/new/", views.make, name="make"),
    path("accounts/import/", import_views.begin, name="import"),
    path("accounts/import/template.xlsx", import_views.template, name="import_template"),
    path("accounts/import/take-over/", import_views.take_over, name="import_take_over"),
    path("account/<str:username>/", views.account, name="detail"),
    path("account/<str:username>/name/", moving_views.rename, name="rename"),
    path("account/<str:username>/move/", moving_views.move, name="move"),
    path("account/<str:username>/post/", views.post, name="post"),
    path("account/<str:username>/unpost/", views.unpost, name="unpost"),
    path("account/<str:username>/open/", views.set_open, name="set_open"),
    path("account/<str:username>/password/", views.new_password, name="new_password"),
    path("account/<str:username>/second-factor/", views.reset_second_factor, name="reset_second_factor"),
    path("organisations/", organisation_views.organisations, name="organisations"),
    path("organisations/new/", organisation_views.make, name="make_organisation"),
    path("organisations/divisions/", organisation_views.keep_division, name="keep_division"),
    path("organisation/<str:code>/", organisation_views.organisation, name="organisation"),
]
