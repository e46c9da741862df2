"""From the log-in form to the first page: the lock, the code, the authenticator, the first password, how long a session lasts."""

import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.web.conftest import PASSWORD, account, browser, organisation
from yijian.web.accounts.actions import give_new_password, post, set_open
from yijian.web.accounts.acts import Act
from yijian.web.accounts.logging_in import BEGAN
from yijian.web.accounts.models import User
from yijian.web.accounts.second_factor import code_now, enrol
from yijian.web.audit_log.models import LogEntry

NEW = "another-invented-phrase-8"


@pytest.fixture
def head(bureau) -> User:
    """Somebody who sees no identities."""
    return account("fuze", "冯负责", "head", bureau)


@pytest.fixture
def secret(supervisor) -> str:
    """The supervisor's authenticator."""
    return TOTPDevice.objects.create(user=supervisor, name="test").key


def log_in(username, password=PASSWORD, client=None, address="10.0.0.1"):
    client = client or Client()
    return client, client.post("/login/", {"username": username, "password": password}, REMOTE_ADDR=address)


def give_code(client, code, address="/login/code/"):
    return client.post(address, {"code": code})


def code_of(secret, steps=0):
    """The code of a half minute that lies `steps` ahead."""
    clock = TOTP(bytes.fromhex(secret))
    clock.time = time.time() + 30 * steps
    return f"{clock.token():06d}"


def said(response):
    return response.content.decode()


def acts_of(username):
    return list(LogEntry.objects.filter(who=username).order_by("number").values_list("act", flat=True))


def test_a_role_that_sees_no_identity_needs_only_a_password(head):
    client, response = log_in("fuze")
    assert response["Location"] == "/"
    assert client.get("/inbox/").status_code == 200


def test_five_wrong_passwords_lock_the_account_at_that_address_for_a_while(head):
    for _ in range(4):
        assert "账号或密码不对" in said(log_in("fuze", "wrong")[1])
    fifth = log_in("fuze", "wrong")[1]
    assert fifth.status_code == 429
    right = log_in("fuze")[1]
    until = AccessAttempt.objects.get().attempt_time + timedelta(minutes=15)
    for response in (fifth, right):
        assert f"请在 {timezone.localtime(until):%H:%M} 之后再试" in said(response)
    assert acts_of("fuze").count(Act.LOCKED) == 1
    assert acts_of("fuze").count(Act.LOG_IN_FAILED) == 6
    assert log_in("fuze", address="10.0.0.2")[1]["Location"] == "/"


def test_the_lock_ends_and_trying_does_not_prolong_it(head):
    for _ in range(7):
        log_in("fuze", "wrong")
    assert AccessAttempt.objects.get().failures_since_start == 5
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert log_in("fuze")[1]["Location"] == "/"


@pytest.mark.parametrize(
    ("standing", "password"),
    [("open", "wrong"), *((standing, word) for standing in ("closed", "expired", "unknown") for word in (PASSWORD, "wrong"))],
)
def test_the_answer_does_not_tell_whether_the_password_was_right(head, standing, password):
    yesterday = timezone.localdate() - timedelta(days=1)
    if standing in ("closed", "expired"):
        expires = yesterday if standing == "expired" else None
        set_open(head, active=standing == "expired", expires=expires, who=None, when=timezone.now(), where=None)
    response = log_in("nobody" if standing == "unknown" else "fuze", password)[1]
    assert response.status_code == 200
    assert "账号或密码不对，或者该账号已停用、已过有效期" in said(response)


def test_who_sees_identities_opens_nothing_without_the_code(loaded, supervisor, secret):
    client, _ = log_in("wang")
    for address in ("/", "/findings/", "/me/", "/inbox/", "/me/password/", "/accounts/"):
        response = client.get(address)
        assert response["Location"].startswith("/login/code/?next="), address
    assert client.post("/me/end-sessions/")["Location"].startswith("/login/code/")
    assert give_code(client, code_now(secret))["Location"] == "/"
    assert client.get("/findings/").status_code == 200


def test_after_the_code_comes_the_page_that_was_asked_for(loaded, supervisor, secret):
    client, _ = log_in("wang")
    asked = client.get("/findings/?rule=amount_arithmetic")
    page = client.get(asked["Location"])
    assert page.context["next"] == "/findings/?rule=amount_arithmetic"
    done = client.post("/login/code/", {"code": code_now(secret), "next": page.context["next"]})
    assert done["Location"] == "/findings/?rule=amount_arithmetic"


def test_a_foreign_address_is_never_led_to(supervisor, secret):
    client, _ = log_in("wang")
    done = client.post("/login/code/", {"code": code_now(secret), "next": "https://elsewhere.example/"})
    assert done["Location"] == "/"


def test_a_code_opens_once(supervisor, secret):
    code = code_now(secret)
    first, _ = log_in("wang")
    assert give_code(first, code).status_code == 302
    second, _ = log_in("wang")
    refused = give_code(second, code)
    assert refused.status_code == 400
    assert "已经用过" in said(refused)
    assert second.get("/findings/")["Location"].startswith("/login/code/")
    assert acts_of("wang")[-1] == Act.CODE_FAILED


def test_who_guesses_codes_waits_longer_each_time(supervisor, secret):
    client, _ = log_in("wang")
    give_code(client, "000000" if code_now(secret) != "000000" else "111111")
    assert "请等" in said(give_code(client, code_now(secret)))
    TOTPDevice.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(seconds=5))
    assert give_code(client, code_now(secret)).status_code == 302


@pytest.mark.parametrize("given", ["", "abc", "12345", "１２３４５６", "' or 1=1", "1" * 300])
def test_what_is_no_code_is_refused_with_a_sentence(supervisor, secret, given):
    client, _ = log_in("wang")
    response = give_code(client, given)
    assert response.status_code == 400
    assert "动态验证码不对" in said(response)


def test_the_first_log_in_enrols_an_authenticator(loaded, supervisor):
    client, _ = log_in("wang")
    assert client.get("/findings/")["Location"].startswith("/login/authenticator/")
    page = client.get("/login/authenticator/")
    assert "<svg" in said(page)
    assert "style=" not in said(page), "the policy of the pages forbids inline styles"
    shown = client.session["proposed_secret"]
    assert give_code(client, "000000" if code_now(shown) != "000000" else "1", "/login/authenticator/").status_code == 400
    assert not TOTPDevice.objects.exists()
    done = give_code(client, code_now(shown), "/login/authenticator/")
    codes = done.context["codes"]
    assert len(set(codes)) == 10
    assert all(code in said(done) for code in codes)
    assert client.get("/findings/").status_code == 200
    assert Act.SECOND_FACTOR in acts_of("wang")
    again, _ = log_in("wang")
    assert give_code(again, code_now(shown)).status_code == 400, "the code of the enrolment was used"
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert not stored & {code.replace("-", "") for code in codes}, "the database keeps no backup code in the clear"


def test_a_stolen_password_does_not_enrol_a_second_authenticator(supervisor, secret):
    thief, _ = log_in("wang")
    assert thief.get("/login/authenticator/")["Location"] == "/login/code/"
    assert thief.post("/login/authenticator/", {"code": "123456"})["Location"] == "/login/code/"
    assert TOTPDevice.objects.get().key == secret


def test_a_backup_code_opens_once_and_the_others_stay(supervisor):
    secret = "ab" * 20
    _, codes = enrol(supervisor, secret, code_now(secret), who=supervisor, when=timezone.now(), where=None)
    first, _ = log_in("wang")
    assert give_code(first, codes[3].upper()).status_code == 302
    second, _ = log_in("wang")
    assert give_code(second, codes[3]).status_code == 400
    StaticToken.objects.first().device.throttle_reset()
    assert give_code(second, codes[4].replace("-", " ")).status_code == 302
    assert StaticToken.objects.count() == 8


def test_who_may_do_without_may_still_have_one_and_is_then_asked(head):
    secret = "cd" * 20
    enrol(head, secret, code_now(secret), who=head, when=timezone.now(), where=None)
    client, _ = log_in("fuze")
    assert client.get("/inbox/")["Location"].startswith("/login/code/")
    assert give_code(client, code_of(secret, 1)).status_code == 302
    assert "取消身份验证器" in said(client.get("/me/"))
    assert client.post("/me/give-up-second-factor/").status_code == 302
    assert client.get("/me/").status_code == 200
    assert log_in("fuze")[0].get("/inbox/").status_code == 200


def test_who_must_have_one_cannot_give_it_up(supervisor):
    client = browser(supervisor)
    assert "不能取消" in said(client.post("/me/give-up-second-factor/"))
    assert TOTPDevice.objects.filter(user=supervisor).exists()


def test_a_role_given_during_a_session_asks_for_the_factor_at_once(bureau, loaded):
    nobody = account("xin", "辛新人", (), bureau)
    client, _ = log_in("xin")
    assert client.get("/findings/").status_code == 403
    post(nobody, "supervisor", who=None, when=timezone.now(), where=None)
    assert client.get("/findings/")["Location"].startswith("/login/authenticator/")


def test_the_initial_password_is_changed_before_anything_else(head):
    password = give_new_password(head, who=None, when=timezone.now(), where=None)
    client, response = log_in("fuze", password)
    assert response.status_code == 302
    assert client.get("/inbox/")["Location"] == "/me/password/?next=%2Finbox%2F"
    for old, new, again, why in (
        ("wrong", NEW, NEW, "原密码不对"),
        (password, NEW, NEW + "x", "不一致"),
        (password, password, password, "相同"),
        (password, "short", "short", "12"),
        (password, "1234567890123", "1234567890123", "数字"),
    ):
        refused = client.post("/me/password/", {"old": old, "new": new, "again": again})
        assert refused.status_code == 400
        assert why in said(refused)
    assert client.post("/me/password/", {"old": password, "new": NEW, "again": NEW, "next": "/inbox/"})["Location"] == "/inbox/"
    assert client.get("/inbox/").status_code == 200
    head.refresh_from_db()
    assert head.password.split("$")[1] != "10000", "at full strength from the first use on"


def test_a_new_password_ends_the_other_sessions(head):
    here, elsewhere = log_in("fuze")[0], log_in("fuze")[0]
    here.post("/me/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert here.get("/inbox/").status_code == 200
    assert elsewhere.get("/inbox/")["Location"].startswith("/login/")


def test_one_ends_ones_sessions_elsewhere(head):
    here, elsewhere = log_in("fuze")[0], log_in("fuze")[0]
    assert here.post("/me/end-sessions/").status_code == 302
    assert here.get("/inbox/").status_code == 200
    assert elsewhere.get("/inbox/")["Location"].startswith("/login/")


def test_a_session_ends_after_half_a_day_however_busy(head):
    client, _ = log_in("fuze")
    session = client.session
    session[BEGAN] -= 12 * 3600 + 1
    session.save()
    assert client.get("/inbox/")["Location"] == "/login/?next=/inbox/"
    assert client.get("/inbox/")["Location"] == "/login/?next=/inbox/", "it is gone, not only led away"


def test_ones_own_page_shows_ones_own_log_ins_only(head, supervisor):
    log_in("wang", address="10.9.9.9")
    log_in("fuze", "wrong", address="10.3.3.3")
    page = said(log_in("fuze", address="10.4.4.4")[0].get("/me/"))
    assert "10.3.3.3" in page
    assert "登录失败" in page
    assert "10.9.9.9" not in page


def test_new_backup_codes_void_the_old(supervisor):
    client = browser(supervisor)
    first = client.post("/me/backup-codes/").context["codes"]
    second = client.post("/me/backup-codes/").context["codes"]
    assert not set(first) & set(second)
    half, _ = log_in("wang")
    assert give_code(half, first[0]).status_code == 400
    StaticToken.objects.first().device.throttle_reset()
    assert give_code(half, second[0]).status_code == 302


def test_the_administrator_resets_a_lost_authenticator(supervisor, secret, administrator):
    lost, office = browser(supervisor), browser(administrator)
    assert office.post("/account/wang/second-factor/").status_code == 302
    assert lost.get("/me/")["Location"].startswith("/login/")
    assert LogEntry.objects.get(act=Act.SECOND_FACTOR).who == "zhao"
    client, _ = log_in("wang")
    assert client.get("/me/")["Location"].startswith("/login/authenticator/")
    assert "不需要重置" in said(office.post("/account/wang/second-factor/"))


def test_nobody_resets_somebody_outside_the_area(supervisor, secret):
    county = organisation("YBX", "某县医保局", "authority", "999901")
    office = browser(account("xianguan", "县管理", "administrator", county))
    for word in ("second-factor", "password", "open", "post", "unpost"):
        assert office.post(f"/account/wang/{word}/").status_code == 404
    assert TOTPDevice.objects.get().key == secret
