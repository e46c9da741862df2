"""The passphrase is asked for once a session; the key then lies in no one place, and ends with the session."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from tests.web.conftest import browser
from tests.web.tips.conftest import PASS, SAID
from yijian.web.audit_log.models import LogEntry
from yijian.web.tips import sealing, unlocking
from yijian.web.tips.models import TipKey


@pytest.fixture
def officer(desk):
    return browser(desk.officer)


def unlock(client, passphrase=PASS, **more):
    return client.post("/desk/tips/unlock/", {"passphrase": passphrase, **more})


def reads(client, tip):
    answer = client.post(reverse("tips:open", args=[tip.pk]))
    return answer.status_code == 200 and SAID.text in answer.content.decode()


def test_once_given_it_opens_until_it_is_locked_again(officer, give):
    tip, _ = give()
    assert not reads(officer, tip)
    cookie = unlock(officer).cookies[unlocking.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", unlocking.PATH)
    assert reads(officer, tip)
    unlock(officer, word="lock")
    assert not reads(officer, tip)


def test_neither_the_session_nor_the_cookie_is_enough(officer, give, desk):
    tip, _ = give()
    unlock(officer)
    held = officer.cookies.pop(unlocking.COOKIE)
    assert not reads(officer, tip)
    again = browser(desk.officer)
    again.cookies[unlocking.COOKIE] = held.value
    assert not reads(again, tip)
    private = sealing.unlock(TipKey.objects.get(user=desk.officer).kept, PASS)
    assert not any(private.hex() in str(one.get_decoded()) for one in Session.objects.all())


def test_after_half_an_hour_it_is_locked(officer, give, monkeypatch):
    tip, _ = give()
    unlock(officer)
    now = time.time()
    monkeypatch.setattr(unlocking.time, "time", lambda: now + unlocking.LONGEST + 1)
    assert not reads(officer, tip)


def test_a_wrong_passphrase_opens_nothing_and_is_logged(officer, give, desk):
    tip, _ = give()
    answer = unlock(officer, "一句不对的口令")
    assert answer.status_code == 400
    assert unlocking.COOKIE not in answer.cookies
    assert not reads(officer, tip)
    assert LogEntry.objects.get(act="tips.wrong_passphrase").user == desk.officer
    assert not any("一句不对的口令" in str(vars(line)) for line in LogEntry.objects.all())


def test_unlocking_leads_nowhere_else(officer):
    assert unlock(officer, back="https://elsewhere.example/desk/tips/")["Location"] == "/desk/tips/"
    assert unlock(officer, back="/desk/tips/keys/")["Location"] == "/desk/tips/keys/"
