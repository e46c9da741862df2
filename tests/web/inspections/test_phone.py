"""What a phone is given and what it sends: of the account that is logged in, once, and refused with a sentence otherwise."""

import json
from hashlib import sha256
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.web.conftest import browser
from tests.web.inspections.conftest import png
from yijian.web.inspections.models import InspectionEntry, InspectionEvidence, InspectionItem


def row(what, **more):
    said = {
        "id": str(uuid4()),
        "item": what.pk,
        "answer": "no",
        "note": "十二床无人",
        "at": timezone.now().isoformat(),
        "seen": "",
    }
    return said | more


def send(user, one, rows, account=None):
    said = {"account": account or user.pk, "entries": json.dumps(rows)}
    return browser(user).post(f"/inspections/{one.pk}/sync/", said)


def test_what_is_carried_names_nobody_but_colleagues(there, people):
    said = browser(people["a"]).get(f"/inspections/{there.pk}/carry/").json()
    assert said["account"] == people["a"].pk
    assert said["inspection"]["items"][0]["what"] == "没有挂床住院"
    assert "演示证" not in json.dumps(said, ensure_ascii=False)
    assert browser(people["c"]).get(f"/inspections/{there.pk}/carry/").status_code == 404


def test_the_same_answers_sent_twice_are_entered_once(there, people):
    item = InspectionItem.objects.filter(inspection=there).first()
    rows = [row(item)]
    first, second = send(people["a"], there, rows), send(people["a"], there, rows)
    assert (first.status_code, second.status_code) == (200, 200)
    assert InspectionEntry.objects.count() == 1
    assert second.json()["inspection"]["items"][0]["entries"][0]["note"] == "十二床无人"


def test_the_answers_of_a_phone_whose_clock_was_never_set_are_not_lost(there, people):
    item = InspectionItem.objects.filter(inspection=there).first()
    assert send(people["a"], there, [row(item, at="1970-01-01T00:07:00.000Z")]).status_code == 200
    assert InspectionEntry.objects.count() == 1


def test_the_notes_of_another_account_are_not_taken(there, people):
    item = InspectionItem.objects.filter(inspection=there).first()
    answer = send(people["b"], there, [row(item)], account=people["a"].pk)
    assert answer.status_code == 400
    assert "另一个账号" in answer.json()["problem"]
    assert not InspectionEntry.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "nothing"},
        {"item": "x"},
        {"at": "gestern"},
        {"at": "2026-01-01T08:00:00"},
        {"answer": "maybe"},
        {"item": 0},
        {"item": float("inf")},
        {"item": 10**30},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:59-14:00"},
        {"seen": "?"},
    ],
)
def test_what_no_phone_sends_is_refused_whole_with_a_sentence(there, people, wrong):
    item = InspectionItem.objects.filter(inspection=there).first()
    answer = send(people["a"], there, [row(item), row(item, **wrong)])
    assert answer.status_code == 400
    assert answer.json()["problem"]
    assert not InspectionEntry.objects.exists()


@pytest.mark.parametrize("text", ["", "nothing", "{}", "[1]", '["x"]', "[" * 100_000])
def test_what_is_no_list_of_answers_is_refused(there, people, text):
    said = {"account": people["a"].pk, "entries": text}
    assert browser(people["a"]).post(f"/inspections/{there.pk}/sync/", said).status_code == 400


def test_a_photograph_that_changed_on_its_way_is_not_taken(there, people):
    given = {"id": str(uuid4()), "account": people["a"].pk, "taken": timezone.now().isoformat(), "place": "内科病区"}

    def photo(digest):
        said = given | {"sha256": digest, "files": SimpleUploadedFile("床.png", png(9), "image/png")}
        return browser(people["a"]).post(f"/inspections/{there.pk}/sync-photo/", said)

    assert photo(sha256(b"another").hexdigest()).status_code == 400
    assert not InspectionEvidence.objects.exists()
    assert photo(sha256(png(9)).hexdigest()).status_code == 200
    assert photo(sha256(png(9)).hexdigest()).status_code == 200
    assert InspectionEvidence.objects.count() == 1


def test_what_comes_after_the_spot_was_left_is_told_so_and_the_phone_keeps_it(signed, people):
    item = InspectionItem.objects.filter(inspection=signed).first()
    answer = send(people["a"], signed, [row(item)])
    assert answer.status_code == 400
    assert "请负责人退回补充检查" in answer.json()["problem"]
    assert browser(people["a"]).get(f"/inspections/{signed.pk}/carry/").json()["inspection"]["open"] is False


def test_the_policy_of_the_desk_is_not_loosened_by_the_phones(there, people):
    page = browser(people["a"])
    phone, desk = page.get("/inspections/phone/"), page.get(f"/inspections/{there.pk}/")
    assert "worker-src 'self'" in phone["Content-Security-Policy"]
    assert "unsafe" not in phone["Content-Security-Policy"]
    assert "worker-src" not in desk["Content-Security-Policy"]
    assert desk["Permissions-Policy"] == "camera=(), geolocation=(), microphone=()"
    assert there.who not in phone.content.decode(), "the page that is kept holds no inspection"
