"""Pages of leads."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, by, division_name, divisions_below, divisions_of, user_with
from yijian.web.attachments.queries import attachments_of
from yijian.web.clocks.queries import clock_of
from yijian.web.frame.given import CENT, day_given, yuan_given
from yijian.web.frame.tables import long_page_of, sorting
from yijian.web.institutions.queries import institution, institution_names
from yijian.web.leads import actions, queries, sources
from yijian.web.leads.actions import Given
from yijian.web.leads.grading import proposal
from yijian.web.leads.models import Lead
from yijian.web.leads.steps import RESULTS, STEPS, WORDS
from yijian.web.papers.queries import papers_of

COLUMNS = {
    "number": ("线索", "number"),
    "subject": ("对象", ""),
    "source": ("来源", "source"),
    "grade": ("价值", "grade"),
    "amount": ("估计金额/元", "amount"),
    "received": ("收到日期", "received"),
    "officer": ("承办人", "officer__display_name"),
    "state": ("状态", "state"),
    "opened": ("登记时间", "opened"),
}


@require_GET
def leads(request: HttpRequest) -> HttpResponse:
    """哪些线索还没有结果？"""
    user = user_with(request, Right.SEE_LEADS)
    filters = queries.Filters.of(request.GET)
    order = sorting(request, COLUMNS, "-opened")
    context = {
        "filters": filters,
        "said": filters.words(institution_names()),
        "tallies": queries.tallies(user),
        "sources": Lead.Source.choices,
        "grades": Lead.Grade.choices,
        "results": RESULTS,
        "institutions": institution_names(),
        "sorting": order,
        "page": long_page_of(request, queries.leads_for(user, filters).order_by(*order.order)),
        "waiting": sources.waiting(user),
        "may_keep": user.may(Right.KEEP_LEADS),
    }
    return render(request, "leads/list.html", context)


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """线索说的是谁、什么事？"""
    user = user_with(request, Right.KEEP_LEADS)
    about = request.GET.get("about", "")
    if not about:
        return _form(request, {"received": timezone.localdate()})
    known, before = sources.given_of(user, about), queries.lead_of(about)
    return redirect("leads:detail", before.pk) if before else _form(request, vars(known))


def _form(request: HttpRequest, said: Mapping[str, object], problem: str = "") -> HttpResponse:
    user = user_with(request, Right.KEEP_LEADS)
    context = {
        "said": said,
        "problem": problem,
        "sources": [(value, word) for value, word in Lead.Source.choices if value not in ("finding", "review", "tip")],
        "kinds": Lead.Subject.choices,
        "institutions": institution_names(),
        "divisions": [one for one in divisions_of(user, Right.KEEP_LEADS) if one.pk in user.scope(Right.KEEP_LEADS).areas],
    }
    return render(request, "leads/new.html", context, status=400 if problem else 200)


@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """Put a lead into the book; what was written stays where something is wrong."""
    user = user_with(request, Right.KEEP_LEADS)
    try:
        lead = actions.register(_given(request), request.POST.get("area", ""), **by(request))
    except ValidationError as mistake:
        said = dict(request.POST.items())
        if about := request.POST.get("about", ""):  # what the record says of itself is shown as it says it
            known = sources.given_of(user, about)
            return _form(request, {**vars(known), "title": said.get("title"), "facts": said.get("facts")}, mistake.messages[0])
        return _form(request, said, mistake.messages[0])
    return redirect("leads:detail", lead.pk)


def _given(request: HttpRequest) -> Given:
    said, about = request.POST, request.POST.get("about", "")
    if about:  # what the record says counts, not what the form says of it
        known = sources.given_of(user_with(request, Right.KEEP_LEADS), about)
        return replace(known, title=said.get("title", "")[:200], facts=said.get("facts", "")[:5000])
    return Given(
        source=said.get("source", ""),
        title=said.get("title", "")[:200],
        facts=said.get("facts", "")[:5000],
        subject_kind=said.get("subject_kind", ""),
        received=day_given(said.get("received", "")),
        institution=institution(said.get("institution", "")),
        subject=said.get("subject", "")[:200],
        reference=said.get("reference", "")[:100],
        amount=_yuan(said, "amount"),
        begin=_day(said, "begin"),
        end=_day(said, "end"),
    )


def _yuan(said: QueryDict, name: str) -> Decimal | None:
    text = said.get(name, "").strip()
    return yuan_given(text, least=CENT, most=None) if text else None


def _day(said: QueryDict, name: str) -> date | None:
    text = said.get(name, "").strip()
    return day_given(text) if text else None


@require_GET
def lead(request: HttpRequest, lead_id: int) -> HttpResponse:
    """这条线索查到哪一步了？"""
    user = user_with(request, Right.SEE_LEADS)
    one = queries.lead_for(user, lead_id)
    steps = {word: STEPS[word] for word in queries.may_step(user, one)}
    context = {
        "lead": one,
        "about": f"leads.lead:{one.pk}",
        "steps": steps,
        "clock": clock_of(f"leads.lead:{one.pk}"),
        "proposal": proposal(one),
        "grades": Lead.Grade.choices,
        "may_grade": user.may(Right.KEEP_LEADS) and one.area in user.scope(Right.KEEP_LEADS).areas,
        "results": RESULTS,
        "verifiers": actions.verifiers(user, one) if "assign" in steps else [],
        "below": divisions_below(one.area) if "hand_down" in steps else [],
        "alike": queries.alike(user, one),
        "source": sources.page_of_source(user, one),
        "files": attachments_of(f"leads.lead:{one.pk}"),
        "papers": papers_of(f"leads.lead:{one.pk}"),
        "changes": one.changes.select_related("by").order_by("at", "pk"),  # type: ignore[attr-defined]
        "step_titles": {**{word: step.title for word, step in STEPS.items()}, "register": "登记"},
        "words": WORDS,
        "areas": {code: division_name(code) for code in (one.area, one.handed_by) if code},
    }
    return render(request, "leads/detail.html", context)


@require_POST
def step(request: HttpRequest, lead_id: int, word: str) -> HttpResponse:
    """Take a lead through the step that its page offered, or grade it."""
    user_with(request, Right(STEPS[word].right) if word in STEPS else Right.KEEP_LEADS)
    common, given = by(request), request.POST
    reason = given.get("reason", "")[:3000]
    match word:
        case "grade":
            actions.grade(lead_id, given.get("grade", ""), **common)
        case "assign":
            actions.assign(lead_id, given.get("officer", ""), **common)
        case "hand_down":
            actions.hand_down(lead_id, given.get("area", ""), reason=reason, **common)
        case "escalate":
            actions.escalate(lead_id, reason=reason, **common)
        case "extend":
            actions.extend(lead_id, reason=reason, **common)
        case "report":
            actions.report(
                lead_id, given.get("result", ""), _yuan(given, "amount"), reason=reason,
                files=request.FILES.getlist("files"), **common,
            )  # fmt: skip
        case "send_back":
            actions.send_back(lead_id, reason=reason, **common)
        case "confirm" | "answer":
            actions.confirm(lead_id, **common)
        case "accept":
            actions.accept(lead_id, **common)
        case "merge":
            actions.merge(lead_id, given.get("into", ""), reason=reason, **common)
        case _:
            raise ValidationError(f"没有这个步骤：{word[:20]}")
    return redirect("leads:detail", lead_id)
