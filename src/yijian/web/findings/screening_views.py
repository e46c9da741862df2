"""Pages of screening: groups of findings, one group, one's own decisions."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, User, by, colleagues, need, user_with
from yijian.web.findings import actions, queries
from yijian.web.findings.filters import STATES, Filters
from yijian.web.findings.merging import candidates, to_merge
from yijian.web.findings.models import Finding, FindingGroup, Screening
from yijian.web.findings.rulebook import rule_now
from yijian.web.findings.views import finding_page
from yijian.web.frame.tables import page_of, sorting
from yijian.web.institutions.queries import institution_names

GROUP_COLUMNS = {
    "rule": ("规则", "rule_title"),
    "institution": ("机构", "institution__name"),
    "batch": ("批次", "batch__finished"),
    "n": ("待筛查数", "n_new"),
    "yuan": ("待筛查金额/元", "yuan_new"),
    "assigned": ("分派给", "assigned_to__display_name"),
}
FINDING_COLUMNS = {
    "explanation": ("说明", ""),
    "day": ("日期", "day"),
    "amount": ("金额/元", "amount"),
    "state": ("状态", "state"),
}
WHOSE = {"mine": "分给我的", "nobody": "未分派"}


def chosen_groups(user: User, address: QueryDict) -> "tuple[QuerySet[FindingGroup], list[tuple[str, str]]]":
    """The groups that an address asks for, and what that says: (title, value) of each narrowing. PermissionDenied to others."""
    need(user, Right.SCREEN)
    filters, whose = Filters.of(address), address.get("whose", "")
    said = filters.words(queries.rule_titles(), institution_names())
    found = queries.groups_for(user, filters).select_related("institution", "batch", "assigned_to")
    if address.get("done") != "all":
        found = found.filter(n_new__gt=0)
        said.append(("只看", "还有待筛查疑点的组"))
    if whose == "mine":
        found = found.filter(assigned_to=user)
    elif whose == "nobody":
        found = found.filter(assigned_to=None)
    if whose in WHOSE:
        said.append(("分派", WHOSE[whose]))
    return found, said


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """哪些疑点组要先筛？"""
    user = user_with(request, Right.SCREEN)
    filters, whose = Filters.of(request.GET), request.GET.get("whose", "")
    found, _ = chosen_groups(user, request.GET)
    order = sorting(request, GROUP_COLUMNS, "-yuan")
    context = {
        "filters": filters,
        "whose": whose,
        "whose_words": WHOSE,
        "done": request.GET.get("done", ""),
        "rules": queries.rule_titles(),
        "institutions": institution_names(),
        "verdicts": Finding.Verdict.choices,
        "sorting": order,
        "page": page_of(request, found.order_by(*order.order)),
        "totals": queries.to_screen(user, filters, found if whose in WHOSE else None),
        "colleagues": colleagues(user, Right.SCREEN),
    }
    return render(request, "findings/groups.html", context)


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Give the ticked groups to a colleague."""
    actions.assign(request.POST.getlist("group"), request.POST.get("to", ""), **by(request))
    return redirect(f"{reverse('findings:groups')}?{request.GET.urlencode()}")


@require_GET
def group(request: HttpRequest, group_id: str) -> HttpResponse:
    """这一组疑点是真的吗？"""
    return _group_page(request, group_id, {})


def _group_page(request: HttpRequest, group_id: str, more: Mapping[str, object], status: int = 200) -> HttpResponse:
    user = user_with(request, Right.SCREEN)
    one = queries.group_for(user, group_id)
    state = request.GET.get("state", "new" if one.n_new else "all")
    filters = Filters(group=group_id, state=state)
    found = queries.findings_for(user, filters)
    order = sorting(request, FINDING_COLUMNS, "-amount")
    context = {
        "group": one,
        "rule": rule_now(one.rule),
        "state": state,
        "states": [(s, getattr(one, f"n_{s}"), getattr(one, f"yuan_{s}")) for s in Finding.State.values],
        "words": STATES,
        "sorting": order,
        "page": page_of(request, found.order_by(*order.order), count=sum(getattr(one, f"n_{s}") for s in filters.states)),
        "last": queries.screening_of(user, request.GET.get("screened", "")),
        "may_lead": user.may(Right.KEEP_LEADS),
    }
    return render(request, "findings/group.html", {**context, **more}, status=status)


@require_POST
def screen(request: HttpRequest, group_id: str) -> HttpResponse:
    """Decide about the ticked findings of a group, or about all of it that is still to be screened."""
    everything, ticked = request.POST.get("all") == "1", request.POST.getlist("finding")
    chosen = Filters(group=group_id, state="new") if everything else ticked
    more: dict[str, object] = {"ticked": ticked, "given": request.POST, "all": everything}
    if request.POST.get("to") == Finding.State.MERGED.value:
        user = user_with(request, Right.SCREEN)
        merged = to_merge(user, group_id, None if everything else ticked)
        more |= {"candidates": candidates(user, merged), "asked_for": len(merged)}
        if merged and not _into(request):
            return _group_page(request, group_id, {**more, "asking": True})
    try:
        done = _decide(request, chosen)
    except ValidationError as mistake:
        return _group_page(request, group_id, {**more, "problem": mistake.messages[0]}, status=400)
    return redirect(f"{reverse('findings:group', args=[group_id])}?{urlencode({'screened': done.pk})}")


@require_POST
def screen_one(request: HttpRequest, finding_id: str) -> HttpResponse:
    """Decide about the finding on the page; the next of its group that is still to be screened follows."""
    user = user_with(request, Right.SCREEN)
    queries.finding_for(user, finding_id)
    try:
        done = _decide(request, [finding_id])
    except ValidationError as mistake:
        return finding_page(request, finding_id, {"problem": mistake.messages[0], "given": request.POST}, status=400)
    following = queries.next_to_screen(user, queries.finding_for(user, finding_id))
    to = reverse("findings:detail", args=[following.pk if following else finding_id])
    return redirect(f"{to}?{urlencode({'screened': done.pk})}")


def _decide(request: HttpRequest, chosen: Filters | list[str]) -> Screening:
    given = request.POST
    return actions.screen(
        chosen,
        given.get("to", ""),
        reason=given.get("reason", ""),
        into=_into(request),
        **by(request),
    )


def _into(request: HttpRequest) -> str:
    """The finding to merge into: typed, or else picked from the list."""
    return request.POST.get("into", "").strip() or request.POST.get("pick", "")


@require_GET
def screenings(request: HttpRequest) -> HttpResponse:
    """我作过哪些结论？"""
    user = user_with(request, Right.SCREEN)
    rows = queries.screenings_of(user)
    return render(request, "findings/screenings.html", {"page": page_of(request, rows), "now": timezone.now()})


@require_POST
def undo(request: HttpRequest, screening_id: int) -> HttpResponse:
    """Take one of one's own decisions back."""
    actions.undo(screening_id, **by(request))
    return redirect("findings:screenings")
