"""Log-in at an OIDC provider: who it names and whose account is open here comes in; nobody else, and nobody is created."""

from urllib.parse import urlsplit

import pytest
import requests
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.web.accounts.oidc_provider import CLIENT, SECRET, Provider
from tests.web.conftest import account
from yijian.vocabulary.errors import UserError
from yijian.web.accounts.actions import set_open
from yijian.web.accounts.acts import Act
from yijian.web.accounts.models import User
from yijian.web.accounts.second_factor import code_now
from yijian.web.audit_log.models import LogEntry
from yijian.web.place import oidc


@pytest.fixture(scope="module")
def serving():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(serving, settings, monkeypatch):
    """The provider, set up by the environment as an operator does."""
    serving.person, serving.spoil, serving.other_key = "wang", {}, False
    for name, value in (("ISSUER", serving.issuer), ("CLIENT_ID", CLIENT), ("CLIENT_SECRET", SECRET), ("NAME", "政务统一认证")):
        monkeypatch.setenv(f"YIJIAN_OIDC_{name}", value)
    settings.OIDC = oidc()
    return serving


@pytest.fixture
def head(bureau) -> User:
    return account("fuze", "冯负责", "head", bureau)


def there_and_back(client, wanted=""):
    """The browser goes to the provider and comes back; the pages' answer."""
    off = client.get("/login/oidc/", {"next": wanted} if wanted else {})
    assert off.status_code == 302
    back = requests.get(off["Location"], allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}"), f"{parts.path}?{parts.query}"


def test_it_is_off_where_nobody_set_it_up(db):
    assert Client().get("/login/oidc/").status_code == 404
    assert Client().get("/login/oidc/back/?code=x&state=y").status_code == 404
    assert "/login/oidc/" not in Client().get("/login/").content.decode()


def test_whom_the_provider_names_comes_in_where_he_wanted(provider, head):
    provider.person = "fuze"
    client = Client()
    assert "用政务统一认证登录" in client.get("/login/?next=/inbox/").content.decode()
    response, _ = there_and_back(client, "/inbox/")
    assert response["Location"] == "/inbox/"
    assert client.get("/inbox/").status_code == 200
    assert LogEntry.objects.get(act=Act.LOG_IN).who == "fuze"


def test_the_second_factor_is_still_ours(provider, supervisor, loaded):
    client = Client()
    there_and_back(client)
    assert client.get("/findings/")["Location"].startswith("/login/authenticator/")
    secret = TOTPDevice.objects.create(user=supervisor, name="test").key
    client = Client()
    there_and_back(client)
    assert client.get("/findings/")["Location"].startswith("/login/code/")
    assert client.post("/login/code/", {"code": code_now(secret)}).status_code == 302
    assert client.get("/findings/").status_code == 200


def test_the_second_factor_may_be_left_to_the_provider(provider, supervisor, loaded, monkeypatch, settings):
    monkeypatch.setenv("YIJIAN_OIDC_SECOND_FACTOR", "1")
    settings.OIDC = oidc()
    client = Client()
    there_and_back(client)
    assert client.get("/findings/").status_code == 200
    client = Client()
    client.post("/login/", {"username": "wang", "password": "an-invented-pass-phrase-7"})
    assert client.get("/findings/")["Location"].startswith("/login/authenticator/"), "a password alone is not the provider"


@pytest.mark.parametrize("standing", ["unknown", "closed"])
def test_who_has_no_open_account_stays_out_and_is_not_created(provider, head, standing):
    provider.person = "stranger" if standing == "unknown" else "fuze"
    if standing == "closed":
        set_open(head, active=False, expires=None, who=None, when=timezone.now(), where=None)
    client = Client()
    response, _ = there_and_back(client)
    assert response.status_code == 403
    assert "没有对应的可用账号" in response.content.decode()
    assert client.get("/inbox/")["Location"].startswith("/login/")
    assert list(User.objects.values_list("username", flat=True)) == ["fuze"]
    assert LogEntry.objects.get(act=Act.REFUSED).who == provider.person


@pytest.mark.parametrize(
    "spoil",
    [
        {"aud": "another-client"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000_000},
        {"nonce": "replayed"},
        {"preferred_username": ""},
        {"preferred_username": ["wang"]},
        {"preferred_username": None},
    ],
)
def test_a_token_that_is_not_for_us_now_opens_nothing(provider, supervisor, spoil):
    provider.spoil = spoil
    client = Client()
    response, _ = there_and_back(client)
    assert response.status_code == 403
    assert "统一身份认证" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_token_signed_by_somebody_else_opens_nothing(provider, supervisor):
    provider.other_key = True
    client = Client()
    assert there_and_back(client)[0].status_code == 403
    assert "_auth_user_id" not in client.session


def test_an_answer_is_taken_once_and_only_by_the_browser_that_asked(provider, head):
    provider.person = "fuze"
    client = Client()
    _, address = there_and_back(client)
    assert Client().get(address).status_code == 403
    assert client.get(address).status_code == 403


def test_the_person_may_say_no_there(provider, supervisor):
    client = Client()
    client.get("/login/oidc/")
    response = client.get("/login/oidc/back/?error=access_denied&state=x")
    assert response.status_code == 403
    assert "没有完成" in response.content.decode()


def test_a_provider_that_is_down_is_one_sentence(provider, settings, db):
    settings.OIDC = settings.OIDC | {"issuer": "http://127.0.0.1:1"}
    response = Client().get("/login/oidc/")
    assert response.status_code == 403
    assert "请用账号密码登录" in response.content.decode()


def test_a_foreign_address_is_never_led_to(provider, head):
    provider.person = "fuze"
    assert there_and_back(Client(), "https://elsewhere.example/")[0]["Location"] == "/"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"ISSUER": "https://sso.example", "CLIENT_ID": "x"}, "YIJIAN_OIDC_CLIENT_SECRET"),
        ({"ISSUER": "http://sso.example", "CLIENT_ID": "x", "CLIENT_SECRET": "y"}, "https://"),
    ],
)
def test_a_set_up_that_is_not_whole_or_not_encrypted_is_refused(monkeypatch, said, why):
    for name, value in said.items():
        monkeypatch.setenv(f"YIJIAN_OIDC_{name}", value)
    with pytest.raises(UserError, match=why):
        oidc()
