"""Clocks and the inbox: what is due, for whom, and what happens when it is late."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone

from tests.web.conftest import account, browser, organisation
from yijian.web.accounts.queries import Right
from yijian.web.clocks import actions, queries
from yijian.web.clocks.models import Clock
from yijian.web.parameters.actions import set_parameter, settle_day
from yijian.web.parameters.queries import due, value_of
from yijian.web.transfers.models import Escalation

FRIDAY = date(2026, 3, 6)


def start(about="reviews.review:1", area="999901", begun=FRIDAY, **more):
    said = {"title": "复核申诉", "link": "/x/", "right": Right.SCREEN, **more}
    return actions.start("appeal_decision_period", about, area=area, begun=begun, **said)


def set_period(who, value, division, since=date(2026, 1, 1)):
    return set_parameter(
        "appeal_decision_period", value, division=division, valid_from=since, source="本地办法第八条", who=who,
        when=timezone.now(), where=None,
    )  # fmt: skip


def test_the_length_of_a_clock_is_the_parameter_of_the_nearest_division(administrator):
    assert start().due == date(2026, 3, 20)
    set_period(administrator, "5", "999900")
    set_period(administrator, "3", "999901")
    assert start("reviews.review:2").due == date(2026, 3, 11)
    assert start("reviews.review:3", area="999902").due == date(2026, 3, 13)
    assert start("reviews.review:4", area="880000").due == date(2026, 3, 20)


def test_a_parameter_counts_from_its_day_on(administrator):
    set_period(administrator, "5", "999900", since=date(2026, 4, 1))
    assert value_of("appeal_decision_period", "999901", date(2026, 3, 31)).value == 10
    assert value_of("appeal_decision_period", "999901", date(2026, 4, 1)).value == 5


@pytest.mark.parametrize(("value", "said"), [("十天", "不是数字"), ("2.5", "整数"), ("-1", "整数"), ("nan", "不是数字")])
def test_a_period_that_is_no_period_is_refused(administrator, value, said):
    with pytest.raises(ValidationError, match=said):
        set_period(administrator, value, "999900")


def test_parameters_are_kept_in_ones_own_area_by_those_who_keep_them(supervisor, db):
    county = account("he", "何管理", "administrator", organisation("YB1", "东城区医疗保障局", "authority", "999901"))
    set_period(county, "5", "999901")
    for who, division in ((county, "999902"), (supervisor, "999901")):
        with pytest.raises(PermissionDenied):
            set_period(who, "5", division)


def test_a_day_that_the_area_does_not_work_moves_what_is_due(administrator):
    settle_day(
        date(2026, 3, 9),
        works=False,
        division="999900",
        source="防台风停工通知",
        who=administrator,
        when=timezone.now(),
        where=None,
    )
    assert due("appeal_decision_period", "999901", FRIDAY) == date(2026, 3, 23)
    assert due("appeal_decision_period", "880000", FRIDAY) == date(2026, 3, 20)


def test_a_clock_that_stood_still_is_due_later(db):
    clock = start()
    actions.suspend(clock.about, clock.kind, reason="等待鉴定", on=date(2026, 3, 10))
    actions.resume(clock.about, clock.kind, on=date(2026, 3, 12))
    clock.refresh_from_db()
    assert clock.due == date(2026, 3, 24)


def test_the_same_clock_does_not_run_twice(db):
    start()
    with pytest.raises(IntegrityError):
        start()


def test_the_inbox_shows_what_is_due_where_one_works(loaded, supervisor):
    county = account("li", "李东城", "supervisor", organisation("YB1", "东城区医疗保障局", "authority", "999901"))
    today = timezone.localdate()
    start("a", begun=today)
    start("b", area="999902", begun=today)
    start("c", area="999902", begun=today, person=county)
    assert [one.clock.about for one in queries.inbox(county)] == ["a", "c"]
    assert {one.clock.about for one in queries.inbox(supervisor)} == {"a", "b"}
    assert "复核申诉" in browser(county).get("/inbox/").content.decode()


def test_what_is_overdue_shows_up_with_the_head(bureau, db):
    head = account("chen", "陈局长", "head", bureau)
    start("late", begun=timezone.localdate() - timedelta(days=60))
    start("fresh", begun=timezone.localdate())
    (one,) = queries.inbox(head)
    assert (one.clock.about, one.escalated) == ("late", True)
    assert "请督促" in browser(head).get("/inbox/").content.decode()


def test_what_those_above_were_told_is_not_read_again(db):
    late = start("late", begun=timezone.localdate() - timedelta(days=60))
    start("fresh", begun=timezone.localdate())
    kinds, told = [late.kind], Escalation.objects.all()
    assert [one.clock for one in queries.overdue_too_long(kinds, told)] == [late]
    Escalation.objects.create(about="late", kind=late.kind, due=late.due, to="000000", at=timezone.now())
    assert queries.overdue_too_long(kinds, told) == []
    actions.move("late", late.kind, late.due + timedelta(days=1))  # another day: told once more
    assert len(queries.overdue_too_long(kinds, told)) == 1


def test_a_clock_that_is_stopped_says_whether_it_was_late(db):
    start("late", begun=timezone.localdate() - timedelta(days=60))
    start("fresh", begun=timezone.localdate())
    actions.stop("late", when=timezone.now())
    actions.stop("fresh", when=timezone.now())
    assert dict(Clock.objects.values_list("about", "ended")) == {"late": "late", "fresh": "done"}


def test_an_institution_sees_its_own_clocks_only(loaded, db):
    clerk = account("yao", "姚医保办", "institution", organisation("H1", "示例市第一医院", "institution", "999901", "H1"))
    start("mine", institution="H1", right=Right.SEE_OWN, begun=timezone.localdate())
    start("theirs", institution="H2", right=Right.SEE_OWN, begun=timezone.localdate())
    assert [one.clock.about for one in queries.inbox(clerk)] == ["mine"]


def test_somebody_is_told_and_has_read_it(supervisor):
    actions.tell([supervisor], "示例市第一医院提交了申诉", link="/x/", when=timezone.now())
    client = browser(supervisor)
    assert "提交了申诉" in client.get("/inbox/").content.decode()
    client.post("/inbox/read/")
    assert queries.unread(supervisor) == 0


def test_the_inbox_asks_few_questions(loaded, supervisor, django_assert_max_num_queries):
    for n in range(60):
        start(f"a{n}", area=f"9999{n:02d}", begun=timezone.localdate())
    client = browser(supervisor)
    with django_assert_max_num_queries(20):
        client.get("/inbox/")


def test_parameters_are_set_on_the_page(office, loaded):
    said = office.get("/parameters/").content.decode()
    assert "机构申诉期" in said
    given = {"key": "appeal_period", "value": "7", "division": "000000", "valid_from": "2026-01-01", "source": "本地办法第九条"}
    assert office.post("/parameters/set/", given).status_code == 302
    assert value_of("appeal_period", "999901", date(2026, 6, 1)).value == 7
    wrong = office.post("/parameters/set/", {**given, "valid_from": "昨天"})
    assert wrong.status_code == 400
    assert "看不懂" in wrong.content.decode()


def test_a_parameter_may_be_words_that_an_area_sets_and_takes_back(administrator):
    def settle(text, since):
        return set_parameter(
            "repayment_account", text, division="999900", valid_from=since, source="市局通知第一条", who=administrator,
            when=timezone.now(), where=None,
        )  # fmt: skip

    assert (value_of("repayment_account", "999901", FRIDAY).text, str(value_of("repayment_account", "999901", FRIDAY))) == (
        "",
        "未设置",
    )
    settle(" 财政专户，示例银行，账号 0000-1 ", date(2026, 1, 1))
    settle("", date(2026, 4, 1))
    assert str(value_of("repayment_account", "999901", FRIDAY)) == "财政专户，示例银行，账号 0000-1"
    assert value_of("repayment_account", "999901", date(2026, 4, 1)).text == ""
    assert value_of("repayment_account", "888801", FRIDAY).text == ""
    for wrong in ("字" * 201, "户名\n账号"):
        with pytest.raises(ValidationError, match="一行"):
            settle(wrong, date(2026, 1, 1))
