"""A case from its lead to the archive: filed, reviewed, told, decided, served, paid, closed; and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone

from tests.web.cases.conftest import CITY, WHY, closed_lead, decision, proposal, said, to_decision, to_notice
from tests.web.conftest import account, browser, by, organisation
from yijian.web.audit_log.models import LogEntry
from yijian.web.cases import deciding, executing, filing, queries
from yijian.web.cases.models import Case, Hearing
from yijian.web.clocks.models import Clock
from yijian.web.papers.models import Paper
from yijian.web.papers.queries import papers_of
from yijian.web.parameters.queries import calendar_of
from yijian.web.recoveries import actions as recoveries
from yijian.web.recoveries.models import Recovery


def clock(case, kind="case_decision"):
    return Clock.objects.get(about=f"cases.case:{case.pk}", kind=kind)


def day(when):
    return timezone.localdate(when)


def test_filed_a_case_has_ninety_days_two_officers_and_a_form(filed, begun):
    assert filed.number == f"医保案〔{day(begun).year}〕{CITY}-1号"
    assert clock(filed).due == calendar_of(CITY).due(day(begun), 90, "day")
    text = Paper.objects.get(kind="case_filing").said
    assert any("ZF-one-0001" in line and "ZF-two-0001" in line for line in text["paragraphs"])
    assert LogEntry.objects.filter(act="cases.propose", about=filed.number).exists()
    assert not LogEntry.objects.filter(purpose__contains="ZF-").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"officers": ("one",)}, "不得少于 2 人"), ({"cause": 27}, "不适用于这类当事人"), ({"cause": 99}, "请选择案由"),
        ({"end": date(2100, 1, 1)}, "还没有到"), ({"officers": ("one", "head")}, "请从名单中选择"), ({"loss": -1}, "不能小于 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_not_filed(office, begun, wrong, words):
    lead = closed_lead(office, begun)
    with pytest.raises(ValidationError, match=words):
        filing.propose(lead.pk, said(**wrong), **by(office["keeper"], begun))
    assert not Case.objects.exists()


def test_only_a_lead_that_ended_with_filing_becomes_a_case_and_only_one(office, begun, filed):
    minor = closed_lead(office, begun, "minor")
    with pytest.raises(ValidationError, match="审定为“立案”"):
        filing.propose(minor.pk, said(), **by(office["keeper"], begun))
    with pytest.raises(ValidationError, match="已经立案"):
        filing.propose(filed.lead.pk, said(), **by(office["keeper"], begun))


def test_the_whole_way_to_the_archive(filed, office, begun, finance):
    when = begun + timedelta(days=20)
    to_decision(filed, office, when)
    ledger = Recovery.objects.get(about=f"cases.case:{filed.pk}")
    assert (ledger.identified, ledger.confirmed) == (Decimal(1000), Decimal(1000))
    executing.serve(filed.pk, "direct", day(when), **by(office["one"], when))
    with pytest.raises(ValidationError, match=r"还没有执行完：罚款 1,500.00 元，退回基金 1,000.00 元"):
        executing.finish(filed.pk, reason=WHY, **by(office["one"], when))
    executing.pay_fine(filed.pk, "fine", Decimal(1500), day(when), "R1", **by(office["two"], when))
    recoveries.order(["H1"], **by(finance, when))
    recoveries.pay(recoveries.Received("B9", day(when), Decimal(1000), "H1"), **by(finance, when))
    executing.finish(filed.pk, reason="退回和罚款均已缴清", **by(office["one"], when))
    executing.close(filed.pk, **by(office["head"], when))
    executing.archive(filed.pk, **by(office["two"], when))
    filed.refresh_from_db()
    assert filed.state == "archived"
    assert not Clock.objects.filter(about=f"cases.case:{filed.pk}", ended="").exists()
    kinds = [one.kind for one in papers_of(f"cases.case:{filed.pk}")]
    assert kinds == [
        "case_filing", "case_final_report", "case_legal_opinion", "case_prior_notice", "case_statement", "case_penalty",
        "case_service_receipt", "case_closing",
    ]  # fmt: skip
    penalty = "".join(Paper.objects.get(kind="case_penalty").said["paragraphs"])
    assert "罚款 1,500.00 元" in penalty and "第三十八条第（三）项" in penalty


def test_a_penalty_waits_until_the_party_could_speak(filed, office, begun):
    case = to_notice(filed, office, begun)
    with pytest.raises(ValidationError, match="期满后才能决定"):
        deciding.decide(filed.pk, decision(), **by(office["head"], begun))
    later = begun + timedelta(days=(case.answer_by - day(begun)).days + 1)
    made = deciding.decide(filed.pk, decision(), **by(office["head"], later))
    assert made.fine == Decimal(1500)


def test_a_penalty_without_a_notice_is_refused_and_one_without_penalty_needs_none(filed, office, begun):
    deciding.report(filed.pk, proposal("no_penalty", fine=0), **by(office["one"], begun))
    deciding.examine(filed.pk, "agree", reason=WHY, **by(office["legal"], begun))
    with pytest.raises(ValidationError, match="先向当事人事先告知"):
        deciding.decide(filed.pk, decision(), **by(office["head"], begun))
    with pytest.raises(ValidationError, match="不需要事先告知"):
        deciding.notify(filed.pk, **by(office["one"], begun))
    deciding.decide(filed.pk, decision("no_penalty", fine=0), **by(office["head"], begun))
    assert Case.objects.get().state == "decided"


def test_defending_makes_no_penalty_heavier(filed, office, begun):
    to_notice(filed, office, begun)
    deciding.state(filed.pk, "", waives=True, reason="书面放弃权利", **by(office["one"], begun))
    with pytest.raises(ValidationError, match="不得重于事先告知"):
        deciding.decide(filed.pk, decision(fine=1600), **by(office["head"], begun))


@pytest.mark.parametrize(("fine", "words"), [(999, "应在 1,000.00 元与 2,000.00 元之间"), (2001, "超出"), (0, "超出")])
def test_a_fine_outside_the_article_is_refused(filed, office, begun, fine, words):
    with pytest.raises(ValidationError, match=words):
        deciding.report(filed.pk, proposal(fine=fine), **by(office["one"], begun))


def test_the_reviewer_sends_it_back_with_a_reason(filed, office, begun):
    deciding.report(filed.pk, proposal(), **by(office["one"], begun))
    assert clock(filed, "legal_review").ended == ""
    deciding.examine(filed.pk, "facts", reason="缺少病历", **by(office["legal"], begun))
    filed.refresh_from_db()
    assert (filed.state, clock(filed, "legal_review").ended) == ("investigating", "done")


def test_nobody_holds_two_duties_in_a_case(filed, office, begun):
    place = office["one"].organisation
    officer = account("c-both", "两岗", "legal_reviewer", place)
    filing.replace_officer(
        filed.pk, "c-two", "c-three", "ZF-three-0001", reason="与当事人有利害关系", **by(office["head"], begun)
    )
    deciding.report(filed.pk, proposal(), **by(office["one"], begun))
    from yijian.web.accounts.models import Posting

    Posting.objects.filter(user=office["two"]).update(role="legal_reviewer")
    was_officer = type(office["two"]).objects.get(pk=office["two"].pk)
    with pytest.raises(ValidationError, match="您在本案中是办案人员"):
        deciding.examine(filed.pk, "agree", reason=WHY, **by(was_officer, begun))
    deciding.examine(filed.pk, "agree", reason=WHY, **by(officer, begun))
    Posting.objects.filter(user=officer).update(role="head")
    reviewer = type(officer).objects.get(pk=officer.pk)
    with pytest.raises(ValidationError, match="您在本案中是法制审核"):
        deciding.discuss(filed.pk, "全体负责人", reason=WHY, **by(reviewer, begun))


def test_an_officer_who_withdrew_does_nothing_more_and_does_not_come_back(filed, office, begun):
    filing.replace_officer(
        filed.pk, "c-two", "c-three", "ZF-three-0001", reason="与当事人有利害关系", **by(office["head"], begun)
    )
    with pytest.raises(ValidationError, match="不由您办理"):
        deciding.report(filed.pk, proposal(), **by(office["two"], begun))
    with pytest.raises(ValidationError, match="另选一人"):
        filing.replace_officer(filed.pk, "c-one", "c-two", "ZF-x-0001", reason="与当事人有利害关系", **by(office["head"], begun))
    assert [one.user.username for one in queries.officers_of(filed)] == ["c-one", "c-three"]


def large(filed, office, when):
    """A case whose fine gives the right to a hearing, told to the party."""
    deciding.report(filed.pk, proposal(loss=100000, fine=150000), **by(office["one"], when))
    deciding.examine(filed.pk, "agree", reason=WHY, **by(office["legal"], when))
    with pytest.raises(ValidationError, match="须先经负责人集体讨论"):
        deciding.notify(filed.pk, **by(office["two"], when))
    deciding.discuss(filed.pk, "局长、分管副局长", reason="同意处罚意见", **by(office["head"], when))
    return deciding.notify(filed.pk, **by(office["two"], when))


def test_a_hearing_stops_the_clock_and_is_told_in_time(filed, office, begun):
    large(filed, office, begun)
    before = clock(filed).due
    deciding.ask_hearing(filed.pk, day(begun), **by(office["one"], begun))
    assert clock(filed).standing
    too_soon, fit = day(begun) + timedelta(days=3), day(begun) + timedelta(days=20)
    with pytest.raises(ValidationError, match="太早"):
        deciding.call_hearing(filed.pk, "c-legal", too_soon, "三楼会议室", **by(office["head"], begun))
    with pytest.raises(ValidationError, match="请从名单中选择听证主持人"):
        deciding.call_hearing(filed.pk, "c-one", fit, "三楼会议室", **by(office["head"], begun))
    deciding.call_hearing(filed.pk, "c-legal", fit, "三楼会议室", **by(office["head"], begun))
    with pytest.raises(ValidationError, match="还没有举行"):
        deciding.hear(filed.pk, reason=WHY, **by(office["legal"], begun))
    later = begun + timedelta(days=20)
    deciding.hear(filed.pk, reason="双方陈述，举证质证", **by(office["legal"], later))
    assert not clock(filed).standing and clock(filed).due >= before + timedelta(days=20)
    deciding.decide(filed.pk, decision(fine=150000, repay=100000), **by(office["head"], later))


def test_a_hearing_asked_for_late_is_written_down_and_not_granted(filed, office, begun):
    case = large(filed, office, begun)
    late = begun + timedelta(days=(case.answer_by - day(begun)).days + 2)
    made = deciding.ask_hearing(filed.pk, day(late), **by(office["one"], late))
    assert made.late and Case.objects.get().state == "notified"
    assert LogEntry.objects.filter(act="cases.late_hearing", about=filed.number).exists()
    assert "已逾期，不予受理" in browser(office["head"]).get(f"/cases/{filed.pk}/").content.decode()
    assert Hearing.objects.count() == 1


def test_time_that_does_not_count_moves_the_day(filed, office, begun):
    before = clock(filed).due
    filing.exclude(filed.pk, "appraisal", reason="病案送鉴定", **by(office["one"], begun))
    with pytest.raises(ValidationError, match="还没有结束"):
        filing.suspend(filed.pk, reason="当事人下落不明", **by(office["head"], begun))
    filing.include(filed.pk, **by(office["one"], begun + timedelta(days=10)))
    assert clock(filed).due >= before + timedelta(days=10)


def test_more_time_is_given_twice_and_never_again(filed, office, begun):
    first = clock(filed).due
    filing.extend(filed.pk, reason="案情复杂", **by(office["head"], begun))
    assert clock(filed).due >= first + timedelta(days=30)
    filing.extend(filed.pk, reason="集体讨论决定延长", **by(office["head"], begun))
    assert clock(filed).due >= first + timedelta(days=90)
    with pytest.raises(ValidationError, match="不能再延长"):
        filing.extend(filed.pk, reason="再延长一次", **by(office["head"], begun))


def test_a_decision_after_its_day_is_late_for_all_to_see(filed, office, begun):
    to_decision(filed, office, begun + timedelta(days=150))
    assert clock(filed).ended == "late"
    rows = browser(office["head"]).get("/cases/times/").context["rows"]
    assert [(row.filed, row.decided, row.late) for row in rows] == [(1, 1, 1)]


def test_suspended_resumed_and_terminated(filed, office, begun):
    filing.suspend(filed.pk, reason="当事人下落不明", **by(office["head"], begun))
    assert clock(filed).standing
    filing.resume(filed.pk, reason="已找到当事人", **by(office["head"], begun + timedelta(days=5)))
    filing.terminate(filed.pk, reason="当事人死亡", **by(office["head"], begun + timedelta(days=6)))
    filed.refresh_from_db()
    assert (filed.state, clock(filed).ended) == ("terminated", "dropped")
    executing.archive(filed.pk, **by(office["one"], begun + timedelta(days=7)))


def test_an_act_too_long_ago_is_not_fined_but_its_money_comes_back(office, begun):
    lead = closed_lead(office, begun)
    old = said(begin=date(2020, 1, 1), end=date(2020, 6, 1))
    case = filing.propose(lead.pk, old, **by(office["keeper"], begun))
    filing.approve(case.pk, **by(office["head"], begun))
    assert "已过处罚时效" in browser(office["one"]).get(f"/cases/{case.pk}/").content.decode()
    with pytest.raises(ValidationError, match="已超过处罚时效"):
        deciding.report(case.pk, proposal(), **by(office["one"], begun))
    deciding.report(case.pk, proposal("no_penalty", fine=0), **by(office["one"], begun))
    deciding.examine(case.pk, "agree", reason=WHY, **by(office["legal"], begun))
    deciding.decide(case.pk, decision("no_penalty", fine=0), **by(office["head"], begun))
    assert Recovery.objects.get(about=f"cases.case:{case.pk}").confirmed == Decimal(1000)


def test_what_was_repaid_otherwise_is_not_booked_again(filed, office, begun):
    to_decision(filed, office, begun, repay=300, before=Decimal(700))
    assert Recovery.objects.get(about=f"cases.case:{filed.pk}").confirmed == Decimal(300)


def test_more_than_was_lost_is_not_to_be_repaid(filed, office, begun):
    with pytest.raises(ValidationError, match="不能超过基金损失"):
        to_decision(filed, office, begun, repay=900, before=Decimal(200))


def test_a_late_fine_grows_by_three_percent_a_day_up_to_itself(filed, office, begun):
    to_decision(filed, office, begun)
    case = executing.serve(filed.pk, "post", day(begun), **by(office["one"], begun))
    case = queries.case_for(office["one"], case.pk)
    due = case.decision.fine_due
    assert executing.owed(case, due + timedelta(days=2))["surcharge"] == Decimal("90.00")
    assert executing.owed(case, due + timedelta(days=100))["surcharge"] == Decimal("1500.00")
    executing.defer(filed.pk, day(timezone.now()) + timedelta(days=30), reason="分三期缴纳", **by(office["head"]))
    case = queries.case_for(office["one"], case.pk)
    assert executing.owed(case, due + timedelta(days=100))["surcharge"] == 0
    executing.pay_fine(filed.pk, "fine", Decimal(500), day(begun), "R1", **by(office["one"]))
    with pytest.raises(ValidationError, match="已经登记过"):
        executing.pay_fine(filed.pk, "fine", Decimal(500), day(begun), "R1", **by(office["one"]))
    with pytest.raises(ValidationError, match=r"还应缴 1,000.00 元"):
        executing.pay_fine(filed.pk, "fine", Decimal(1001), day(begun), "R2", **by(office["one"]))


def test_a_small_fine_on_the_spot_is_noted_by_the_office(office, begun):
    lead = closed_lead(office, begun)
    with pytest.raises(ValidationError, match="不超过 3,000 元"):
        executing.decide_on_spot(lead.pk, said(loss=2500), Decimal(3001), **by(office["one"], begun))
    with pytest.raises(ValidationError, match="把自己列为办案人员"):
        executing.decide_on_spot(lead.pk, said(), Decimal(1500), **by(office["three"], begun))
    case = executing.decide_on_spot(lead.pk, said(), Decimal(1500), **by(office["one"], begun))
    assert (case.state, case.decision.service, clock(case, "summary_filing").ended) == ("on_spot", "on_spot", "")
    executing.take_note(case.pk, **by(office["head"], begun))
    assert (Case.objects.get().state, clock(case, "summary_filing").ended) == ("executing", "done")


def test_another_county_sees_no_case_and_a_province_does_no_work_in_it(filed, office):
    west = account("west", "西区监管", "supervisor", organisation("B9", "西城区医保局", "authority", "999902"))
    with pytest.raises(Http404):
        queries.case_for(west, filed.pk)
    assert queries.case_for(office["province"], filed.pk) == filed
    assert queries.may_step(office["province"], filed) == []
    with pytest.raises(PermissionDenied):
        filing.suspend(filed.pk, reason="当事人下落不明", **by(office["province"]))


def test_the_pages_do_the_same_as_the_actions(office, begun):
    lead = closed_lead(office, timezone.now())
    keeper = browser(office["keeper"])
    assert lead.title in keeper.get("/cases/").content.decode()
    sent = {"title": "某院重复收费案", "facts": "同一项目一天收费两次，涉嫌违法", "cause": "13", "loss": "1000",
            "officers": ["c-one"],
            "certificate-c-one": "ZF-1001"}  # fmt: skip
    mistake = keeper.post(f"/cases/propose/{lead.pk}/", sent)
    assert mistake.status_code == 400 and "不得少于 2 人" in mistake.content.decode() and "ZF-1001" in mistake.content.decode()
    answer = keeper.post(f"/cases/propose/{lead.pk}/", {**sent, "officers": ["c-one", "c-two"], "certificate-c-two": "ZF-1002"})
    case = Case.objects.get()
    assert answer["Location"] == f"/cases/{case.pk}/"
    assert browser(office["head"]).post(f"/cases/{case.pk}/approve/").status_code == 302
    one = browser(office["one"])
    one.post(
        f"/cases/{case.pk}/report/", {"reason": "查明重复收费 1000 元", "outcome": "penalty", "loss": "1000", "fine": "1500"}
    )
    case.refresh_from_db()
    assert (case.state, case.fine) == ("reviewing", Decimal(1500))
    assert [c.pk for c in one.get("/cases/?mine=1").context["page"]] == [case.pk]
    assert list(browser(office["three"]).get("/cases/?mine=1").context["page"]) == []
