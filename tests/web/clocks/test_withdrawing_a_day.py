"""A keeper withdraws a settled day: the day is as before, clocks that were counted with it move, or are named and stay."""

import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone

from tests.web.conftest import account, browser, by, organisation
from yijian.web.accounts.rights import Right
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks import actions, recounting
from yijian.web.clocks.models import Clock
from yijian.web.parameters.actions import settle_day
from yijian.web.parameters.models import SettledDay
from yijian.web.parameters.queries import calendar_of, due

FRIDAY, TYPHOON = date(2026, 3, 6), date(2026, 3, 9)
KIND = "appeal_decision_period"  # ten working days
NOW = timezone.make_aware(timezone.datetime(2026, 3, 10, 9))


@pytest.fixture
def typhoon(administrator):
    return settle_day(TYPHOON, works=False, division="999900", source="防台风停工通知", **by(administrator))


def start(about, area="999901", begun=FRIDAY, **more):
    said = {"title": "复核申诉：示例市第一医院", "link": "/", "right": Right.REVIEW, **more}
    return actions.start(KIND, about, area=area, begun=begun, **said)


def withdraw(row, who, reason="台风改道，照常上班", when=NOW):
    return recounting.withdraw_day(row.pk, reason=reason, **by(who, when))


def due_of(about):
    return Clock.objects.get(about=about).due


def test_the_day_is_again_as_the_nation_has_it_and_what_was_said_stays_on_record(typhoon, administrator):
    assert due(KIND, "999901", FRIDAY) == date(2026, 3, 23)
    withdraw(typhoon, administrator)
    assert due(KIND, "999901", FRIDAY) == date(2026, 3, 20)
    assert [(row.works, row.withdraws_id) for row in SettledDay.objects.order_by("pk")] == [(False, None), (None, typhoon.pk)]
    line = LogEntry.objects.get(act="parameters.withdraw_day")
    assert (line.about, line.purpose) == ("999900", "台风改道，照常上班")
    assert json.loads(line.changes) == {"2026-03-09": [False, ""]}


def test_the_day_of_the_division_above_counts_again(administrator, bureau):
    settle_day(TYPHOON, works=False, division="990000", source="省停工通知", **by(administrator))
    row = settle_day(TYPHOON, works=True, division="999900", source="市照常上班通知", **by(administrator))
    assert calendar_of("999901").works(TYPHOON)
    withdraw(row, administrator)
    assert not calendar_of("999901").works(TYPHOON)


def test_clocks_that_were_counted_with_the_day_are_counted_again_and_logged(typhoon, administrator):
    start("with")
    start("before", begun=date(2026, 2, 2))
    start("after", begun=date(2026, 3, 10))
    start("elsewhere", area="880000")
    dues = {one.about: one.due for one in Clock.objects.all()}
    (one,) = withdraw(typhoon, administrator)
    assert (one.clock.about, one.new) == ("with", date(2026, 3, 20))
    assert {one.about: one.due for one in Clock.objects.all()} == dues | {"with": date(2026, 3, 20)}
    line = LogEntry.objects.get(act="clocks.recount")
    assert json.loads(line.changes) == {f"with {KIND}": ["2026-03-23", "2026-03-20"]}
    assert line.area == "999900"


def test_a_clock_that_stood_still_is_counted_again_with_that_time(typhoon, administrator):
    start("stood")
    actions.suspend("stood", KIND, reason="等待鉴定", on=date(2026, 3, 11))
    actions.resume("stood", KIND, on=date(2026, 3, 13))
    assert due_of("stood") == date(2026, 3, 25)
    withdraw(typhoon, administrator)
    assert due_of("stood") == date(2026, 3, 24)


def test_a_day_that_was_told_in_writing_or_counted_otherwise_stays_and_is_named(typhoon, administrator):
    start("letter", institution="H1")
    start("moved")
    Clock.objects.filter(about="moved").update(due=date(2026, 3, 27))
    found = {one.clock.about: one.kept for one in withdraw(typhoon, administrator)}
    assert found == {"letter": recounting.WRITTEN, "moved": recounting.OTHERWISE}
    assert (due_of("letter"), due_of("moved")) == (date(2026, 3, 23), date(2026, 3, 27))


def test_nobody_is_overdue_by_it(typhoon, administrator):
    start("late")
    (one,) = withdraw(typhoon, administrator, when=timezone.make_aware(timezone.datetime(2026, 3, 21, 9)))
    assert one.kept == recounting.PASSED, "the 20th has gone by, the next working day is the 23rd as before"
    assert due_of("late") == date(2026, 3, 23)


def test_a_clock_that_began_before_the_day_was_settled_is_as_it_was(administrator):
    start("earlier")
    row = settle_day(TYPHOON, works=False, division="999900", source="防台风停工通知", **by(administrator))
    assert withdraw(row, administrator) == []
    assert due_of("earlier") == date(2026, 3, 20)


def test_it_is_withdrawn_once_with_a_reason_in_ones_own_area(typhoon, administrator):
    with pytest.raises(ValidationError, match="原因"):
        withdraw(typhoon, administrator, reason="错")
    county = account("he", "何管理", "administrator", organisation("YB1", "东城区医疗保障局", "authority", "999901"))
    with pytest.raises(Http404):
        withdraw(typhoon, county)
    withdraw(typhoon, administrator)
    for row in SettledDay.objects.all():
        with pytest.raises(ValidationError, match="已被撤销"):
            withdraw(row, administrator)
    again = settle_day(TYPHOON, works=False, division="999900", source="再次停工通知", **by(administrator))
    withdraw(again, administrator)
    assert SettledDay.objects.count() == 4


def test_the_page_shows_the_consequence_and_then_does_it(typhoon, administrator, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    start("with")
    start("letter", institution="H1")
    client = browser(administrator)
    address = f"/parameters/day/{typhoon.pk}/withdraw/"
    assert address in client.get("/parameters/").content.decode()
    said = client.get(address).content.decode()
    assert "2026-03-23" in said
    assert recounting.WRITTEN in said
    assert "示例市第一医院" not in said, "who administers sees no findings"
    assert due_of("with") == date(2026, 3, 23)
    refused = client.post(address, {"reason": ""})
    assert refused.status_code == 400
    assert "请写明原因" in refused.content.decode()
    assert client.post(address, {"reason": "台风改道，照常上班"}).status_code == 200
    assert due_of("with") == date(2026, 3, 20)
    said = client.get("/parameters/").content.decode()
    assert address not in said
    assert "不再起用" in said
