"""Pages of campaigns."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, User, by, division_names, divisions_of, user_with
from yijian.web.attachments.queries import attachments_of_all
from yijian.web.campaigns import actions, queries
from yijian.web.campaigns.given import Given
from yijian.web.campaigns.kinds import (
    DUTIES,
    FOCUSES,
    PHASES,
    SUBJECTS,
    TARGETS,
    TO,
    Duty,
    Phase,
    Template,
    now_of,
    span,
    templates,
)
from yijian.web.campaigns.models import Campaign
from yijian.web.campaigns.steps import STEPS, WORDS
from yijian.web.frame.given import day_given
from yijian.web.frame.tables import long_page_of, sorting
from yijian.web.papers.queries import papers_of

COLUMNS = {
    "title": ("名称", "title"),
    "area": ("区划", "area"),
    "state": ("状态", "state"),
    "issued": ("印发日期", "issued"),
    "opened": ("拟定时间", "opened"),
}
SPARE = 2
"""Empty rows for phases and duties."""


@require_GET
def campaigns(request: HttpRequest) -> HttpResponse:
    """哪些专项治理正在进行？"""
    user, filters = user_with(request, Right.SEE_CAMPAIGNS), queries.Filters.of(request.GET)
    order = sorting(request, COLUMNS, "-opened")
    context = {
        "filters": filters,
        "said": filters.words(),
        "tallies": queries.tallies(user),
        "sorting": order,
        "names": division_names(),
        "page": long_page_of(request, queries.campaigns_for(user, filters).prefetch_related("phases").order_by(*order.order)),
        "may_keep": user.may(Right.KEEP_CAMPAIGNS),
        "today": timezone.localdate(),
    }
    return render(request, "campaigns/list.html", context)


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """治理什么、谁来做、什么时候做完？"""
    user = user_with(request, Right.KEEP_CAMPAIGNS)
    today = timezone.localdate()
    if under := _under(user, request.GET.get("under", "")):
        return _form(request, _of_campaign(under), under=under)
    word, year = request.GET.get("template", ""), request.GET.get("year", "")
    if word in templates():
        chosen = templates()[word].of_year(int(year) if year in map(str, _years(today)) else today.year)
        said = _of_template(word, chosen)
        said["targets"] = {
            **{w: s for w, s in actions.default_targets(user.home, today).items() if w in chosen.targets},
            **chosen.targets,
        }
        return _form(request, said)
    said = {
        "phases": [],
        "duties": [],
        "kinds": list(SUBJECTS),
        "focuses": [],
        "targets": actions.default_targets(user.home, today),
    }
    return _form(request, said)


def _years(today: date) -> range:
    return range(today.year - 1, today.year + 2)


def _under(user: User, key: str) -> Campaign | None:
    return queries.campaign_for(user, int(key)) if key.isdecimal() and len(key) < 10 else None


def _of_template(word: str, one: Template) -> dict[str, Any]:
    return {
        "title": f"{one.begin.year}年{one.title}", "basis": one.notice, "text": one.text.strip(), "kinds": one.kinds,
        "focuses": one.focuses, "data_begin": one.data_begin, "data_end": one.data_end, "phases": one.phases,
        "duties": one.duties, "template": word, "source": one.source, "unsaid": one.unsaid,
    }  # fmt: skip


def _of_campaign(one: Campaign) -> dict[str, Any]:
    return {
        "title": one.title, "basis": one.number or one.basis, "text": one.text, "kinds": one.kinds, "focuses": one.focuses,
        "data_begin": one.data_begin, "data_end": one.data_end, "phases": list(one.phases.all()),  # type: ignore[attr-defined]
        "duties": [], "template": one.template, "targets": {word: share for word, _, share in one.aims},
    }  # fmt: skip


def _form(
    request: HttpRequest,
    said: Mapping[str, Any],
    *,
    under: Campaign | None = None,
    made: Campaign | None = None,
    problem: str = "",
) -> HttpResponse:
    user = user_with(request, Right.KEEP_CAMPAIGNS)
    own, today = user.scope(Right.KEEP_CAMPAIGNS).areas, timezone.localdate()
    shares = said.get("targets", {})
    context = {
        "said": said, "under": under, "made": made, "problem": problem,
        "phases": [*said["phases"], *[None] * SPARE], "duties": [*said["duties"], *[None] * SPARE],
        "targets": [(word, title, _percent(shares.get(word))) for word, (title, _) in TARGETS.items()],
        "subjects": SUBJECTS, "focuses": FOCUSES, "phase_kinds": PHASES, "to": TO,
        "duty_kinds": {word: title for word, title in DUTIES.items() if word != "receipt"},
        "templates": templates() if not (under or made) else {}, "years": _years(today), "year": today.year,
        "divisions": [one for one in divisions_of(user, Right.KEEP_CAMPAIGNS) if one.pk in own],
    }  # fmt: skip
    return render(request, "campaigns/form.html", context, status=400 if problem else 200)


def _percent(share: Decimal | str | None) -> str:
    if share is None or isinstance(share, str):
        return share or ""
    return f"{(share * 100).normalize():f}"


@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """Prepare a campaign; what was written stays where something is wrong."""
    user, said = user_with(request, Right.KEEP_CAMPAIGNS), request.POST
    under = _under(user, said.get("under", ""))
    try:
        made = actions.prepare(said.get("area", ""), _given(said, under), **by(request))
    except ValidationError as mistake:
        return _form(request, _written(said), under=under, problem=mistake.messages[0])
    return redirect("campaigns:detail", made.pk)


@require_GET
def edit(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """方案要改哪里？"""
    made = queries.campaign_for(user_with(request, Right.KEEP_CAMPAIGNS), campaign_id)
    said = _of_campaign(made) | {"basis": made.basis, "duties": list(made.duties.all())}  # type: ignore[attr-defined]
    return _form(request, said, under=made.parent, made=made)


@require_POST
def change(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Write it anew; what was written stays where something is wrong."""
    made = queries.campaign_for(user_with(request, Right.KEEP_CAMPAIGNS), campaign_id)
    try:
        actions.change(made.pk, _given(request.POST, made.parent), **by(request))
    except ValidationError as mistake:
        return _form(request, _written(request.POST), under=made.parent, made=made, problem=mistake.messages[0])
    return redirect("campaigns:detail", made.pk)


def _rows(said: QueryDict, *names: str) -> list[dict[str, str]]:
    """Rows of a table of fields of the same names; those without anything typed are left out (the last name is always there)."""
    columns = [said.getlist(name) for name in names]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=False)]
    return [row for row in rows if any(row[name].strip() for name in names[:-1])]


PHASE = ("phase_title", "phase_begin", "phase_end", "phase_tasks", "phase_kind")
DUTY = ("duty_title", "duty_due", "duty_kind", "duty_to")


def _phase_rows(said: QueryDict) -> list[dict[str, str]]:
    return _rows(said, *PHASE)


def _duty_rows(said: QueryDict) -> list[dict[str, str]]:
    return [row for row in _rows(said, *DUTY) if row["duty_title"].strip() or row["duty_due"].strip()]


def _written(said: QueryDict) -> dict[str, Any]:
    """What was typed, as the form shows it again."""
    return {
        **said.dict(), "kinds": said.getlist("kinds"), "focuses": said.getlist("focuses"),
        "phases": [{name.removeprefix("phase_"): value for name, value in row.items()} for row in _phase_rows(said)],
        "duties": [{name.removeprefix("duty_"): value for name, value in row.items()} for row in _duty_rows(said)],
        "targets": {word: said.get(f"target-{word}", "") for word in TARGETS},
    }  # fmt: skip


def _given(said: QueryDict, under: Campaign | None) -> Given:
    return Given(
        title=said.get("title", ""),
        text=said.get("text", ""),
        basis=said.get("basis", ""),
        kinds=[word for word in SUBJECTS if word in said.getlist("kinds")],
        focuses=said.getlist("focuses"),
        data_begin=_day(said.get("data_begin", "")),
        data_end=_day(said.get("data_end", "")),
        phases=[
            Phase(r["phase_kind"], r["phase_title"], day_given(r["phase_begin"]), day_given(r["phase_end"]), r["phase_tasks"])
            for r in _phase_rows(said)
        ],
        duties=[Duty(r["duty_kind"], r["duty_title"], r["duty_to"], day_given(r["duty_due"])) for r in _duty_rows(said)],
        targets={word: _share(text) for word in TARGETS if (text := said.get(f"target-{word}", "").strip())},
        template=said.get("template", "") if said.get("template", "") in templates() else "",
        under=under,
    )


def _day(text: str) -> date | None:
    return day_given(text) if text.strip() else None


def _share(text: str) -> Decimal:
    try:
        percent = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        raise ValidationError(f"比例“{text[:20]}”不是数字，请写百分数，例如 20") from None
    if not percent.is_finite() or not 0 < percent <= 100:
        raise ValidationError("目标比例应大于 0、不超过 100%")
    return percent / 100


@require_GET
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """到哪个阶段了，谁还欠什么？"""
    user = user_with(request, Right.SEE_CAMPAIGNS)
    one, today = queries.campaign_for(user, campaign_id), timezone.localdate()
    own = user.scope(Right.KEEP_CAMPAIGNS).areas if user.may(Right.KEEP_CAMPAIGNS) else ()
    about = f"campaigns.campaign:{one.pk}"
    phases = list(one.phases.all())  # type: ignore[attr-defined]
    inner = queries.inside(user, one)
    duties = list(queries.duties_for(user, one).order_by("due", "area", "pk"))
    progress = queries.progress(one, today) if inner else []
    planned = {plan.area for plan in one.below.exclude(state="discarded")}  # type: ignore[attr-defined]
    context = {
        "campaign": one,
        "today": today,
        "phases": phases,
        "now": now_of(phases, today),
        "span": span(phases),
        "road": _road(phases, today),
        "duties": [(duty, _standing(duty.due, duty.done, today)) for duty in duties],
        "files": attachments_of_all([f"campaigns.campaignduty:{duty.pk}" for duty in duties if duty.done]),
        "plans": queries.campaigns_for(user).filter(parent=one).order_by("area"),
        "progress": [{**row, "title": SUBJECTS[row["form"]]} for row in progress],
        "missing": any(row["asked"] > row["delivered"] for row in progress),
        "key": str(one.pk),
        "asked": sum(row["asked"] for row in progress),
        "inner": inner,
        "names": division_names(),
        "focuses": [FOCUSES[word] for word in one.focuses],
        "steps": {word: STEPS[word] for word in queries.may_step(user, one)},
        "keeps": one.area in own,
        "waiting": queries.waiting(one) if one.area in own and one.state == "running" else {},
        "own": own,
        "may_plan": one.state == "running" and any(d.area in own and d.area not in planned for d in duties if d.to == "below"),
        "papers": [*papers_of(about), *(papers_of(queries.about_report(one)) if inner else ())],
        "changes": one.changes.select_related("by").order_by("at", "pk"),  # type: ignore[attr-defined]
        "step_titles": {**{word: step.title for word, step in STEPS.items()}, "prepare": "拟定", "change": "修改"},
        "words": WORDS,
        "about": about,
    }
    return render(request, "campaigns/detail.html", context)


def _standing(due: date, done: date | None, today: date) -> str:
    """done, late (done after its day), missing (its day has passed), soon (within three days) or ''."""
    if done:
        return "late" if done > due else "done"
    return "missing" if due < today else "soon" if due <= today + timedelta(days=3) else ""


def _road(phases: "Sequence[Any]", today: date) -> dict[str, Any]:
    """The road map: a bar a phase, and today."""
    return {
        "kind": "spans",
        "unit": "",
        "categories": [one.title for one in phases],
        "spans": [[one.begin.isoformat(), one.end.isoformat()] for one in phases],
        "today": today.isoformat(),
        "series": [],
    }


@require_POST
def step(request: HttpRequest, campaign_id: int, word: str) -> HttpResponse:
    """Take a campaign through the step that its page offered."""
    if word not in STEPS:
        raise ValidationError(f"没有这个步骤：{word[:20]}")
    user_with(request, Right(STEPS[word].right))
    actions.take(campaign_id, word, reason=request.POST.get("reason", "")[:1000], **by(request))
    return redirect("campaigns:detail", campaign_id)


@require_POST
def report(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Prepare the summary report from the records."""
    user_with(request, Right.KEEP_CAMPAIGNS)
    actions.report(campaign_id, **by(request))
    return redirect("campaigns:detail", campaign_id)


@require_POST
def duty(request: HttpRequest, duty_id: int, word: str) -> HttpResponse:
    """Say that something owed is done, or remind of it."""
    user_with(request, Right.KEEP_CAMPAIGNS)
    if word == "remind":
        one = actions.remind(duty_id, **by(request))
    elif word == "done":
        note = request.POST.get("note", "")[:500]
        one = actions.fulfil(duty_id, note=note, files=request.FILES.getlist("files"), **by(request))
    else:
        raise Http404("没有这个地址。")
    return redirect("campaigns:detail", one.campaign_id)  # type: ignore[attr-defined]
