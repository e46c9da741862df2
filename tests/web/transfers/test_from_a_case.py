"""A case goes to another authority: when it is due, what the draft says already, what the case's page shows."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.utils import timezone
from pypdf import PdfWriter

from tests.web.cases.conftest import closed_lead, decision, proposal, said, to_decision
from tests.web.conftest import account, browser, by, organisation
from yijian.web.attachments.models import Attachment
from yijian.web.audit_log.models import LogEntry
from yijian.web.cases import deciding, evidence, executing, filing
from yijian.web.clocks.models import Clock
from yijian.web.institutions.models import Institution
from yijian.web.transfers import drafting, sources
from yijian.web.transfers.forms import given_of
from yijian.web.transfers.given import Given, Item
from yijian.web.transfers.models import Transfer

CITY = "999900"


@pytest.fixture
def partners(office):
    for code, name in (("WJ", "示例市卫生健康委员会"), ("GA", "示例市公安局"), ("JW", "示例市纪委监委")):
        organisation(code, name, "partner", CITY)
    return office


def filed_for(office, begun, cause):
    lead = closed_lead(office, begun)
    case = filing.propose(lead.pk, said(cause), **by(office["keeper"], begun))
    return filing.approve(case.pk, **by(office["head"], begun))


def served(case, office, when):
    to_decision(case, office, when)
    return executing.serve(case.pk, "direct", timezone.localdate(when), **by(office["one"], when))


def handed_on(case, office, when, outcome, to):
    """Decided as something that another authority takes up."""
    deciding.report(case.pk, proposal(outcome, fine=0), **by(office["one"], when))
    deciding.examine(case.pk, "agree", reason="事实清楚", **by(office["legal"], when))
    return deciding.decide(case.pk, decision(outcome, fine=0, repay=0, to=to), **by(office["head"], when))


def waits(case):
    return Clock.objects.filter(about=f"transfers.due:cases.case:{case.pk}", ended="").first()


def document(pages):
    made, out = PdfWriter(), BytesIO()
    for _ in range(pages):
        made.add_blank_page(200, 200)
    made.write(out)
    return SimpleUploadedFile("明细.pdf", out.getvalue())


def test_a_penalty_for_overtreatment_goes_to_health_within_seven_working_days_of_service(partners, begun):
    case = filed_for(partners, begun, 12)
    to_decision(case, partners, begun)
    assert waits(case) is None
    later = begun + timedelta(days=3)
    executing.serve(case.pk, "direct", timezone.localdate(later), **by(partners["one"], later))
    clock = waits(case)
    assert (clock.kind, clock.begun) == ("transfer_out", timezone.localdate(later))
    assert case.number in browser(partners["keeper"]).get("/transfers/").content.decode()


def test_a_penalty_for_what_is_no_business_of_health_waits_for_nothing_and_may_go_all_the_same(partners, filed, begun):
    served(filed, partners, begun)
    assert waits(filed) is None
    assert sources.known_of(partners["keeper"], f"cases.case:{filed.pk}")["body"] == "health"


def test_the_draft_knows_institution_facts_problems_and_evidence_with_pages(partners, begun):
    case, about = filed_for(partners, begun, 12), "cases.case:{}"
    piece = evidence.Piece("document", "过度检查明细", "由该院医保办提供", begun, "证明过度检查的次数和金额")
    evidence.take(case.pk, piece, ["c-one", "c-two"], [document(3)], **by(partners["one"], begun))
    served(case, partners, begun)
    known = sources.known_of(partners["keeper"], about.format(case.pk))
    assert (known["body"], known["category"], known["partner"]) == ("health", "excess", "WJ")
    assert known["amount"] == Decimal(1000) and known["facts"] == "查明重复收费 1000 元"
    lists = sources.lists_of(partners["keeper"], about.format(case.pk))
    assert "书证：过度检查明细 | 3" in lists["evidence"] and "行政处罚决定书" in lists["evidence"]
    assert lists["problems"].endswith("| 1000.00")
    page = browser(partners["keeper"])
    shown = page.get("/transfers/new/", {"about": about.format(case.pk)}).content.decode()
    assert "过度检查明细" in shown and "电子文件（1 个）" in shown
    form = {
        "about": about.format(case.pk), "with_evidence": "1", "body": "health", "category": "excess", "partner": "WJ",
        "institution": "H1", "title": known["title"], "facts": "查明该院过度检查的事实", "since": str(known["since"]), **lists,
    }  # fmt: skip
    page.post("/transfers/draft/", form)
    one = Transfer.objects.get(about=about.format(case.pk))
    assert list(one.items.filter(kind="evidence").values_list("pages", flat=True))[-1] == 3
    assert Attachment.objects.filter(about=f"transfers.transfer:{one.pk}", name="明细.pdf").exists()
    assert waits(case) is None
    assert f"/transfers/{one.pk}/" in page.get(f"/cases/{case.pk}/").content.decode()


@pytest.mark.parametrize(
    ("outcome", "to", "body", "category"),
    [
        ("judicial", "示例市公安局", "police", "crime"),
        ("transfer", "示例市纪委监委", "discipline", "office_crime"),
        ("transfer", "某某局", "", ""),
    ],
)
def test_what_is_decided_to_go_elsewhere_is_due_at_once_and_health_is_told(partners, filed, begun, outcome, to, body, category):
    handed_on(filed, partners, begun, outcome, to)
    known = sources.known_of(partners["keeper"], f"cases.case:{filed.pk}")
    assert waits(filed).begun == timezone.localdate(begun)
    assert (known["body"], known["category"]) == (body, category)
    assert known["copy_to"] == ("WJ" if body else "")
    with pytest.raises(ValidationError, match="已经决定移送"):
        drafting.waive(f"cases.case:{filed.pk}", reason="不想移送了", **by(partners["keeper"]))


def test_a_transfer_to_the_police_without_a_copy_to_health_says_so(partners, filed, begun):
    handed_on(filed, partners, begun, "judicial", "示例市公安局")
    given = Given(
        "police", "crime", "GA", "骗取基金", "查明涉嫌骗取医保基金", timezone.localdate(begun),
        [Item("虚构服务", Decimal(1000))], [Item("病历", pages=3)], institution=Institution.objects.get(pk="H1"),
    )  # fmt: skip
    one = drafting.draft(f"cases.case:{filed.pk}", given, **by(partners["keeper"]))
    assert "应通报同级卫生健康部门" in browser(partners["head"]).get(f"/transfers/{one.pk}/").content.decode()


def test_what_need_not_go_is_written_down_with_a_reason(partners, begun):
    case = filed_for(partners, begun, 12)
    served(case, partners, begun)
    about = f"cases.case:{case.pk}"
    with pytest.raises(ValidationError, match="原因"):
        drafting.waive(about, reason="", **by(partners["keeper"]))
    page = browser(partners["keeper"])
    assert "登记为不需移送" in page.get("/transfers/new/", {"about": about}).content.decode()
    page.post("/transfers/waive/", {"about": about, "reason": "卫健部门已先行处罚"})
    assert waits(case) is None
    assert LogEntry.objects.filter(act="transfers.waive", about=case.number, area=CITY).exists()
    with pytest.raises(ValidationError, match="没有待办"):
        drafting.waive(about, reason="再登记一次", **by(partners["keeper"]))


def test_a_case_without_a_decision_is_not_transferred(partners, filed):
    with pytest.raises(Http404):
        sources.known_of(partners["keeper"], f"cases.case:{filed.pk}")
    far = account("c-far", "外地", "supervisor", organisation("B888800", "他市医保局", "authority", "888800"))
    with pytest.raises(Http404):
        sources.known_of(far, f"cases.case:{filed.pk}")


def test_one_form_reads_what_it_showed(partners, begun):
    case = filed_for(partners, begun, 12)
    served(case, partners, begun)
    keeper, about = partners["keeper"], f"cases.case:{case.pk}"
    known = sources.known_of(keeper, about)
    texts = {key: str(value) for key, value in known.items() if isinstance(value, str)}
    given = given_of({**texts, "since": str(known["since"]), "amount": str(known["amount"]), **sources.lists_of(keeper, about)})
    assert (given.amount, given.since, len(given.problems)) == (Decimal(1000), known["since"], 1)
