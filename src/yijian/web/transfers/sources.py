"""Records that may be transferred: what they say, and which wait for it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, partners_near
from yijian.web.attachments.queries import Attachment, attachments_of_all, pages_of
from yijian.web.cases.queries import Case, Decision, case_for, decision_of, evidence_of
from yijian.web.clocks.queries import Due, dues_of, running_in
from yijian.web.leads.queries import Lead, lead_for
from yijian.web.papers.queries import newest
from yijian.web.transfers.bodies import body_named, categories, category_of_cause
from yijian.web.transfers.given import Item, as_lines
from yijian.web.transfers.models import Transfer

DUE = "transfers.due:"
"""What the clock is about that runs until a record is transferred; the record's name follows."""
ELSEWHERE = ("transfer", "judicial")
"""Decisions of cases that say themselves that something is transferred."""


def known_of(user: User, about: str) -> dict[str, Any]:
    """What the record says of itself: area, institution, subject, title, facts, amount, since; and to whom it should go.

    may_waive: whether it need not be transferred. Http404 where it is no such record, or none that the user may see.
    """
    kind, _, key = about.partition(":")
    if not key.isdecimal() or kind not in ("leads.lead", "cases.case"):
        raise Http404("这条记录不能移送。")
    try:
        return _known_of_lead(user, int(key)) if kind == "leads.lead" else _known_of_case(user, int(key))
    except PermissionDenied:
        raise Http404 from None


def _known_of_lead(user: User, key: int) -> dict[str, Any]:
    lead = lead_for(user, key)
    if lead.state != "closed" or lead.result != "transfer":
        raise Http404(f"线索 {lead.number} 的结果不是“移送其他部门”。")
    return {
        "about": f"leads.lead:{lead.pk}", "of": lead.number, "area": lead.area, "institution": lead.institution,
        "subject": "" if lead.subject_kind == "person" else lead.subject, "title": lead.title,
        "facts": lead.established or lead.facts, "amount": lead.proved_amount, "since": _ended_on(lead), "may_waive": False,
    }  # fmt: skip


def _known_of_case(user: User, key: int) -> dict[str, Any]:
    case = case_for(user, key)
    made = decision_of(case)
    since = due_from(made) if made else None
    if made is None or since is None:
        raise Http404(f"案件 {case.number} 没有决定移送，也没有送达的处罚决定，不能移送。")
    return {
        "about": f"cases.case:{case.pk}", "of": case.number, "area": case.area, "institution": case.institution,
        "subject": "" if case.subject_kind == "person" else case.subject, "title": case.title,
        "facts": case.established or case.facts, "amount": case.loss, "since": since,
        "may_waive": made.outcome not in ELSEWHERE, **_whom(case, made),
    }  # fmt: skip


def due_from(made: Decision) -> date | None:
    """From when the seven working days count: the service of a penalty, the decision to transfer; None where neither is."""
    if made.outcome in ELSEWHERE:
        return made.day
    return made.served if made.outcome == "penalty" else None


def _whom(case: Case, made: Decision) -> dict[str, str]:
    """body, category, partner, copy_to as the decision proposes them; health is told of what goes to another (N3 三（二）)."""
    body = "health" if made.outcome == "penalty" else body_named(made.to) or ("police" if made.outcome == "judicial" else "")
    for_body, of_cause = [word for word, one in categories("out").items() if body in one.bodies], category_of_cause(case.cause)
    proposed = of_cause.word if of_cause and of_cause.word in for_body else ""
    category = for_body[0] if len(for_body) == 1 else proposed
    copied = partner_of("health", case.area) if body and body != "health" else ""
    return {"body": body, "category": category, "partner": partner_of(body, case.area, made.to), "copy_to": copied}


def partner_of(body: str, area: str, named: str = "") -> str:
    """The code of the office nearest to the area that is this kind of authority, the one of this name first; '' where none is."""
    near = [(one.pk, one.name) for one in partners_near(area)]
    exact = [pk for pk, name in near if name == named]
    return next(iter([*exact, *(pk for pk, name in near if body and body_named(name) == body)]), "")


def lists_of(user: User, about: str) -> dict[str, str]:
    """problems, evidence: both lists as the record says them, as they are typed. Http404 as `known_of`."""
    kind, _, key = about.partition(":")
    if kind != "cases.case":
        return {}
    case = case_for(user, int(key))
    problem = Item(f"{case.basis.text}（{case.basis.article}）"[:300], amount=case.loss or None)
    evidence = [Item(f"{one.get_kind_display()}：{one.title}"[:300], pages=pages) for one, pages in _evidence(case)]  # type: ignore[attr-defined]
    papers = [newest(about, word) for word in ("case_penalty", "case_decision", "case_final_report")]
    written = [Item(f"{one.title} {one.number}".strip()) for one in papers if one is not None]
    return {"problems": as_lines([problem]), "evidence": as_lines([*written, *evidence])}


def _evidence(case: Case) -> list[tuple[Any, int | None]]:
    """Each piece with its pages; None where a file of it has none that can be counted."""
    pieces = evidence_of(case)
    files = attachments_of_all([f"cases.evidence:{one.pk}" for one in pieces])
    counted = {one.pk: [pages_of(file) for file in files.get(f"cases.evidence:{one.pk}", [])] for one in pieces}
    return [(one, None if None in counted[one.pk] else sum(n or 0 for n in counted[one.pk]) or None) for one in pieces]


def files_of(user: User, about: str) -> list[Attachment]:
    """The files of the record's evidence. Http404 as `known_of`."""
    kind, _, key = about.partition(":")
    if kind != "cases.case":
        return []
    files = attachments_of_all([f"cases.evidence:{one.pk}" for one in evidence_of(case_for(user, int(key)))])
    return [file for held in files.values() for file in held]


def is_due(about: str) -> bool:
    """Whether the record waits for its transfer."""
    return bool(dues_of([f"{DUE}{about}"]))


def _ended_on(lead: Lead) -> date:
    """The day when its result was settled."""
    change = lead.changes.filter(new="closed").order_by("-at").first()  # type: ignore[attr-defined]
    return timezone.localdate(change.at) if change else timezone.localdate()


def waiting(user: User, limit: int = 20) -> list[Due]:
    """Leads and cases of the user's office that are to be transferred and are not yet, as their clocks say it, soonest first."""
    if not user.may(Right.KEEP_TRANSFERS):
        return []
    return running_in(user.scope(Right.KEEP_TRANSFERS).areas, "transfer_out", DUE, limit)


def page_of_source(user: User, transfer: Transfer) -> tuple[str, str] | None:
    """(words, address) of the record that it was made from, for whoever may see such records."""
    kind, _, key = transfer.about.partition(":")
    if kind == "leads.lead" and user.may(Right.SEE_LEADS):
        return "查看线索", reverse("leads:detail", args=[key])
    if kind == "cases.case" and user.may(Right.SEE_CASES):
        return "查看案件", reverse("cases:detail", args=[key])
    return None


def fit(record: "Case | Lead", made: Sequence[Transfer]) -> bool:
    """Whether a transfer may be drafted from the record; made: those that were."""
    if isinstance(record, Lead):
        return record.state == "closed" and record.result == "transfer" and not made
    decision: Decision | None = getattr(record, "decision", None)
    return decision is not None and due_from(decision) is not None
