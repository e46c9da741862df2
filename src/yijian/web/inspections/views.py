"""Pages of inspections, from the desk: the list, planning one, its state, team and papers."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, User, agencies_in, by, division_names, divisions_of, person_of, user_with
from yijian.web.attachments.queries import attachments_of
from yijian.web.campaigns.queries import campaign_behind
from yijian.web.clocks.queries import clock_of
from yijian.web.draws.queries import Draw
from yijian.web.frame.given import CENT, day_given, number_given, yuan_given
from yijian.web.frame.tables import long_page_of, sorting
from yijian.web.inspections import concluding, dossier, planning, queries, sources, visiting
from yijian.web.inspections.kinds import SUBJECTS, checklists, kinds
from yijian.web.inspections.planning import Given
from yijian.web.inspections.steps import OPEN, STEPS
from yijian.web.institutions.queries import institution, institution_names
from yijian.web.leads.queries import lead_of
from yijian.web.papers.queries import papers_of

COLUMNS = {
    "title": ("检查", "title"),
    "subject": ("对象", "institution__name"),
    "kind": ("方式", "kind"),
    "begin": ("计划", "begin"),
    "arrived": ("到场", "arrived"),
    "state": ("状态", "state"),
    "opened": ("拟定时间", "opened"),
}
MENDS = (
    ("mend", "报告整改情况", "逐条写明怎样整改的，附上证明材料"),
    ("mend_paper", "登记书面整改报告", "报告的主要内容，附上扫描件"),
)
"""Word of a step, its title, what is asked for."""


@require_GET
def inspections(request: HttpRequest) -> HttpResponse:
    """检查了谁，办到哪一步了？"""
    user, filters = person_of(request), queries.Filters.of(request.GET)
    if not queries.may_read(user):
        raise PermissionDenied
    order, names = sorting(request, COLUMNS, "-opened"), institution_names()
    context = {
        "filters": filters,
        "said": filters.words(names),
        "tallies": queries.tallies(user),
        "kinds": kinds().values(),
        "subjects": SUBJECTS,
        "institutions": names if queries.inner(user) else {},
        "sorting": order,
        "page": long_page_of(request, queries.inspections_for(user, filters).order_by(*order.order)),
        "may_keep": user.may(Right.KEEP_INSPECTIONS),
        "may_inspect": user.may(Right.INSPECT),
        "inner": queries.inner(user),
    }
    return render(request, "inspections/list.html", context)


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """查谁、怎么查、派谁去？"""
    return _form(request, request.GET.dict())


def _form(request: HttpRequest, said: Mapping[str, Any], problem: str = "") -> HttpResponse:
    user = user_with(request, Right.KEEP_INSPECTIONS)
    own = user.scope(Right.KEEP_INSPECTIONS).areas
    draw = _drawn(user, str(said.get("draw", "")))
    context = {
        **sources.choices(user, own[0] if own else user.home, draw, timezone.localdate()),
        "said": said,
        "problem": problem,
        "names": division_names(),
        "draw": draw,
        "chosen_focuses": request.POST.getlist("focuses"),
        "chosen_team": request.POST.getlist("team"),
        "divisions": [one for one in divisions_of(user, Right.KEEP_INSPECTIONS) if one.pk in own],
    }
    return render(request, "inspections/new.html", context, status=400 if problem else 200)


def _drawn(user: User, key: str) -> Draw | None:
    wanted = number_given(key)
    return next((one for one in sources.drawn(user, "institutions") if one.pk == wanted), None) if wanted else None


@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Plan an inspection; what was written stays where something is wrong."""
    user, said = user_with(request, Right.KEEP_INSPECTIONS), request.POST
    try:
        made = planning.plan(said.get("area", ""), _given(said, user), **by(request))
    except ValidationError as mistake:
        return _form(request, said.dict(), mistake.messages[0])
    return redirect("inspections:detail", made.pk)


def _given(said: QueryDict, user: User) -> Given:
    agency, leader, area = said.get("agency", ""), said.get("leader", ""), said.get("area", "")
    team = [code for code in said.getlist("team") if code]
    if leader:
        team = [leader, *(code for code in team if code != leader)]
    return Given(
        title=said.get("title", ""),
        kind=said.get("kind", ""),
        subject_kind=said.get("subject_kind", ""),
        begin=_needed(said, "begin"),
        end=_needed(said, "end"),
        focuses=said.getlist("focuses")[:20],
        team=team[:30],
        institution=institution(said.get("institution", "")) if said.get("subject_kind") != "agency" else None,
        agency=agencies_in(area).filter(pk=agency).first() if said.get("subject_kind") == "agency" else None,
        period_begin=_day(said, "period_begin"),
        period_end=_day(said, "period_end"),
        sealed_until=moment_given(said.get("sealed_until", "")),
        draw=_drawn(user, said.get("draw", "")),
        about=said.get("about", ""),
    )


def _needed(said: QueryDict, name: str) -> date:
    return day_given(said.get(name, ""))


def _day(said: QueryDict, name: str) -> date | None:
    text = said.get(name, "").strip()
    return day_given(text) if text else None


def moment_given(text: str) -> datetime | None:
    """A moment as a field for day and time sends it, in local time; None for none. ValidationError where it cannot be read."""
    if not (text := text.strip()):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValidationError(f"时间“{text[:30]}”看不懂，请写成 2026-01-31T08:00 的样子") from None
    return timezone.make_aware(found) if timezone.is_naive(found) else found


@require_GET
def inspection(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """这次检查办到哪一步，接下来谁做什么？"""
    user = person_of(request)
    one = queries.inspection_for(user, inspection_id)
    about, steps, inner = f"inspections.inspection:{one.pk}", queries.may_step(user, one), queries.inner(user, one)
    keeps = user.may(Right.KEEP_INSPECTIONS) and one.area in user.scope(Right.KEEP_INSPECTIONS).areas
    people = planning.may_be_sent(one.area, one.kind, timezone.localdate()) if keeps and one.state in OPEN else []
    here = {member.code for member in queries.team_of(one)}
    context = {
        "one": one,
        "inner": inner,
        "steps": {word: STEPS[word] for word in steps},
        "clock": clock if (clock := clock_of(about)) and (inner or clock.clock.kind == concluding.RECTIFY) else None,
        "found": one.found if inner or one.problem is not None else "",
        "team": queries.team_of(one),
        "gone": queries.gone_from(one),
        "people": [member for member in people if member.code not in here],
        "may_leave": one.state in planning.CHANGING,
        "keeps": keeps,
        "in_team": queries.in_team(user, one),
        "checklists": [checklists()[key].title for key in one.focuses if key in checklists()],
        "progress": queries.progress(one) if inner else {},
        "lead": lead_of(about) if inner and one.problem else None,
        "may_lead": one.problem and user.may(Right.KEEP_LEADS) and one.area in user.scope(Right.KEEP_LEADS).areas,
        "files": [*attachments_of(about), *(attachments_of(f"inspections.dossier:{one.pk}") if inner else ())],
        "papers": [*papers_of(about), *(papers_of(f"inspections.dossier:{one.pk}") if inner else ())],
        "changes": one.changes.select_related("by").order_by("at", "pk") if inner else [],  # type: ignore[attr-defined]
        "step_titles": {**{word: step.title for word, step in STEPS.items()}, "plan": "拟定"},
        "sealed": one.sealed_until is not None and timezone.now() < one.sealed_until,
        "campaign": campaign_behind(one.about),
        "mends": MENDS,
        "about": about,
    }
    return render(request, "inspections/detail.html", context)


@require_POST
def join(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """Send one more."""
    planning.join(inspection_id, request.POST.get("code", ""), **by(request))
    return redirect("inspections:detail", inspection_id)


@require_POST
def leave(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """Somebody is recused, or not sent after all."""
    said = request.POST
    planning.leave(
        inspection_id, number_given(said.get("member", "")), reason=said.get("reason", "")[:1000],
        recused=said.get("recused") == "1", **by(request),
    )  # fmt: skip
    return redirect("inspections:detail", inspection_id)


@require_POST
def compile_dossier(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """Write the dossier."""
    dossier.compile_dossier(inspection_id, **by(request))
    return redirect("inspections:detail", inspection_id)


@require_POST
def make_lead(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """What was found becomes a lead."""
    user_with(request, Right.KEEP_LEADS)
    made = concluding.make_lead(inspection_id, request.POST.get("title", ""), **by(request))
    return redirect("leads:detail", made.pk)


@require_POST
def step(request: HttpRequest, inspection_id: int, word: str) -> HttpResponse:
    """Take an inspection through the step that its page offered."""
    if word not in STEPS:
        raise ValidationError(f"没有这个步骤：{word[:20]}")
    user_with(request, Right(STEPS[word].right))
    said, common = request.POST, by(request)
    reason, files = said.get("reason", "")[:5000], request.FILES.getlist("files")
    match word:
        case "notify":
            planning.notify(inspection_id, **common)
        case "cancel":
            planning.cancel(inspection_id, reason=reason, **common)
        case "begin":
            visiting.begin(inspection_id, **common)
            return redirect("inspections:site", inspection_id)
        case "sign":
            concluding.finish(inspection_id, reason=reason, **common)
        case "resume":
            concluding.resume(inspection_id, reason=reason, **common)
        case "clear" | "conclude":
            concluding.conclude(inspection_id, word == "conclude", _yuan(said), reason=reason, **common)
        case "order":
            concluding.order(inspection_id, _day(said, "due"), reason=reason, **common)
        case "close":
            concluding.close(inspection_id, reason=reason, **common)
        case "mend" | "mend_paper":
            concluding.mend(inspection_id, reason=reason, files=files, **common)
        case _:
            concluding.recheck(inspection_id, word == "recheck", reason=reason, files=files, **common)
    return redirect("inspections:detail", inspection_id)


def _yuan(said: QueryDict) -> Decimal | None:
    text = said.get("amount", "").strip()
    return yuan_given(text, least=CENT, most=None) if text else None
