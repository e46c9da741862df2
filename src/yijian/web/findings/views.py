"""Pages about findings."""

import sys
from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.claims.tables import tables
from yijian.claims.vault import Vault
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.masking import masked
from yijian.web.accounts.queries import Right, user_with
from yijian.web.audit_log.actions import address_of
from yijian.web.findings import actions, charts, queries
from yijian.web.findings.evidence import Evidence, evidence_of
from yijian.web.findings.filters import MAPPING, STATES, Filters
from yijian.web.findings.merging import candidates
from yijian.web.findings.models import Finding, RuleResult
from yijian.web.findings.rulebook import hash_now, rule_now
from yijian.web.findings.timeline import timeline
from yijian.web.frame.tables import DEEPEST, page_of, sorting
from yijian.web.institutions.queries import institution_names

# A list of a million is sorted as an index is; by rule, institution and the rest it is narrowed.
COLUMNS = {
    "rule": ("规则", ""),
    "verdict": ("性质", ""),
    "institution": ("机构", ""),
    "explanation": ("说明", ""),
    "day": ("日期", "day"),
    "amount": ("金额/元", "amount"),
}
SHOWN_LINES = 60
"""An encounter with more lines shows only the days with evidence, until all are asked for."""


@require_GET
def findings(request: HttpRequest) -> HttpResponse:
    """哪些疑点要先看？"""
    user = user_with(request, Right.SEE_FINDINGS)
    filters = Filters.of(request.GET)
    found = queries.findings_for(user, filters)
    order = sorting(request, COLUMNS, "-amount")
    rules, institutions = queries.rule_titles(), institution_names()
    sums = queries.counted(user, filters)
    by_rule, by_institution, totals = sums.by_rule, sums.by_institution, sums.totals
    context = {
        "filters": filters,
        "said": filters.words(rules, institutions),
        "rules": rules,
        "institutions": institutions,
        "verdicts": Finding.Verdict.choices,
        "mappings": MAPPING,
        "sorting": order,
        "page": page_of(request, found.order_by(*order.order), count=DEEPEST if sums.too_many else totals.count),
        "too_many": queries.MOST_SUMMED if sums.too_many else 0,
        "states": STATES,
        "totals": totals,
        "by_rule": by_rule,
        "by_institution": by_institution,
        "rule_chart": charts.money_bars(by_rule, "rule_title", "rule", "rule"),
        "institution_chart": charts.money_bars(by_institution, "name", "institution_id", "institution"),
        "run": queries.newest_run(),
    }
    return render(request, "findings/list.html", context)


@require_GET
def finding(request: HttpRequest, finding_id: str) -> HttpResponse:
    """这个疑点是怎么回事？"""
    return finding_page(request, finding_id, {})


@require_POST
def identity(request: HttpRequest, finding_id: str) -> HttpResponse:
    """The same page with the person's identity, after the look was logged."""
    user = user_with(request, Right.SHOW_IDENTITY)
    purpose = request.POST.get("purpose", "")
    now = timezone.localtime()
    try:
        known = actions.show_identity(
            finding_id, home=settings.HOME, purpose=purpose, who=user, when=now, where=address_of(request)
        )
    except ValidationError as mistake:
        return finding_page(request, finding_id, {"purpose_problem": mistake.messages[0]}, status=400)
    shown = {"shown": _titled(known), "shown_at": now, "purpose": purpose.strip()}
    return finding_page(request, finding_id, shown)


def finding_page(request: HttpRequest, finding_id: str, more: Mapping[str, object], status: int = 200) -> HttpResponse:
    """The page of a finding, with what an action has to say about it."""
    user = user_with(request, Right.SEE_FINDINGS)
    found = queries.finding_for(user, finding_id)
    try:
        evidence, unread = evidence_of(settings.HOME, found), ""
    except UserError as mistake:
        evidence, unread = Evidence(), str(mistake)
    rule = rule_now(found.rule)
    may_screen = user.may(Right.SCREEN) and found.state == "new" and found.gone_in is None
    most = sys.maxsize if request.GET.get("lines") == "all" else SHOWN_LINES
    context = {
        "finding": found,
        "rule": rule,
        "same_rule": hash_now(found.rule) == found.rule_hash,
        "legal": found.legal_basis.split("；"),
        "evidence": evidence,
        "visits": [
            (v, days, len(v.lines) - sum(len(lines) for _, lines, _ in days))
            for v in evidence.visits
            for days in [v.listed(most)]
        ],
        "unread": unread,
        "timeline": timeline(evidence.visits),
        "masked": _masked(found),
        "others": queries.others_of_person(user, found),
        "screened": list(queries.screened(user, found)),
        "may_screen": may_screen,
        "candidates": candidates(user, [found]) if may_screen else [],
        "last": queries.screening_of(user, request.GET.get("screened", "")) if user.may(Right.SCREEN) else None,
        "may_show": bool(found.psn_no) and user.may(Right.SHOW_IDENTITY),
    }
    return render(request, "findings/detail.html", {**context, **more}, status=status)


def _masked(found: Finding) -> list[tuple[str, str]]:
    """The person's name and certificate number with their middles hidden; [] where the vault knows nothing."""
    if not found.psn_no:
        return []
    try:
        with Vault.open(settings.HOME) as vault:
            known = vault.identity(found.psn_no)
    except UserError:
        return []
    return _titled({column: masked(column, value) for column, value in known.items() if column in actions.SHOWN})


def _titled(identity: dict[str, str]) -> list[tuple[str, str]]:
    """Identity values with the Chinese titles of their columns, name first."""
    titles = {name: column.title for table in tables().values() for name, column in table.by_name.items()}
    return [(titles[column], identity[column]) for column in actions.SHOWN if identity.get(column)]


@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """每条规则看了多少，没看成多少？"""
    user = user_with(request, Right.SEE_DATA)
    rows = list(queries.coverage(user))
    scope, unjudged = sum(r.in_scope for r in rows), sum(r.not_judged for r in rows)
    worst = request.GET.get("sort") != "title"
    if worst:
        rows.sort(key=RuleResult.share_not_judged, reverse=True)
    context = {
        "rows": rows,
        "run": queries.newest_run(),
        "scope": scope,
        "unjudged": unjudged,
        "found": sum(r.found for r in rows),
        "failed": [r for r in rows if r.error],
        "incomplete": sum(1 for r in rows if r.not_judged),
        "worst": worst,
        "may_see": user.may(Right.SEE_FINDINGS),
    }
    return render(request, "findings/coverage.html", context)
