"""Pages of reviews, for the desk and for institutions."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from yijian.vocabulary.errors import UserError
from yijian.web.accounts.queries import Right, by, divisions_of, person_of, user_with
from yijian.web.attachments.queries import attachments_of
from yijian.web.clocks.queries import clock_of
from yijian.web.findings.evidence import Evidence, evidence_of
from yijian.web.frame.given import day_given
from yijian.web.frame.tables import long_page_of, page_of, sorting
from yijian.web.institutions.queries import institution_names
from yijian.web.parameters.queries import value_of
from yijian.web.reviews import actions, forms, letters, opening, queries
from yijian.web.reviews.models import Decision, Review
from yijian.web.reviews.steps import STEPS, WORDS

COLUMNS = {
    "number": ("审核单", "pk"),
    "institution": ("机构", "institution__name"),
    "source": ("来源", "source"),
    "day": ("结算日期", "day"),
    "amount": ("疑点金额/元", "amount"),
    "determined": ("认定金额/元", "determined"),
    "due": ("答复期限", "notice__due"),
    "state": ("状态", "state"),
}

LONGEST = 3000
"""Characters of what an institution adds to its appeal."""
SHOWN_LINES = 60
"""An encounter with more lines shows only the days with evidence."""


@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """哪些审核单要处理？"""
    user = person_of(request)
    filters = filters_of(request.GET)
    found = queries.reviews_for(user, filters)
    order = sorting(request, COLUMNS, "-amount")
    tallies = queries.tallies(user)
    context = {
        "filters": filters,
        "tallies": tallies,
        "by_state": {row["state"]: row for row in tallies},
        "words": WORDS,
        "sources": Review.Source.choices,
        "institutions": institution_names() if user.may(Right.SEE_REVIEWS) else {},
        "sorting": order,
        "page": long_page_of(request, found.order_by(*order.order)),
        "may_review": user.may(Right.REVIEW),
        "to_open": queries.count_to_open(user) if user.may(Right.REVIEW) else 0,
    }
    return render(request, "reviews/list.html", context)


@require_GET
def review(request: HttpRequest, review_id: int) -> HttpResponse:
    """这张单据错在哪里？"""
    return _review_page(request, review_id, {})


def filters_of(address: QueryDict) -> queries.Filters:
    """What an address narrows the list to."""
    return queries.Filters(*(address.get(n, "").strip() for n in ("state", "institution", "source", "text")))


def _review_page(request: HttpRequest, review_id: int, more: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """The page; more: `given`, a form that could not be taken, stays filled in, and `problem` says why."""
    user = person_of(request)
    one = queries.review_for(user, review_id)
    lines = list(queries.lines_of(one))
    shown = request.GET.get("line", "")
    chosen = next((line for line in lines if line.finding and str(line.pk) == shown), None) or next(
        (line for line in lines if line.finding), None
    )
    evidence, unread = Evidence(), ""
    if chosen and chosen.finding:
        try:
            evidence = evidence_of(settings.HOME, chosen.finding)
        except UserError as mistake:
            unread = str(mistake)
    may, desk = queries.may_step(user, one), user.may(Right.SEE_REVIEWS)
    context = {
        "review": one,
        "lines": lines,
        "rows": forms.rows_of(lines, more.get("given")),
        "chosen": chosen,
        "evidence": evidence,
        "visits": [(v, v.listed(SHOWN_LINES)) for v in evidence.visits if desk or v.institution_code == one.institution.pk],
        "unread": unread,
        "steps": {word: STEPS[word] for word in may},
        "apart": user.may(Right.REVIEW) and one.state in STEPS["decide"].frm and "decide" not in may,
        "clock": clock_of(f"reviews.review:{one.pk}"),
        "changes": one.changes.select_related("by").order_by("at", "pk"),  # type: ignore[attr-defined]
        "words": WORDS,
        "step_titles": {**{word: step.title for word, step in STEPS.items()}, "open": "建立"},
        "outcomes": Decision.Outcome.choices,
        "at_stake": sum((line.at_stake for line in lines), Decimal(0)),
        "admitted": sum(line.answer == "admitted" for line in lines),
        "contested": sum(line.answer == "contested" for line in lines),
        "appeal": getattr(one, "appeal", None),
        "appeal_files": attachments_of(f"reviews.review:{one.pk}"),
        "decision": getattr(one, "decision", None),
        "desk": desk,
    }
    return render(request, "reviews/detail.html", {**context, **more}, status=status)


@require_POST
def open_reviews(request: HttpRequest) -> HttpResponse:
    """Put confirmed findings on reviews."""
    opening.open_reviews(None, home=settings.HOME, **by(request))
    return redirect("/reviews/?state=drafted")


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Send the ticked reviews, or all that wait."""
    user = user_with(request, Right.REVIEW)
    if request.POST.get("all") == "1":
        ids = list(queries.reviews_for(user, queries.Filters(state="drafted")).values_list("pk", flat=True))
    else:
        ids = [int(one) for one in request.POST.getlist("review") if one.isdecimal()]
    actions.send(ids, **by(request))
    return redirect("/reviews/?state=sent")


@require_POST
def lapse(request: HttpRequest) -> HttpResponse:
    """Note those whose time has passed."""
    actions.lapse(**by(request))
    return redirect("/reviews/?state=silent")


@require_POST
def step(request: HttpRequest, review_id: int, word: str) -> HttpResponse:
    """Take a review through the step that its page offered."""
    if word in STEPS:
        user_with(request, Right(STEPS[word].right))
    common, given = by(request), request.POST
    reason = given.get("reason", "")
    match word:
        case "accept":
            actions.accept(review_id, **common)
        case "appeal":
            return _appeal(request, review_id)
        case "withdraw":
            actions.withdraw(review_id, reason=reason, **common)
        case "pass":
            actions.pass_sample(review_id, **common)
        case "object":
            actions.object_sample(review_id, given.get("yuan", ""), reason=reason, **common)
        case "decide":
            return _decide(request, review_id)
        case _:
            raise ValidationError(f"没有这个步骤：{word[:20]}")
    return redirect("reviews:detail", review_id)


def _appeal(request: HttpRequest, review_id: int) -> HttpResponse:
    """File an appeal."""
    given, files = request.POST, request.FILES.getlist("files")
    try:
        actions.appeal(review_id, forms.answers_of(given), text=given.get("text", "")[:LONGEST], files=files, **by(request))
    except ValidationError as mistake:
        return _review_page(request, review_id, {"problem": mistake.messages[0], "given": given}, status=400)
    return redirect("reviews:detail", review_id)


def _decide(request: HttpRequest, review_id: int) -> HttpResponse:
    """Determine a review."""
    given = request.POST
    amounts, notes = forms.of_lines(given, "line"), forms.of_lines(given, "note")
    outcome, reason = given.get("outcome", ""), given.get("reason", "")
    try:
        actions.decide(review_id, outcome, amounts, notes=notes, reason=reason, **by(request))
    except ValidationError as mistake:
        return _review_page(request, review_id, {"problem": mistake.messages[0], "given": given}, status=400)
    return redirect("reviews:detail", review_id)


@require_GET
def letter(request: HttpRequest, notice_id: int, kind: str) -> HttpResponse:
    """The letter to the institution as a file."""
    notice, made, media = letters.fetch(notice_id, kind, **by(request))
    said = content_disposition_header(as_attachment=True, filename=f"{notice.number}.{kind}")
    return HttpResponse(made, content_type=media, headers={"Content-Disposition": said})


@require_GET
def samples(request: HttpRequest) -> HttpResponse:
    """住院单据抽查够了吗？"""
    user = user_with(request, Right.SEE_REVIEWS)
    today = timezone.localdate()
    area: str = user.organisation.division_id  # pyright: ignore[reportAttributeAccessIssue]
    context = {
        "page": page_of(request, queries.samples_for(user)),
        "divisions": divisions_of(user, Right.SEE_REVIEWS),
        "share": value_of("second_review_share", area, today),
        "may_review": user.may(Right.REVIEW),
        "begin": today.replace(day=1),
        "end": today,
    }
    return render(request, "reviews/samples.html", context)


@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draw a sample for second review."""
    given = request.POST
    opening.draw_sample(
        given.get("division", ""),
        day_given(given.get("begin", "")),
        day_given(given.get("end", "")),
        seed=given.get("seed", "")[:64],
        home=settings.HOME,
        **by(request),
    )
    return redirect("reviews:samples")
