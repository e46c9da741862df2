"""Somebody gives a tip and comes back with the code: without cookies, scripts, an account, or an address that is kept."""

import asyncio
import itertools
import re
import time

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.web.conftest import browser
from tests.web.tips.conftest import AREA, SAID
from yijian.web.audit_log.models import LogEntry
from yijian.web.tips import actions, limits
from yijian.web.tips.asgi_door import SMALL, small_bodies
from yijian.web.tips.middleware import HEADERS
from yijian.web.tips.models import Tip
from yijian.web.tips.proofs import solves


@pytest.fixture
def anyone(desk):
    return Client(REMOTE_ADDR="198.51.100.7")


def form(client, **more):
    page = client.get("/tips/").content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page).group(1)
    return {"token": token, "area": AREA, "subject": SAID.subject, "text": SAID.text, **more}


def work(token, puzzles):
    """A proof, found as the page's script finds it."""
    found = []
    while len(found) < puzzles:
        n = next(n for n in itertools.count() if solves(token, ",".join(map(str, [*found, n])), len(found) + 1))
        found.append(n)
    return ",".join(map(str, found))


def code_in(response):
    return re.search(r'<p class="code">([^<]+)</p>', response.content.decode()).group(1)


def test_given_and_looked_at_with_the_code(anyone, desk):
    response = anyone.post("/tips/", form(anyone, files=[SimpleUploadedFile("记录.txt", "三楼".encode())]))
    assert response.status_code == 200
    tip, code = Tip.objects.get(), code_in(response)
    assert actions.open_tip(tip.pk, desk.opened(desk.officer), who=desk.officer, when=tip.received, where=None)[1].files == [
        {"kind": "txt", "size": 6}
    ]
    actions.write(tip.pk, "请补充时间。", who=desk.officer, when=tip.received, where=None)
    page = anyone.post("/tips/receipt/", {"code": code}).content.decode()
    assert "请补充时间。" in page
    assert "待受理" in page
    page = anyone.post("/tips/receipt/", {"code": code, "words": "从三月开始的。"}).content.decode()
    assert "已加密送达" in page
    assert "从三月开始的。" not in page


def test_no_page_sets_a_cookie_or_asks_for_anything_from_elsewhere(anyone):
    answers = [
        anyone.get("/tips/"), anyone.get("/tips/receipt/"), anyone.post("/tips/", {}), anyone.post("/tips/", form(anyone)),
        anyone.post("/tips/receipt/", {"code": "x"}),
    ]  # fmt: skip
    for answer in answers:
        assert not answer.cookies
        assert "Set-Cookie" not in answer
        page = answer.content.decode()
        assert {name: answer[name] for name in HEADERS} == HEADERS
        assert re.findall(r"<script[^>]*>", page) in ([], ['<script src="/static/tips/proof.js" type="module">'])
        assert not re.search(r'(src|href|action)="(https?:)?//', page)
    assert not anyone.cookies


def test_nobodys_address_is_kept(anyone):
    anyone.post("/tips/", form(anyone))
    assert not LogEntry.objects.filter(address="198.51.100.7").exists()


def test_sent_again_the_same_form_is_refused(anyone):
    said = form(anyone)
    assert anyone.post("/tips/", said).status_code == 200
    again = anyone.post("/tips/", said)
    assert (again.status_code, Tip.objects.count()) == (400, 1)
    assert "已经提交过" in again.content.decode()


@pytest.mark.parametrize("token", ["", "forged", "a:b:c"])
def test_a_form_that_we_did_not_make_is_refused_and_what_was_written_stays(anyone, token):
    answer = anyone.post("/tips/", form(anyone) | {"token": token})
    assert answer.status_code == 400
    assert SAID.text in answer.content.decode()
    assert not Tip.objects.exists()


def test_without_a_proof_a_form_is_not_taken_before_its_time_and_then_it_is(anyone, monkeypatch):
    monkeypatch.setattr(limits, "WAITS", ((-1, 60, 2),))
    said = form(anyone)
    answer = anyone.post("/tips/", said)
    assert "请等" in answer.content.decode()
    assert said["token"] in answer.content.decode()  # the same form goes on waiting
    said["token"] = signing.dumps(["nonce", int(time.time()) - 61, 2], salt=limits.SALT)
    assert anyone.post("/tips/", said).status_code == 200


def test_with_a_proof_a_form_is_taken_at_once(anyone, monkeypatch):
    monkeypatch.setattr(limits, "WAITS", ((-1, 60, 2),))
    said = form(anyone)
    right = work(said["token"], 2)
    for wrong in (
        "",
        right.split(",")[0],
        f"{right},0",
        f"{right}x",
        "-1,-1",
        "٣,٣",
        right.replace(right.split(",")[0], "99999"),
    ):
        assert anyone.post("/tips/", said | {"proof": wrong}).status_code == 400, wrong
    assert anyone.post("/tips/", said | {"proof": right}).status_code == 200
    assert anyone.post("/tips/", said | {"proof": right}).status_code == 400  # the form is spent
    assert anyone.post("/tips/", form(anyone) | {"proof": right}).status_code == 400  # and its proof is no other's


def test_the_wait_and_the_work_grow_with_what_came_in(give, monkeypatch, desk):
    monkeypatch.setattr(limits, "WAITS", ((1, 60, 32), (0, 3, 8)))
    tip, _ = give()
    assert limits.demand(tip.received) == (3, 8)
    give()
    assert limits.demand(tip.received) == (60, 32)
    assert limits.fresh(when=tip.received).puzzles == 32


def test_guessing_codes_is_slowed_and_tor_is_not_locked_out(anyone, monkeypatch):
    monkeypatch.setattr(limits, "GUESSED", ("guessed", 3, 600))
    said = [anyone.post("/tips/receipt/", {"code": "x"}).content.decode() for _ in range(5)]
    assert "没有这个回执码" in said[2]
    assert "操作过于频繁" in said[3]
    onion = Client(REMOTE_ADDR="127.0.0.1")
    said = [onion.post("/tips/receipt/", {"code": "x"}).content.decode() for _ in range(5)]
    assert "没有这个回执码" in said[4]


def test_all_guesses_together_are_limited_and_shut_nobody_out(anyone, give, monkeypatch):
    monkeypatch.setattr(limits, "ALL_GUESSED", ("all_guessed", 2, 600))
    _, receipt = give()
    said = [Client(REMOTE_ADDR=f"198.51.100.{n}").post("/tips/receipt/", {"code": "x"}).content.decode() for n in range(4)]
    assert "没有这个回执码" in said[1]
    assert "操作过于频繁" in said[3]
    assert "待受理" in anyone.post("/tips/receipt/", {"code": receipt.code}).content.decode()
    onion = Client(REMOTE_ADDR="127.0.0.1")
    assert "待受理" in onion.post("/tips/receipt/", {"code": receipt.code}).content.decode()


def test_on_its_own_host_there_is_nothing_else_and_nowhere_else(anyone, settings, desk):
    settings.TIP_HOST = "tips.example.test"
    settings.ALLOWED_HOSTS = ["*"]
    there = {"HTTP_HOST": "tips.example.test"}
    assert anyone.get("/tips/", **there).status_code == 200
    assert anyone.get("/", **there)["Location"] == "/tips/"
    inside = browser(desk.officer)
    for path in ("/login/", "/desk/tips/", "/log/"):
        answer = inside.get(path, **there)
        assert answer.status_code == 404
        assert "没有这个页面" in answer.content.decode()
    dotted = inside.get("/desk/tips/", HTTP_HOST="tips.example.test.:443")
    assert dotted.status_code == 404  # the same host, written out to its root
    assert inside.get("/tips/")["Location"] == "http://tips.example.test/tips/"
    assert inside.get("/desk/tips/").status_code == 200


def test_without_keys_the_page_says_how_else(people):
    assert "改用电话" in Client().get("/tips/").content.decode()


def ask(door, **scope):
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        raise AssertionError("was read")

    asyncio.run(door({"type": "http", "method": "POST", "path": "/tips/", "headers": [], **scope}, receive, send))
    return sent


def test_too_large_a_body_is_refused_unread():
    reached = []

    async def pages(scope, receive, send):
        reached.append(scope["path"])

    door = small_bodies(pages)
    for length in (None, b"x", str(SMALL + 1).encode()):
        headers = [(b"content-length", length)] if length else []
        assert ask(door, headers=headers)[0]["status"] == 413
    assert not reached
    ask(door, headers=[(b"content-length", b"100")])
    ask(door, path="/imports/", headers=[])
    assert reached == ["/tips/", "/imports/"]
