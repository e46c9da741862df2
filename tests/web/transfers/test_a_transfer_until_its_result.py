"""A transfer both ways, from its draft to its result: who takes which step, who sees it; no step is skipped."""

import contextlib
import itertools
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import given as for_any
from hypothesis import strategies as st

from tests.web.conftest import account, browser, by, organisation
from tests.web.transfers.conftest import CITY, ended, note, said
from yijian.web.attachments.doors import may_see
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks.models import Clock, Notice
from yijian.web.leads import actions as leads
from yijian.web.leads.models import Lead
from yijian.web.papers.actions import fetch
from yijian.web.papers.models import Paper
from yijian.web.parameters.queries import calendar_of
from yijian.web.transfers import answering, drafting, queries, sources, statement
from yijian.web.transfers.given import Item, as_lines, evidence_given, problems_given
from yijian.web.transfers.models import Transfer, TransferChange
from yijian.web.transfers.steps import STEPS

WHY = "还缺收费明细和病历复印件"


def running(transfer):
    return set(Clock.objects.filter(about=f"transfers.transfer:{transfer.pk}", ended="").values_list("kind", flat=True))


def test_a_lead_that_is_to_be_transferred_starts_seven_working_days(cast):
    lead = ended(cast)
    clock = Clock.objects.get(about=f"transfers.due:leads.lead:{lead.pk}", ended="")
    assert calendar_of(CITY).between(timezone.localdate(), clock.due) == 7
    assert [one.clock.about for one in sources.waiting(cast["keeper"])] == [f"transfers.due:leads.lead:{lead.pk}"]
    assert lead.number in browser(cast["keeper"]).get("/transfers/").content.decode()
    transfer = drafting.draft(f"leads.lead:{lead.pk}", said(), **by(cast["keeper"]))
    clock.refresh_from_db()
    assert clock.ended == "done" and running(transfer) == {"transfer_out"} and not sources.waiting(cast["keeper"])


def test_a_lead_with_another_result_is_not_transferred(cast):
    lead = ended(cast, "minor")
    with pytest.raises(Http404):
        drafting.draft(f"leads.lead:{lead.pk}", said(), **by(cast["keeper"]))
    assert not Clock.objects.filter(about__startswith="transfers.due").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"category": "crime"}, "移送类别"), ({"category": "swap"}, "移送类别"), ({"body": "moon"}, "部门类别"),
        ({"partner": "B999900"}, "对方单位"), ({"copy_to": "WJ"}, "抄送单位"), ({"facts": "短"}, "主要事实"),
        ({"institution": None}, "当事人"), ({"problems": []}, "问题"), ({"evidence": []}, "证据材料"),
        ({"since": date(2100, 1, 1)}, "还没有到"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(cast, wrong, words):
    lead = ended(cast)
    with pytest.raises(ValidationError, match=words):
        drafting.draft(f"leads.lead:{lead.pk}", said(**wrong), **by(cast["keeper"]))
    assert not Transfer.objects.exists()


def test_lists_are_read_as_they_are_typed():
    problems = problems_given("重复收取床位费 | 1,200.00\n\n分解收费")
    assert problems == [Item("重复收取床位费", Decimal("1200.00")), Item("分解收费")]
    assert evidence_given(as_lines([Item("病历", pages=3)])) == [Item("病历", pages=3)]
    for wrong in ("病历 | 三页", "病历 | -1", "| 3", "字" * 301):
        with pytest.raises(ValidationError):
            evidence_given(wrong)
    with pytest.raises(ValidationError, match="不是数字"):
        problems_given("收费 | 很多")


def test_out_and_answered(sent, cast):
    year = timezone.localdate().year
    assert sent.number == f"医保案移字〔{year}〕{CITY}-1号" and running(sent) == {"transfer_receipt"}
    assert Notice.objects.filter(to=cast["health"], text__contains=sent.number).exists()
    answering.receive(sent.pk, **by(cast["health"]))
    assert running(sent) == {"transfer_result"}
    answering.ask(sent.pk, reason=WHY, **by(cast["health"]))
    assert running(sent) == {"transfer_result", "transfer_supplement"}
    with pytest.raises(ValidationError, match="至少一个文件"):
        answering.supply(sent.pk, reason="已补正明细", **by(cast["keeper"]))
    answering.supply(sent.pk, reason="已补正明细", files=[note("明细.txt")], **by(cast["keeper"]))
    answering.accept(sent.pk, **by(cast["health"]))
    answering.report(sent.pk, "penalty", reason="已对该院作出警告并罚款", **by(cast["health"]))
    assert not running(sent)
    closed = answering.close(sent.pk, **by(cast["keeper"]))
    assert (closed.state, closed.result) == ("closed", "penalty")
    assert set(Paper.objects.values_list("kind", flat=True)) >= {
        "transfer_report", "transfer_letter", "transfer_receipt", "transfer_supplement", "transfer_result",
    }  # fmt: skip
    assert LogEntry.objects.filter(act="transfers.report", about=sent.number, area=CITY).exists()


def test_supplement_is_three_days_and_acceptance_need_not_wait_for_it(sent, cast):
    answering.receive(sent.pk, **by(cast["health"]))
    answering.ask(sent.pk, reason=WHY, **by(cast["health"]))
    clock = Clock.objects.get(about=f"transfers.transfer:{sent.pk}", kind="transfer_supplement")
    assert (clock.due - clock.begun).days >= 3
    answering.accept(sent.pk, **by(cast["health"]))
    assert running(sent) == {"transfer_result"}


def test_whoever_drafted_it_does_not_approve_and_nothing_goes_out_unapproved(drafted, cast):
    with pytest.raises(ValidationError, match="不由您办理"):
        drafting.approve(drafted.pk, **by(cast["keeper"]))
    with pytest.raises(ValidationError, match="不能“发出移送书”"):
        drafting.send(drafted.pk, **by(cast["keeper"]))
    both = account("t-both", "兼任", ("supervisor", "head"), cast["keeper"].organisation)
    drafting.edit(drafted.pk, said(title="改过的案由"), **by(both))
    with pytest.raises(ValidationError, match="不同的人"):
        drafting.approve(drafted.pk, **by(both))
    drafted.refresh_from_db()
    assert (drafted.state, drafted.title) == ("drafted", "改过的案由")


def test_the_head_sends_it_back_and_it_is_written_anew(drafted, cast):
    drafting.approve(drafted.pk, **by(cast["head"]))
    with pytest.raises(ValidationError, match="不能修改"):
        drafting.edit(drafted.pk, said(), **by(cast["keeper"]))
    drafting.send_back(drafted.pk, reason="请补写依据", **by(cast["head"]))
    page = browser(cast["keeper"])
    assert "重复检查 20 次 | 5000.00" in page.get(f"/transfers/{drafted.pk}/edit/").content.decode()
    drafting.edit(drafted.pk, said(evidence=[Item("鉴定意见", pages=3)]), **by(cast["keeper"]))
    assert list(drafted.items.filter(kind="evidence").values_list("what", flat=True)) == ["鉴定意见"]
    assert Paper.objects.filter(kind="transfer_report").count() == 2


def test_the_other_authority_sees_no_draft_and_no_paper_of_our_head(drafted, cast):
    page, about = browser(cast["health"]), f"transfers.inner:{drafted.pk}"
    assert page.get(f"/transfers/{drafted.pk}/").status_code == 404
    drafting.approve(drafted.pk, **by(cast["head"]))
    drafting.send(drafted.pk, **by(cast["keeper"]))
    shown = page.get(f"/transfers/{drafted.pk}/").content.decode()
    assert "医保基金使用违法违规案件移送书" in shown and "移送审批表" not in shown and "拟稿" not in shown
    assert not may_see(cast["health"], about) and may_see(cast["head"], about)
    inner = Paper.objects.get(about=about)
    assert page.get(f"/papers/{inner.pk}.pdf").status_code == 404


def test_another_authority_and_another_area_see_nothing(sent, cast):
    audit = account("t-audit", "审计", "partner", organisation("SJ", "示例市审计局", "partner", CITY))
    far = account("t-far", "外地", "supervisor", organisation("B888800", "他市医保局", "authority", "888800"))
    for somebody in (audit, far):
        assert browser(somebody).get(f"/transfers/{sent.pk}/").status_code == 404
        assert not queries.transfers_for(somebody).exists()
    with pytest.raises(Http404):
        answering.receive(sent.pk, **by(audit))


def test_our_office_does_not_sign_for_an_authority_that_is_in_the_system(sent, cast):
    with pytest.raises(ValidationError, match="须由示例市卫生健康委员会办理"):
        answering.receive(sent.pk, files=[note()], **by(cast["keeper"]))


def test_police_without_accounts_answer_on_paper_and_health_is_told(cast):
    given = said(body="police", category="crime", partner="GA", copy_to="WJ")
    one = drafting.draft(f"leads.lead:{ended(cast).pk}", given, **by(cast["keeper"]))
    drafting.approve(one.pk, **by(cast["head"]))
    drafting.send(one.pk, **by(cast["keeper"]))
    assert browser(cast["health"]).get(f"/transfers/{one.pk}/").status_code == 200
    with pytest.raises(ValidationError, match="须上传对方的回执"):
        answering.receive(one.pk, **by(cast["keeper"]))
    with pytest.raises(ValidationError, match="不由您办理"):
        answering.receive(one.pk, files=[note()], **by(cast["health"]))
    answering.receive(one.pk, files=[note()], **by(cast["keeper"]))
    answering.accept(one.pk, **by(cast["keeper"]))
    answering.report(one.pk, "criminal", reason="已刑事立案", files=[note("复函.txt")], **by(cast["keeper"]))
    assert not Paper.objects.filter(kind__in=("transfer_receipt", "transfer_result")).exists()


def test_the_amount_proposes_the_police(cast):
    page = browser(cast["keeper"]).get("/transfers/new/", {"about": f"leads.lead:{ended(cast).pk}"}).content.decode()
    assert "应移送公安机关" in page


def test_the_letter_says_both_lists(sent, cast):
    letter = Paper.objects.get(kind="transfer_letter")
    tables = letter.said["tables"]
    assert tables[0]["rows"][0][1:] == ["重复检查 20 次", "5,000.00"] and tables[1]["rows"][1][1:] == ["病历", "30"]
    _, made, _ = fetch(letter.pk, "docx", **by(cast["health"]))
    assert made.startswith(b"PK")


def test_what_comes_in_becomes_a_lead_and_its_result_goes_back(cast):
    given = said(category="split_stay", title="分解住院", facts="行业检查发现分解住院线索", reference="卫监移〔2026〕3号")
    one = answering.hand_over(CITY, given, files=[note("线索.txt")], **by(cast["health"]))
    assert (one.state, running(one)) == ("sent", {"transfer_receipt"})
    answering.receive(one.pk, **by(cast["keeper"]))
    lead = Lead.objects.get(about=f"transfers.transfer:{one.pk}")
    assert (lead.source, lead.reference, lead.area) == ("transfer", "卫监移〔2026〕3号", CITY)
    answering.ask(one.pk, reason=WHY, **by(cast["keeper"]))
    answering.supply(one.pk, reason="已补正病历", files=[note()], **by(cast["health"]))
    with pytest.raises(ValidationError, match="不由您办理"):
        answering.report(one.pk, "penalty", reason="抢先反馈结果", **by(cast["keeper"]))
    leads.assign(lead.pk, "t-officer", **by(cast["keeper"]))
    leads.report(lead.pk, "review", Decimal("800"), reason="查实分解住院 2 例", **by(cast["officer"]))
    leads.confirm(lead.pk, **by(cast["head"]))
    one.refresh_from_db()
    assert one.state == "reported" and "查实分解住院 2 例" in one.outcome and not running(one)
    answering.close(one.pk, **by(cast["health"]))
    assert Paper.objects.filter(kind="transfer_receipt", about=f"transfers.transfer:{one.pk}").exists()


def test_nobody_hands_over_in_the_name_of_another_authority(cast):
    with pytest.raises(PermissionDenied):
        answering.hand_over(CITY, said(category="swap", partner="GA"), **by(cast["health"]))
    with pytest.raises(PermissionDenied):
        answering.hand_over("888800", said(category="swap"), **by(cast["health"]))


def test_our_office_enters_what_came_on_paper(cast):
    page = browser(cast["keeper"])
    sent = {
        "area": CITY, "body": "police", "partner": "GA", "category": "resale", "subject": "某药店", "title": "倒卖药品",
        "facts": "办案中发现倒卖医保药品的线索", "since": "2026-01-05", "problems": "倒卖药品", "evidence": "讯问笔录 | 8",
    }  # fmt: skip
    assert page.get("/transfers/in/").status_code == 200
    again = page.post("/transfers/hand-over/", {**sent, "facts": "短"})
    assert again.status_code == 400 and "倒卖药品" in again.content.decode()
    there = page.post("/transfers/hand-over/", sent)
    one = Transfer.objects.get()
    assert there["Location"] == f"/transfers/{one.pk}/"
    page.post(f"/transfers/{one.pk}/receive/")
    assert Lead.objects.filter(about=f"transfers.transfer:{one.pk}", subject="某药店").exists()


def test_the_year_is_counted_by_authority_and_category(sent, cast):
    answering.receive(sent.pk, **by(cast["health"]))
    answering.accept(sent.pk, **by(cast["health"]))
    answering.report(sent.pk, "penalty", reason="已作出行政处罚", **by(cast["health"]))
    answering.hand_over(CITY, said(category="swap", amount=None), **by(cast["health"]))
    year = timezone.localdate().year
    lines = statement.statement(cast["keeper"], year)
    assert [(x.direction, x.sent, x.received, x.answered, x.punished) for x in lines] == [
        ("移出", 1, 1, 1, 1),
        ("移入", 1, 0, 0, 0),
    ]
    assert lines[0].amount == Decimal("5000")
    assert statement.due_day(CITY, year) == date(year + 1, 1, 15)
    page = browser(cast["keeper"])
    assert "无依据检查" in page.get("/transfers/statement/", {"year": year}).content.decode()
    assert page.get("/export/transfer-statement.xlsx", {"year": year}).status_code == 200
    assert not statement.statement(cast["keeper"], year - 1)


WHO = ["keeper", "second", "head", "health", "officer"]


@for_any(path=st.lists(st.tuples(st.sampled_from(list(STEPS)), st.sampled_from(WHO)), max_size=14))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_on_any_path_no_step_is_skipped_and_no_duty_is_doubled(cast, path):
    one = drafting.draft(f"leads.lead:{ended(cast).pk}", said(), **by(cast["keeper"]))
    more = {
        "return": {"reason": WHY}, "drop": {"reason": WHY}, "ask": {"reason": WHY}, "supply": {"reason": WHY, "files": [note()]},
        "report": {"result": "none", "reason": WHY},
    }  # fmt: skip
    calls = {step: getattr(drafting, step, getattr(answering, step, None)) for step in STEPS} | {"return": drafting.send_back}
    for word, person in path:
        with contextlib.suppress(ValidationError, PermissionDenied, Http404):
            calls[word](one.pk, **more.get(word, {}), **by(cast[person]))
        one.refresh_from_db()
        changes = list(TransferChange.objects.filter(record=one).order_by("pk"))
        assert all(before.new == after.old for before, after in itertools.pairwise(changes))
        assert all(c.old in STEPS[c.step].frm and c.new == STEPS[c.step].to for c in changes[1:])
        taken = {c.step: c.by_id for c in changes}
        assert taken.get("approve") != one.by_id
        assert all(taken.get(word) in (None, cast["health"].pk) for word in ("receive", "ask", "accept", "report"))
        assert bool(one.result) == (one.state in ("reported", "closed"))
        assert bool(one.number) == (one.sent_on is not None)
        waiting = {"sent": "transfer_receipt"} | dict.fromkeys(("received", "incomplete", "accepted"), "transfer_result")
        expected = {waiting.get(one.state, "transfer_out" if one.state in ("drafted", "approved") else "")} - {""}
        expected |= {"transfer_supplement"} if one.state == "incomplete" else set()
        assert running(one) == expected
