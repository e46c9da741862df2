"""A planted word, in content, identity, attachment, its name, messages and a claim, looked for wherever anything is kept."""

import base64
import logging
import re
import sqlite3
from io import BytesIO

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests.web.conftest import browser, by
from tests.web.tips.conftest import AREA, PASS
from tests.web.tips.test_a_tip_until_its_reward import closed_lead
from yijian.web.audit_log.models import LogEntry
from yijian.web.tips import actions, receiving, rewards, unsealing
from yijian.web.tips.models import Tip

WORD = "金丝雀canary7731"
KINDS = [WORD.encode(), WORD.encode("utf-16-le"), WORD.encode("gb18030"), b"canary7731", b"7731yranac"]
KINDS += [base64.b64encode(WORD.encode()[i:])[4:16] for i in range(3)]
"""The word in the spellings in which something might keep it."""


def found_in(held: bytes) -> bool:
    return any(kind in held for kind in KINDS)


def rows_with_it() -> list[str]:
    """Tables of which a row holds the word."""
    hits = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                values = [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row]
                hits += [table for value in values if found_in(value)]
    return hits


def picture() -> bytes:
    image, exif, out = Image.new("RGB", (40, 40), "red"), Image.Exif(), BytesIO()
    exif[0x013B] = "canary7731"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def form(client, **more):
    token = re.search(r'name="token" value="([^"]+)"', client.get("/tips/").content.decode()).group(1)
    return {
        "token": token, "area": AREA, "subject": f"{WORD}医院", "text": f"{WORD}的事情经过，写得足够长，凑满二十个字。",
        "name": f"{WORD}举报人", "telephone": WORD, "address": WORD, "certificate": WORD, **more,
    }  # fmt: skip


@pytest.fixture
def planted(desk, lists):
    """A tip with the word in every place, taken through all its work."""
    client = Client()
    files = [SimpleUploadedFile(f"{WORD}.jpg", picture()), SimpleUploadedFile(f"{WORD}.txt", WORD.encode())]
    page = client.post("/tips/", form(client, files=files))
    code = re.search(r'<p class="code">([^<]+)</p>', page.content.decode()).group(1)
    tip = Tip.objects.get()
    officer = browser(desk.officer)
    officer.post("/desk/tips/unlock/", {"passphrase": PASS})
    assert WORD in officer.post(reverse("tips:open", args=[tip.pk])).content.decode()  # it is there, for who may read it
    assert WORD.encode() in officer.post(reverse("tips:file", args=[tip.pk, 2])).content
    actions.write(tip.pk, f"给举报人：{WORD}", **by(desk.officer))
    client.post("/tips/receipt/", {"code": code, "words": f"补充：{WORD}"})
    asked = unsealing.ask(tip.pk, "需要核对材料", **by(desk.officer))
    unsealing.decide(asked.pk, grant=True, opened=desk.opened(desk.head), **by(desk.head))
    assert WORD in officer.post(reverse("tips:identity", args=[tip.pk])).content.decode()
    closed_lead(tip, desk)
    rewards.propose(tip.pk, 1, insider=False, **by(desk.officer))
    for head in (desk.head, desk.second):
        rewards.decide(tip.pk, agree=True, **by(head))
    client.post("/tips/receipt/", {"code": code, "account": f"账号 {WORD}"})
    actions.feedback(tip.pk, f"结果：{WORD}", **by(desk.officer))
    return tip


def test_the_word_is_found_where_it_is_planted_in_clear(planted):
    """The search itself works: a row that holds the word is found."""
    LogEntry.objects.bulk_create(
        [LogEntry(number=10**6, at=planted.received, who="", act="tips.open", purpose=WORD, leaf="", changes="")]
    )
    assert rows_with_it() == ["audit_log_logentry"]


def test_nothing_that_is_kept_holds_the_word(planted, settings, caplog):
    assert rows_with_it() == []
    raw = connection.connection
    if isinstance(raw, sqlite3.Connection):
        assert not found_in(raw.serialize())  # the file as it lies on the disk, freed pages too
    assert [path for path in settings.HOME.path.rglob("*") if path.is_file() and found_in(path.read_bytes())] == []
    assert not found_in(caplog.text.encode())


def test_no_page_or_export_shows_the_word(planted, desk, auditor, administrator, supervisor):
    pages = [reverse("start"), reverse("clocks:inbox"), reverse("tips:list"), reverse("tips:detail", args=[planted.pk])]
    pages += [
        reverse("tips:keys"),
        reverse("tips:rewards"),
        reverse("tips:new"),
        reverse("leads:list"),
        reverse("audit_log:list"),
    ]
    pages += [f"{reverse('audit_log:detail', args=[n])}" for n in range(LogEntry.objects.count())]
    pages += [reverse("exports:export", args=[name, "csv"]) for name in ("tips", "tip_rewards", "leads")]
    pages += [reverse("exports:export", args=["tips", "xlsx"])]
    shown = 0
    for user in (desk.officer, desk.head, auditor, administrator, supervisor):
        client = browser(user)
        for page in pages:
            answer = client.get(page)
            held = b"".join(answer.streaming_content) if answer.streaming else answer.content
            shown += answer.status_code == 200
            assert not found_in(held), (user.username, page)
    assert shown > 30


def test_an_error_says_nothing_of_what_was_sent(desk, monkeypatch, caplog, lists):
    def broken(*_, **__):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(receiving.sealing, "encrypt", broken)
    client = Client(raise_request_exception=False)
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/tips/", form(client))
    assert answer.status_code == 500
    assert "the disk is full" in caplog.text
    assert not found_in(answer.content)
    assert not found_in(caplog.text.encode())
    assert rows_with_it() == []


def test_what_is_sent_never_lies_in_a_file(desk, monkeypatch, lists):
    def on_disk(*_, **__):
        raise AssertionError("written to a file")

    monkeypatch.setattr(uploadhandler, "TemporaryUploadedFile", on_disk)
    client = Client()
    text = SimpleUploadedFile("large.txt", WORD.encode() * 200_000)
    assert client.post("/tips/", form(client, files=[text])).status_code == 200
