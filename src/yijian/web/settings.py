"""Django's settings. The home decides where the database and the key lie; the environment may say otherwise.

YIJIAN_HOME           the home folder (see `vocabulary.home`)
YIJIAN_DATABASE_URL   postgresql://user:password@host:port/name instead of SQLite in the home (needs yijian[postgresql])
YIJIAN_SECRET_KEY     instead of the key file in the home
YIJIAN_HOSTS          names under which the pages are reached, separated by commas, beside 127.0.0.1 and localhost
YIJIAN_ATTACHMENT_MB  the largest file that may be attached, in MB (20)
YIJIAN_TIP_HOST       a host name of its own for the public page of tips; it then answers there only, and there nothing else does
YIJIAN_PUBLIC_HOST    the same for the public page of penalty decisions and typical cases
YIJIAN_HTTPS          1: reached through https only; cookies are then never sent without it
YIJIAN_OIDC_…         log-in at an OIDC provider: see `place.oidc`
YIJIAN_MAIL_…         daily mail about what is due: see `place.mail`
"""

import os
from datetime import timedelta
from pathlib import Path

from yijian.vocabulary.home import Home
from yijian.web.place import database, mail, oidc, own_host, secret_key

HOME = Home.of(None)
HERE = Path(__file__).parent
HTTPS = os.environ.get("YIJIAN_HTTPS") == "1"

DEBUG = False
SECRET_KEY = secret_key(HOME)
TIP_HOST = own_host("YIJIAN_TIP_HOST")
PUBLIC_HOST = own_host("YIJIAN_PUBLIC_HOST", not_the_one_of="YIJIAN_TIP_HOST")
OWN_HOSTS = [*os.environ.get("YIJIAN_HOSTS", "").split(","), TIP_HOST, PUBLIC_HOST]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", *filter(None, OWN_HOSTS)]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
ROOT_URLCONF = "yijian.web.urls"
ASGI_APPLICATION = "yijian.web.asgi.application"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "yijian.web.frame",
    "yijian.web.audit_log",
    "yijian.web.accounts",
    "django_tasks",
    "django_tasks_db",
    "yijian.web.attachments",
    "yijian.web.jobs",
    "yijian.web.exports",
    "yijian.web.parameters",
    "yijian.web.papers",
    "yijian.web.clocks",
    "yijian.web.institutions",
    "yijian.web.findings",
    "yijian.web.reminders",
    "yijian.web.recoveries",
    "yijian.web.reviews",
    "yijian.web.leads",
    "yijian.web.tips",
    "yijian.web.cases",
    "yijian.web.transfers",
    "yijian.web.joint",
    "yijian.web.agreements",
    "yijian.web.publishing",
    "yijian.web.draws",
    "yijian.web.inspections",
    "yijian.web.campaigns",
    "yijian.web.extrapolation",
    "yijian.web.training",
    "yijian.web.statistics",
    "yijian.web.rules",
    "yijian.web.knowledge",
    "yijian.web.imports",
]

MIDDLEWARE = [
    "yijian.web.tips.middleware.public_door",
    "yijian.web.publishing.middleware.public_door",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yijian.web.frame.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "yijian.web.frame.middleware.clean_text",
    "yijian.web.frame.middleware.log_in_again",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "yijian.web.accounts.middleware.gate",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "yijian.web.frame.middleware.user_errors",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "yijian.web.navigation.navigation",
            ],
            "builtins": ["yijian.web.frame.templatetags.frame", "django.contrib.humanize.templatetags.humanize"],
        },
    }
]

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

DATABASES = {"default": database(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "yijian.web.accounts.backend.OpenAccounts"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Five wrong passwords for one account from one address: fifteen minutes' pause there, which trying does not prolong.
# Failures stand in the audit log, so axes need not keep its own.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "yijian.web.accounts.log_in_views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "医监"

OIDC = oidc()

MAIL = mail()
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL else 'dummy'}.EmailBackend"
if MAIL:
    EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
    EMAIL_USE_SSL, EMAIL_USE_TLS = MAIL.security == "ssl", MAIL.security == "starttls"
    EMAIL_TIMEOUT = 10
    DEFAULT_FROM_EMAIL = MAIL.sender

# A screen that is left alone for an hour, or a browser that is closed, is logged out.
SESSION_COOKIE_AGE = 60 * 60
SESSION_LONGEST = 12 * 60 * 60  # and a busy one after half a day
SESSION_RENEWED_EVERY = 60  # seconds: the idle hour is counted from the last minute, and most pages write nothing
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # so that an address sent by a colleague opens
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

MOST_ATTACHED = int(os.environ.get("YIJIAN_ATTACHMENT_MB") or 20) * 2**20
"""Bytes of one attached file."""
MOST_BODY = 10 * MOST_ATTACHED + 2**20
"""Bytes of one request: whatever is larger is refused before it is read (`frame.body_limit`)."""

# A body up to this size stays in memory: what somebody sends as a tip (`tips.middleware.SMALL`) never touches a disk in clear.
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a list of 500 beds on the spot has six fields a bed

STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "axes": {"level": "ERROR"},  # names who failed to log in: that is for the audit log
    },
}
