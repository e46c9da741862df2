"""Records that a measure may stand on: what they say of themselves, and their page."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from yijian.web.accounts.queries import Right, User
from yijian.web.agreements.models import AgreementMeasure
from yijian.web.cases.queries import Case, case_for
from yijian.web.leads.queries import Lead, lead_for

PAGES = {"leads.lead": ("查看线索", "leads:detail", Right.SEE_LEADS), "cases.case": ("查看案件", "cases:detail", Right.SEE_CASES)}
"""Kind of record → words, its page, the right to see it."""


def known_of(user: User, about: str) -> dict[str, Any]:
    """about, of, area, institution, reason of a lead that ended with “按服务协议处理”, or of a case against an institution.

    Http404 where it is no such record, or none that the user may see.
    """
    kind, _, key = about.partition(":")
    if kind not in PAGES or not key.isdecimal():
        raise Http404("这条记录不能提请协议处理。")
    try:
        return _of_lead(user, about, int(key)) if kind == "leads.lead" else _of_case(user, about, int(key))
    except PermissionDenied:
        raise Http404 from None


def _of_lead(user: User, about: str, key: int) -> dict[str, Any]:
    lead = lead_for(user, key)
    if lead.state != "closed" or lead.result != "agreement":
        raise Http404(f"线索 {lead.number} 的结果不是“按服务协议处理”。")
    return {
        "about": about, "of": lead.number, "area": lead.area, "institution": lead.institution,
        "reason": lead.established or lead.facts,
    }  # fmt: skip


def _of_case(user: User, about: str, key: int) -> dict[str, Any]:
    case = case_for(user, key)
    if case.institution is None or case.filed is None:
        raise Http404(f"案件 {case.number} 没有立案，或当事人不是定点医药机构。")
    return {
        "about": about, "of": case.number, "area": case.area, "institution": case.institution,
        "reason": case.established or case.facts,
    }  # fmt: skip


def page_of_source(user: User, about: str) -> tuple[str, str] | None:
    """(words, address) of the record that a measure stands on, for whoever may see such records."""
    kind, _, key = about.partition(":")
    if kind not in PAGES or not user.may(PAGES[kind][2]):
        return None
    words, name, _ = PAGES[kind]
    return words, reverse(name, args=[key])


def fit(record: "Case | Lead", made: "Sequence[AgreementMeasure]") -> bool:
    """Whether a measure may be proposed from the record; made: those that were."""
    if isinstance(record, Lead):
        return record.state == "closed" and record.result == "agreement" and not made
    return record.institution is not None and record.filed is not None
