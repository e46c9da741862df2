"""Log-in at an OIDC provider, where `settings.OIDC` names one. Nobody is created: the provider says who it is, roles stay ours.

Authorization code flow with PKCE; authlib checks state, nonce, signature, issuer, audience and expiry.
"""

from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from joserfc.errors import JoseError
from requests import RequestException

from yijian.web.accounts.logging_in import ELSEWHERE
from yijian.web.accounts.models import User

BACKEND = "yijian.web.accounts.backend.OpenAccounts"
TIMEOUT = 10
"""Seconds that a page waits for the provider."""
_FAILURES = (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError)


class Refused(Exception):
    """Nobody is let in. said: the sentence on the page; username: whom the provider named, '' if nobody; why: for the log."""

    def __init__(self, said: str, username: str = "", why: str = "") -> None:
        super().__init__(said)
        self.said, self.username, self.why = said, username, why or said


def redirect_to_provider(request: HttpRequest) -> HttpResponse:
    """To the provider's own log-in page. `Refused` if it does not answer."""
    back = request.build_absolute_uri(reverse("accounts:oidc_back"))
    try:
        return _client().authorize_redirect(request, back)
    except _FAILURES as failure:
        raise _unreachable(failure) from failure


def username_from(request: HttpRequest) -> str:
    """The account that the provider's signed answer names. `Refused` if the answer is not sound."""
    client = _client()
    try:
        token: dict[str, Any] = client.authorize_access_token(request)
        claims: dict[str, Any] = token["userinfo"]
    except _FAILURES as failure:
        raise _unreachable(failure) from failure
    named = claims.get(settings.OIDC["claim"])
    if not isinstance(named, str) or not named:
        raise Refused("统一身份认证没有给出账号名，请联系系统管理员核对配置", why=f"没有 {settings.OIDC['claim']}")
    return named


def let_in(request: HttpRequest, user: User) -> None:
    """Begin a session; the second factor is still ours to ask for unless the settings leave it to the provider."""
    login(request, user, backend=BACKEND)
    request.session[ELSEWHERE] = "both" if settings.OIDC["second_factor"] else "password"


def _client() -> Any:
    """Built anew each time: it asks the provider for its addresses and keys, which may have changed."""
    said = settings.OIDC
    return OAuth().register(
        "oidc",
        server_metadata_url=f"{said['issuer'].rstrip('/')}/.well-known/openid-configuration",
        client_id=said["client_id"],
        client_secret=said["client_secret"],
        client_kwargs={"scope": said["scope"], "code_challenge_method": "S256", "default_timeout": TIMEOUT},
    )


def _unreachable(failure: Exception) -> Refused:
    """What exactly was wrong is for the log: class only, for messages may hold tokens."""
    return Refused("统一身份认证没有完成，请重试；仍不成功时请用账号密码登录，并告诉系统管理员", why=type(failure).__name__)
