"""The public pages: what is approved, within its period, without cookies or scripts; and nothing else of the desk."""

import csv
import io
import json
import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from tests.web.conftest import browser, by
from tests.web.matrix.test_every_role_on_every_page import names as view_names
from tests.web.publishing.conftest import CLEAN, closed_case, newest, publish, served_case, words
from yijian.vocabulary.errors import UserError
from yijian.web.place import own_host
from yijian.web.publishing import actions
from yijian.web.publishing.middleware import HEADERS, KEPT
from yijian.web.publishing.models import Publication

ATOM = {"a": "http://www.w3.org/2005/Atom"}
HOST = "open.example.test"


@pytest.fixture
def all_states(office):
    """Name → a publication in each state; what must not be seen says so in its text."""
    when = timezone.now()
    made = {}
    for state in ("drafted", "returned", "published", "flagged", "corrected", "withdrawn", "declined", "ended"):
        case = served_case(office, when)
        said = words(title=f"标题{state}", text=f"{CLEAN}正文{state}。")
        one = actions.draft(case.pk, "penalty", said, **by(office["one"], when))
        if state == "returned":
            actions.send_back(one.pk, reason="写清楚一些", **by(office["head"], when))
        elif state == "declined":
            actions.decline(case.pk, "penalty", "privacy", reason="能认出本人", **by(office["head"], when))
        elif state != "drafted":
            actions.approve(one.pk, newest(one), **by(office["head"], when))
        if state in ("flagged", "corrected"):
            actions.flag(one.pk, reason="次数写错了", **by(office["one"], when))
        if state == "corrected":
            said = words(title="标题改corrected", text=f"{CLEAN}正文改corrected。", note="说明改corrected")
            actions.correct(one.pk, said, **by(office["one"], when))
        if state == "withdrawn":
            actions.withdraw(one.pk, "void", reason="内部说明withdrawn", **by(office["head"], when))
        if state == "ended":
            Publication.objects.filter(pk=one.pk).update(until=timezone.localdate(when) - timedelta(days=1))
        made[state] = one
    return made


HIDDEN = ("drafted", "returned", "flagged", "corrected", "withdrawn", "declined", "ended")
WAYS = (
    "/public/",
    "/public/feed/",
    "/public/penalties.json",
    "/public/penalties.csv",
    "/public/?text=第一医院",
    "/public/?kind=penalty",
)


def text_of(response):
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def test_nobody_reads_a_draft_or_what_was_withdrawn_by_any_address(all_states, anyone):
    pages = [text_of(anyone.get(way)) for way in WAYS]
    answers = {state: anyone.get(f"/public/{one.pk}/") for state, one in all_states.items()}
    for state in HIDDEN:
        for page in [*pages, text_of(answers[state])]:
            assert f"标题{state}" not in page and f"正文{state}" not in page and f"改{state}" not in page
            assert f"内部说明{state}" not in page
    assert all("标题published" in page for page in pages)
    assert {state: one.status_code for state, one in answers.items()} == {
        "drafted": 404, "returned": 404, "published": 200, "flagged": 200, "corrected": 200, "withdrawn": 200, "declined": 404,
        "ended": 404,
    }  # fmt: skip
    assert "正在更正" in text_of(answers["flagged"]) and "已撤回：行政处罚决定被确认无效" in text_of(answers["withdrawn"])


def test_the_public_reaches_no_inner_address(all_states, anyone):
    for one in all_states.values():
        for inner in ("", "edit/", "approve/"):
            answer = anyone.get(f"/publishing/{one.pk}/{inner}")
            assert answer.status_code == 302 and answer["Location"].startswith("/login/")


def test_after_its_period_it_goes_by_itself(served, office, anyone, monkeypatch):
    made = publish(office, served)
    monkeypatch.setattr("yijian.web.publishing.public_views.timezone.localdate", lambda *_: made.until)
    assert anyone.get(f"/public/{made.pk}/").status_code == 200
    monkeypatch.setattr("yijian.web.publishing.public_views.timezone.localdate", lambda *_: made.until + timedelta(days=1))
    assert anyone.get(f"/public/{made.pk}/").status_code == 404
    assert "没有符合条件的信息" in anyone.get("/public/").content.decode()


def test_found_by_name_year_kind_and_area(served, office, anyone):
    publish(office, served, title="某院多收床位费")
    publish(office, closed_case(office, timezone.now()), "typical", title="典型一例", keeps_name=False)
    year = timezone.localdate().year

    def seen(address):
        page = anyone.get(f"/public/?{address}").content.decode()
        return ["某院多收床位费" in page, "典型一例" in page]

    assert seen("") == [True, True]
    assert seen("text=第一医院") == [True, False]
    assert seen("kind=typical") == [False, True]
    assert seen(f"year={year}&area=999900") == [True, True]
    assert seen(f"year={year - 1}") == seen("area=110000") == [False, False]
    assert seen("page=99&year=x&area=<b>&kind=%00") == [True, True]


def test_pages_set_no_cookie_and_need_no_script(all_states, anyone):
    for way in (*WAYS, f"/public/{all_states['published'].pk}/", "/public/12345678/"):
        answer = anyone.get(way, headers={"cookie": "sessionid=forged"})
        page = text_of(answer)
        assert not answer.cookies and "Vary" not in answer
        assert {name: answer[name] for name in HEADERS} == HEADERS
        assert answer["Cache-Control"] == (KEPT if answer.status_code == 200 else "no-store")
        assert "<script" not in page and "csrf" not in page
        assert not re.search(r'(src|action)="(https?:)?//', page)
    assert anyone.post("/public/").status_code == 405


def test_a_page_is_the_same_for_whoever_is_logged_in(all_states, office, anyone):
    for way in WAYS[:2]:
        assert text_of(browser(office["head"]).get(way)) == text_of(anyone.get(way))


def test_the_feed_is_atom_and_says_what_was_withdrawn(all_states, anyone):
    root = ElementTree.fromstring(text_of(anyone.get("/public/feed/")))
    titles = [one.findtext("a:title", "", ATOM) for one in root.findall("a:entry", ATOM)]
    assert len(titles) == 4 and "标题published" in titles
    said = "".join(one.findtext("a:summary", "", ATOM) for one in root.findall("a:entry", ATOM))
    assert "正文published" in said and "已撤回" in said
    assert all(
        one.find("a:link", ATOM).get("href").startswith("http://testserver/public/") for one in root.findall("a:entry", ATOM)
    )


def test_the_feed_begins_with_what_changed_last(served, office, anyone):
    now = timezone.now()
    days = [now - timedelta(days=n) for n in (9, 8, 7)]
    first, second, third = (publish(office, served_case(office, day), when=day, title=f"第 {day:%d} 日") for day in days)

    def entries():
        root = ElementTree.fromstring(text_of(anyone.get("/public/feed/")))
        found = root.findall("a:entry", ATOM)
        moments = [datetime.fromisoformat(one.findtext("a:updated", "", ATOM)) for one in found]
        assert moments == sorted(moments, reverse=True)
        return [int(one.find("a:link", ATOM).get("href").split("/")[-2]) for one in found], moments[0]

    assert entries()[0] == [third.pk, second.pk, first.pk]
    actions.withdraw(first.pk, "revoked", reason="法院判决撤销", **by(office["head"], now - timedelta(hours=3)))
    assert entries()[0] == [first.pk, third.pk, second.pk]
    actions.flag(second.pk, reason="次数写错了", **by(office["one"], now - timedelta(hours=2)))
    assert entries()[0] == [second.pk, first.pk, third.pk]
    actions.correct(second.pk, words(text=CLEAN, note="次数应为两次"), **by(office["one"]))
    actions.approve_correction(second.pk, newest(second), **by(office["head"], now - timedelta(hours=1)))
    pks, last = entries()
    assert pks == [second.pk, first.pk, third.pk] and abs(last - (now - timedelta(hours=1))) < timedelta(seconds=1)


def test_the_files_hold_the_penalties_and_no_typical_cases(all_states, office, anyone):
    publish(office, closed_case(office, timezone.now()), "typical", title="典型一例")
    said = json.loads(text_of(anyone.get("/public/penalties.json")))["条目"]
    rows = list(csv.DictReader(io.StringIO(text_of(anyone.get("/public/penalties.csv")).removeprefix("\ufeff"))))
    assert len(said) == len(rows) == 4
    assert [one["状态"] for one in said] == ["已撤回", "更正中", "更正中", "公示中"] == [one["状态"] for one in rows]
    (shown,) = [one for one in said if one["状态"] == "公示中"]
    assert (shown["当事人"], shown["罚款（元）"], shown["责令退回（元）"]) == ("示例市第一医院", "1500.00", "1000.00")
    assert shown["网址"].endswith(f"/public/{all_states['published'].pk}/") and shown["决定书文号"].startswith("医保罚")
    assert all(one["当事人"] == "" == one["违法事实"] for one in said if one["状态"] != "公示中")


def test_on_its_own_host_nothing_else_of_the_desk_is_reached(all_states, settings, office):
    settings.PUBLIC_HOST, settings.ALLOWED_HOSTS = HOST, [HOST, "testserver"]
    anyone, staff = Client(SERVER_NAME=HOST), browser(office["head"])
    assert anyone.get("/")["Location"] == "/public/"
    assert anyone.get("/public/").status_code == 200
    assert anyone.get("/static/publishing/public.css").status_code == 200
    for name in (f"{HOST}.", f"{HOST.upper()}.", f"{HOST}.:8443", f"{HOST}:8443"):  # each is the same host to Django
        for way in ("/login/", "/cases/", "/tips/"):
            assert anyone.get(way, headers={"host": name}).status_code == 404, (name, way)
        assert anyone.get("/public/", headers={"host": name}).status_code == 200
    inner = ["/login/", "/cases/", "/publishing/", "/tips/", "/search/", "/static/vendor/app.js", "/static/tips/public.css"]
    for way in [*inner, f"/publishing/{all_states['drafted'].pk}/"]:
        for client in (anyone, staff):
            answer = client.get(way, SERVER_NAME=HOST)
            assert answer.status_code == 404 and not answer.cookies, way
    assert Client().get("/public/?year=2026")["Location"] == f"http://{HOST}/public/?year=2026"


def test_the_public_host_knows_only_the_public_pages():
    assert view_names(get_resolver("yijian.web.public_host_urls")) == {
        "front", "public:list", "public:one", "public:feed", "public:json", "public:csv", "public_draws:list",
    }  # fmt: skip


def test_the_host_of_tips_is_not_the_public_one(monkeypatch):
    monkeypatch.setenv("YIJIAN_TIP_HOST", "tips.example.test")
    monkeypatch.setenv("YIJIAN_PUBLIC_HOST", "TIPS.example.test")
    with pytest.raises(UserError, match="同一个域名"):
        own_host("YIJIAN_PUBLIC_HOST", not_the_one_of="YIJIAN_TIP_HOST")
    monkeypatch.setenv("YIJIAN_PUBLIC_HOST", HOST)
    assert own_host("YIJIAN_PUBLIC_HOST", not_the_one_of="YIJIAN_TIP_HOST") == HOST


def test_a_page_of_the_list_asks_little(all_states, anyone, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        anyone.get("/public/")


def test_a_second_visitor_asks_less_and_nobody_counts_further_than_the_list_goes(
    all_states, anyone, monkeypatch, django_assert_max_num_queries
):
    assert "共 4 条。" in anyone.get("/public/").content.decode()
    with django_assert_max_num_queries(4) as asked:
        page = anyone.get("/public/").content.decode()
    assert f'<option value="{timezone.localdate().year}"' in page and "999900" in page
    assert not any("DISTINCT" in one["sql"] for one in asked.captured_queries)
    monkeypatch.setattr("yijian.web.frame.tables.DEEPEST", 2)
    assert "共 2 条以上" in anyone.get("/public/").content.decode()
