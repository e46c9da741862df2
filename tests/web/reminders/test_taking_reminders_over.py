"""Reminders come from the lake month by month; what did not change stays as it is."""

from datetime import date

from django.utils import timezone

from yijian.web.audit_log.models import LogEntry
from yijian.web.institutions.models import Institution
from yijian.web.loading import take_over_newest_reminders
from yijian.web.reminders.acts import Act
from yijian.web.reminders.lake import done_as, tidy
from yijian.web.reminders.models import Asked, Done, LoadedMonth, RemindedRule, Reminder


def test_taken_over_twice_changes_nothing_and_is_logged_once(reminded):
    assert take_over_newest_reminders(reminded) == ""
    assert Reminder.objects.count() == 5
    line = LogEntry.objects.get(act=Act.LOAD)
    assert (line.who, line.purpose) == ("命令行", "2 个月、5 条")


def test_feedback_that_comes_later_renews_its_month_only(delivered):
    january = {"warn_rslt_id": "A", "reqt_time": "2026-01-05 10:55:00"}
    february = {"warn_rslt_id": "B", "reqt_time": "2026-02-05 10:55:00"}
    assert delivered([january, february]) == 2
    kept = LoadedMonth.objects.get(month=date(2026, 2, 1)).digest
    assert delivered([{**january, "warn_dspo_way": "2"}, february]) == 1
    assert dict(Reminder.objects.values_list("id", "done")) == {"A": Done.CHANGED, "B": Done.NOTHING}
    assert LoadedMonth.objects.get(month=date(2026, 2, 1)).digest == kept
    assert sum(Asked.objects.values_list("requests", flat=True)) == 2


def test_times_are_those_of_the_area(delivered):
    delivered([{"reqt_time": "2026-01-31 23:59:30"}])
    one = Reminder.objects.get()
    assert f"{timezone.localtime(one.asked):%Y-%m-%d %H:%M:%S}" == "2026-01-31 23:59:30"
    assert (one.month, one.took) == (date(2026, 1, 1), 2.5)


def test_a_rule_and_an_institution_of_elsewhere_go_by_what_the_row_says(delivered):
    foreign = {"rule_code": "", "rule_id": "LOCAL-7", "rule_name": "外地规则", "fixmedins_code": "X9", "trig_scen": "77"}
    delivered([foreign])
    assert RemindedRule.objects.get().name == "外地规则"
    assert Institution.objects.get(pk="X9").name == "X9"
    one = Reminder.objects.get()
    assert (one.rule_id, one.stage, one.scene) == ("LOCAL-7", "", "77")


def test_a_request_with_two_reminders_is_one_request(delivered):
    delivered([{"warn_rslt_id": "A"}, {"warn_rslt_id": "B", "rule_code": "other", "rule_id": "other"}])
    (asked,) = Asked.objects.all()
    assert (asked.requests, asked.reminded, Reminder.objects.count()) == (1, 1, 2)


def test_a_home_without_reminders_has_nothing_to_take_over(delivered, tmp_path):
    from tests.claims.claims_cast import Bureau

    bureau = Bureau(tmp_path / "other")
    bureau.take(bureau.write("psn_info_b"))
    assert take_over_newest_reminders(bureau.home) == ""


def test_ways_that_are_not_national_are_another_way():
    assert [done_as(way) for way in (None, "", "1", "2", "3")] == ["0", "0", "1", "2", "9"]


def test_only_blanks_width_and_the_full_stop_are_tidied_away():
    assert tidy("Ｔ1 N0，化疗。") == "T1 N0，化疗"
    assert tidy("　") == ""
    assert tidy("a b") == "a b"
