"""Pages of joint inspections."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yijian.web.accounts.queries import Right, User, by, division_name, divisions_of, partners_near, person_of, user_with
from yijian.web.attachments.queries import attachments_of
from yijian.web.clocks.queries import clock_of
from yijian.web.frame.given import CENT, day_given, number_given, yuan_given
from yijian.web.frame.tables import page_of
from yijian.web.institutions.queries import institution_names
from yijian.web.joint import planning as queries
from yijian.web.joint import plans as actions
from yijian.web.joint.models import JointPlan
from yijian.web.joint.parties import keeps, may_read, on_paper
from yijian.web.joint.steps import PLAN_STEPS, RIGHTS
from yijian.web.leads.queries import leads_made_from
from yijian.web.papers.queries import papers_of

MORE = 12
"""Empty lines for institutions, where they are too many for a list to tick."""


def reader(request: HttpRequest) -> User:
    """Whoever works together with others. PermissionDenied for the rest."""
    user = person_of(request)
    if not may_read(user):
        raise PermissionDenied
    return user


def own_divisions(user: User) -> list[Any]:
    """The divisions whose office the user works for."""
    own = user.scope(Right.KEEP_JOINT).areas
    return [one for one in divisions_of(user, Right.KEEP_JOINT) if one.pk in own] if own else []


@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """今年的联合检查开展了吗？"""
    user = reader(request)
    year, found = timezone.localdate().year, queries.plans_for(user)
    held = found.filter(year=year, state__in=("held", "closed")).count()
    context = {
        "page": page_of(request, found),
        "year": year,
        "held": held,
        "areas": [(one, clock_of(f"joint.year:{one.pk}-{year}")) for one in own_divisions(user)],
        "may_draft": user.may(Right.KEEP_JOINT),
    }
    return render(request, "joint/plans.html", context)


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """联合谁、检查哪些机构、查什么？"""
    return _form(request, user_with(request, Right.KEEP_JOINT), {})


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draft it; what was written stays where something is wrong."""
    user = user_with(request, Right.KEEP_JOINT)
    try:
        made = actions.draft(request.POST.get("area", ""), _given(request.POST), **by(request))
    except ValidationError as mistake:
        return _form(request, user, _said(request.POST), problem=mistake.messages[0])
    return redirect("joint:plan", made.pk)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, plan_id: int) -> HttpResponse:
    """方案要改什么？"""
    user = user_with(request, Right.KEEP_JOINT)
    plan = queries.plan_for(user, plan_id)
    if request.method == "GET":
        said = {
            **{name: getattr(plan, name) for name in ("area", "title", "focus", "work", "begin", "end")},
            "partners": [one.organisation.pk for one in plan.partners.all()],  # type: ignore[attr-defined]
            "institutions": list(plan.visits.values_list("institution", flat=True)),  # type: ignore[attr-defined]
        }
        return _form(request, user, said, plan=plan)
    try:
        actions.edit(plan_id, _given(request.POST), **by(request))
    except ValidationError as mistake:
        return _form(request, user, _said(request.POST), problem=mistake.messages[0], plan=plan)
    return redirect("joint:plan", plan_id)


def _given(said: QueryDict) -> actions.Plan:
    return actions.Plan(
        title=said.get("title", "")[:200], focus=said.get("focus", "")[:3000], work=said.get("work", "")[:3000],
        begin=day_given(said.get("begin", "")), end=day_given(said.get("end", "")), partners=said.getlist("partners"),
        institutions=[code for code in said.getlist("institutions") if code],
    )  # fmt: skip


def _said(said: QueryDict) -> dict[str, Any]:
    return {**said.dict(), "partners": said.getlist("partners"), "institutions": said.getlist("institutions")}


def _form(
    request: HttpRequest, user: User, said: Mapping[str, Any], *, problem: str = "", plan: JointPlan | None = None
) -> HttpResponse:
    divisions, names = own_divisions(user), institution_names()
    area = plan.area if plan else said.get("area") or (divisions[0].pk if divisions else user.home)
    context = {
        "said": said,
        "problem": problem,
        "plan": plan,
        "divisions": divisions,
        "area": area,
        "partners": partners_near(area),
        "institutions": names,
        "lines": [] if names.few else [*said.get("institutions", []), *[""] * MORE],
    }
    return render(request, "joint/plan_form.html", context, status=400 if problem else 200)


@require_GET
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """这次联合检查到哪一步了？"""
    user = reader(request)
    one = queries.plan_for(user, plan_id)
    ours, about = user.may(Right.SEE_JOINT), f"joint.plan:{one.pk}"
    visits = list(one.visits.select_related("institution").order_by("pk"))  # type: ignore[attr-defined]
    made = leads_made_from([f"joint.visit:{v.pk}" for v in visits]) if ours else {}
    changes = one.changes.select_related("by").order_by("at", "pk")  # type: ignore[attr-defined]
    context = {
        "plan": one,
        "steps": {word: PLAN_STEPS[word] for word in queries.may_plan(user, one)},
        "area": division_name(one.area),
        "ours": ours,
        "clock": clock_of(about) if ours else None,
        "visits": [(v, made.get(f"joint.visit:{v.pk}")) for v in visits],
        "visited": sum(1 for v in visits if v.day),
        "waiting": queries.waiting_for(user, one) if one.state == "circulated" else [],
        "on_paper": ours and any(on_paper(one.organisation) for one in one.partners.all()),  # type: ignore[attr-defined]
        "files": attachments_of(about),
        "papers": papers_of(about),
        # what was said before it left our office is not the other authorities' business
        "changes": changes if ours else changes.exclude(step__in=("draft", "approve", "return")),
        "step_titles": {**{word: step.title for word, step in PLAN_STEPS.items()}, "draft": "拟稿"},
        "may_edit": one.state == "drafted" and keeps(user, one.area),
        "may_visit": one.state == "agreed" and keeps(user, one.area),
        "today": timezone.localdate(),
    }
    return render(request, "joint/plan.html", context)


@require_POST
def step(request: HttpRequest, plan_id: int, word: str) -> HttpResponse:
    """Take a joint inspection through the step that its page offered."""
    user = reader(request)
    if not any(user.may(right) for right in RIGHTS):
        raise PermissionDenied
    common, files, given = by(request), request.FILES.getlist("files"), request.POST
    reason, partner = given.get("reason", "")[:3000], given.get("partner", "")
    version = number_given(given.get("version", ""))
    match word:
        case "approve":
            actions.approve(plan_id, version, **common)
        case "return":
            actions.send_back(plan_id, reason=reason, **common)
        case "agree":
            actions.agree(plan_id, version, partner, reason=reason, files=files, **common)
        case "object":
            actions.disagree(plan_id, partner, reason=reason, files=files, **common)
            return redirect("joint:plans")  # a draft is not the other authorities' business
        case "hold":
            actions.hold(plan_id, reason=reason, **common)
        case "close":
            actions.close(plan_id, **common)
        case "drop":
            actions.drop(plan_id, reason=reason, **common)
        case _:
            raise ValidationError(f"没有这个步骤：{word[:20]}")
    return redirect("joint:plan", plan_id)


@require_POST
def visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """What was found at an institution; a lead where there is something in it."""
    user = user_with(request, Right.KEEP_JOINT)
    one, given = queries.visit_for(user, visit_id), request.POST
    amount = given.get("amount", "").strip()
    actions.visit(
        visit_id, day_given(given.get("day", "")), given.get("found", "")[:3000], lead=given.get("lead", "")[:200],
        amount=yuan_given(amount, least=CENT, most=None) if amount else None, **by(request),
    )  # fmt: skip
    return redirect("joint:plan", one.plan.pk)


@require_GET
def visited(request: HttpRequest, visit_id: int) -> HttpResponse:
    """The joint inspection that an institution belongs to: where its lead leads back to."""
    return redirect("joint:plan", queries.visit_for(reader(request), visit_id).plan.pk)
