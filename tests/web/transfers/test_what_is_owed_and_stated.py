"""What the other authority owes and by when; what is overdue rises; the yearly statement is sent by 15 January."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.web.conftest import account, browser, by, organisation
from tests.web.transfers.conftest import CITY, note, said
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks.models import Clock, Notice
from yijian.web.clocks.queries import inbox
from yijian.web.papers.models import Paper
from yijian.web.transfers import answering, queries, statement, stating, tending
from yijian.web.transfers.models import Escalation, Transfer, YearStatement


@pytest.fixture
def province(cast):
    """The office above: a head and somebody who keeps transfers."""
    above = organisation("BP", "示例省医保局", "authority", "990000")
    return {
        "head": account("p-head", "省局负责人", "head", above),
        "keeper": account("p-keeper", "省局监管", "supervisor", above),
    }


def overdue(transfer, days=10):
    long_ago = timezone.localdate() - timedelta(days=days)
    Clock.objects.filter(about=f"transfers.transfer:{transfer.pk}", ended="").update(due=long_ago)


def test_the_other_authority_sees_by_when_it_owes_what(sent, cast):
    page = browser(cast["health"])
    listed, shown = page.get("/transfers/").content.decode(), page.get(f"/transfers/{sent.pk}/").content.decode()
    assert "签收并出具回执：" in page.get("/").content.decode()
    assert "还有 3 个工作日" in listed and "应由贵单位签收并出具回执" in shown
    answering.receive(sent.pk, **by(cast["health"]))
    assert "应由贵单位反馈处理结果" in page.get(f"/transfers/{sent.pk}/").content.decode()
    answering.ask(sent.pk, reason="还缺收费明细", **by(cast["health"]))
    due = queries.due_by(cast["health"], [sent])
    assert due[sent.pk].clock.kind == "transfer_result"  # the supplement is ours
    assert queries.due_by(cast["keeper"], [sent])[sent.pk].clock.kind == "transfer_supplement"


def test_what_comes_in_owes_the_other_authority_a_supplement(cast):
    one = answering.hand_over(CITY, said(category="swap"), **by(cast["health"]))
    assert not queries.due_by(cast["health"], [one])
    answering.receive(one.pk, **by(cast["keeper"]))
    answering.ask(one.pk, reason="还缺病历", files=[note()], **by(cast["keeper"]))
    one.refresh_from_db()
    assert queries.due_by(cast["health"], [one])[one.pk].clock.kind == "transfer_supplement"


def test_an_authority_that_is_only_told_owes_nothing(sent, cast):
    organisation("GA", "示例市公安局", "partner", CITY)
    Transfer.objects.filter(pk=sent.pk).update(partner="GA", copy_to="WJ")
    sent.refresh_from_db()
    assert not queries.due_by(cast["health"], [sent])


def test_what_is_overdue_is_told_to_the_heads_above_once(sent, cast, province):
    tending.escalate(timezone.now())
    assert not Escalation.objects.exists()
    overdue(sent)
    assert tending.escalate(timezone.now()) == 1 and tending.escalate(timezone.now()) == 0
    told = Notice.objects.filter(text__contains="下级移送事项已逾期")
    assert [one.to for one in told] == [province["head"]]
    assert LogEntry.objects.filter(act="transfers.escalate", area=CITY).count() == 1
    assert any(one.escalated and one.clock.about.endswith(f":{sent.pk}") for one in inbox(province["head"]))
    assert browser(province["head"]).get(told[0].link).status_code == 200


def test_a_day_of_grace_is_given(sent, province):
    yesterday = timezone.localdate() - timedelta(days=1)
    Clock.objects.filter(about=f"transfers.transfer:{sent.pk}", ended="").update(due=yesterday)
    assert tending.escalate(timezone.now()) == 0


def test_where_nobody_is_above_nothing_is_told(sent):
    overdue(sent)
    assert tending.escalate(timezone.now()) == 0


@pytest.fixture
def last_year(sent):
    """The transfer was sent in the year before."""
    year = timezone.localdate().year - 1
    Transfer.objects.filter(pk=sent.pk).update(sent_on=date(year, 6, 1))
    return year


def test_the_clock_of_the_statement_starts_once_and_is_due_on_the_fifteenth(last_year, province):
    today = timezone.localdate()
    assert stating.begin(today) == 1 and stating.begin(today) == 0
    clock = Clock.objects.get(kind="transfer_statement_day")
    assert (clock.area, clock.due) == (CITY, date(last_year + 1, 1, 15))


def test_the_worker_starts_it_and_looks_once_a_day(last_year, province, monkeypatch):
    monkeypatch.setattr(tending, "_begun", [])
    tending.tend(timezone.now())
    assert Clock.objects.filter(kind="transfer_statement_day", ended="").count() == 1
    Clock.objects.filter(kind="transfer_statement_day").delete()
    tending.tend(timezone.now())
    assert not Clock.objects.filter(kind="transfer_statement_day").exists()


def test_the_statement_is_sent_as_a_document_and_those_above_see_it(last_year, cast, province):
    stating.begin(timezone.localdate())
    page = browser(cast["keeper"])
    assert "个区划还没有报送" in page.get("/transfers/statement/", {"year": last_year}).content.decode()
    there = page.post("/transfers/statement/send/", {"area": CITY, "year": last_year})
    assert there["Location"] == f"/transfers/statement/?year={last_year}"
    made = YearStatement.objects.get()
    (line,) = made.lines
    assert (made.to, line["body"], line["sent"], line["amount"]) == ("990000", "卫生健康部门", 1, "5000.00")
    assert Clock.objects.get(kind="transfer_statement_day").ended in ("done", "late")
    paper = Paper.objects.get(kind="transfer_statement")
    above = browser(province["keeper"])
    assert "年度移送情况报告" in above.get("/transfers/statement/", {"year": last_year}).content.decode()
    assert above.get(f"/papers/{paper.pk}.pdf").content.startswith(b"%PDF")
    assert browser(cast["health"]).get(f"/papers/{paper.pk}.pdf").status_code == 404
    assert Notice.objects.filter(to=province["keeper"], text__contains="报送了").exists()
    with pytest.raises(ValidationError, match="已经报送"):
        stating.send(CITY, last_year, **by(cast["keeper"]))
    assert stating.begin(timezone.localdate()) == 0


def test_a_year_that_is_not_over_or_another_office_is_not_stated(last_year, cast, province):
    with pytest.raises(ValidationError, match="还没有结束"):
        stating.send(CITY, last_year + 1, **by(cast["keeper"]))
    for person, area in ((province["keeper"], CITY), (cast["head"], CITY), (cast["keeper"], "888800")):
        with pytest.raises(PermissionDenied):
            stating.send(area, last_year, **by(person))


def test_a_year_without_a_transfer_may_be_stated_too(cast, province):
    year = timezone.localdate().year - 1
    assert stating.begin(timezone.localdate()) == 0
    made = stating.send(CITY, year, **by(cast["keeper"]))
    assert made.lines == [] and statement.sendings(cast["keeper"], year)[0].sent == made


def test_nobody_above_means_nothing_is_sent(last_year, cast):
    with pytest.raises(ValidationError, match=r"没有 .* 的上级区划"):
        stating.send(CITY, last_year, **by(cast["keeper"]))


def test_the_statement_counts_this_office_alone(last_year, cast, province):
    far = organisation("BX", "示例市东城区医保局", "authority", "999901")
    below = account("t-below", "区局", "supervisor", far)
    partner = organisation("WJX", "东城区卫生健康局", "partner", "999901")
    answering.hand_over("999901", said(category="swap", partner=partner.pk), **by(below))
    year = timezone.localdate().year
    assert len(statement.statement(province["keeper"], year)) == 1
    assert not statement.statement_of(CITY, year) and len(statement.statement_of("999901", year)) == 1
