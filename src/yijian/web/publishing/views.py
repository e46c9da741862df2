"""Pages of publications."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, User, by, division_name, user_with
from yijian.web.cases.queries import Case, case_for
from yijian.web.clocks.queries import dues_of
from yijian.web.frame.given import number_given
from yijian.web.frame.tables import long_page_of, sorting
from yijian.web.institutions.queries import institution_names
from yijian.web.parameters.queries import definitions
from yijian.web.publishing import actions, drafting, queries
from yijian.web.publishing.deidentify import Known, Piece, normal, pieces
from yijian.web.publishing.drafting import Said
from yijian.web.publishing.models import Edition, Publication
from yijian.web.publishing.steps import ON_PAGE, STEPS, WORDS, Decline, Kind, Withdrawal

STANDS = "按今天的案卷还能认出人，请改写后再报审批"
COLUMNS = {
    "title": ("公开信息", ""),
    "party": ("当事人", ""),
    "kind": ("类别", "kind"),
    "state": ("状态", "state"),
    "published": ("公开日期", "published"),
    "until": ("公示截止", "until"),
    "opened": ("起草时间", "opened"),
}


@require_GET
def publications(request: HttpRequest) -> HttpResponse:
    """哪些决定和案例该公开，公开到哪一步了？"""
    user = user_with(request, Right.SEE_PUBLISHING)
    filters = queries.Filters.of(request.GET)
    order = sorting(request, COLUMNS, "-opened")
    page = long_page_of(request, queries.publications_for(user, filters).order_by(*order.order))
    waiting = {kind: queries.cases_to_publish(user, kind) for kind in queries.KINDS}
    about = {f"{queries.DUE}{one.pk}": one.pk for one in waiting["penalty"]}
    dues = {about[key]: due for (key, _), due in dues_of(list(about)).items()}
    names = institution_names()
    context = {
        "filters": filters,
        "said": filters.words(names),
        "tallies": queries.tallies(user),
        "kinds": queries.KINDS,
        "institutions": names,
        "sorting": order,
        "page": page,
        "penalties": [(one, dues.get(one.pk)) for one in waiting["penalty"]],
        "cases": waiting["typical"],
        "may_keep": user.may(Right.KEEP_PUBLISHING),
        "may_approve": user.may(Right.APPROVE_PUBLISHING),
    }
    return render(request, "publishing/list.html", context)


@require_GET
def new(request: HttpRequest, case_id: int, kind: str) -> HttpResponse:
    """要公开的内容怎么写？"""
    user = user_with(request, Right.SEE_PUBLISHING)
    case = _case(user, case_id, kind)
    if before := queries.publication_of(case.pk, kind):
        return redirect("publishing:detail", before.pk)
    return _form(request, case, kind, drafting.proposed(case, kind))


def _case(user: User, case_id: int, kind: str) -> Case:
    """The case of an address, where it may be published as this kind. Http404 otherwise."""
    if kind not in queries.KINDS:
        raise Http404("只能公开行政处罚决定或典型案例。")
    case = case_for(user, case_id)
    made = getattr(case, "decision", None)
    if made is None or (kind == "penalty" and (made.outcome != "penalty" or made.served is None)):
        raise Http404(f"案件 {case.number} 还没有可以公开的决定。")
    if kind == "typical" and case.state not in ("closed", "archived"):
        raise Http404(f"案件 {case.number} 还没有结案，不能写成典型案例。")
    return case


def _form(
    request: HttpRequest,
    case: Case,
    kind: str,
    said: Mapping[str, object],
    *,
    problem: str = "",
    publication: Publication | None = None,
) -> HttpResponse:
    user = user_with(request, Right.SEE_PUBLISHING)
    office = user.may(Right.KEEP_PUBLISHING) and case.area in user.scope(Right.KEEP_PUBLISHING).areas
    head = user.may(Right.APPROVE_PUBLISHING) and case.area in user.scope(Right.APPROVE_PUBLISHING).areas
    word = _word(publication)
    if publication:
        send = reverse("publishing:step", args=[publication.pk, word])
    else:
        send = reverse("publishing:draft", args=[case.pk, kind])
    context = {
        "case": case,
        "kind": kind,
        "kind_title": queries.KINDS[kind],
        "said": said,
        "problem": problem,
        "publication": publication,
        "send": send,
        "correcting": word == "correct",
        "figures": drafting.figures(case) if kind == "penalty" else None,
        "person": case.subject_kind == "person",
        "may_write": office,
        "may_decline": head and (publication is None or publication.state in STEPS["decline"].frm),
        "declines": Decline.choices,
        "typical": str(Kind.TYPICAL),
    }
    return render(request, "publishing/form.html", context, status=400 if problem else 200)


def _word(publication: Publication | None) -> str:
    """The step that a new wording is."""
    return "correct" if publication is not None and publication.state in STEPS["correct"].frm else "write"


def _said(given: QueryDict) -> Said:
    """What a form says; what is not ticked is not said."""
    return Said(
        title=given.get("title", "")[:200],
        text=given.get("text", "")[:20000],
        names=drafting.names_given(given.get("names", "")),
        code=given.get("code", "").strip().upper()[:18],
        person=given.get("person", "")[:40],
        keeps_name=bool(given.get("keeps_name")),
        note=given.get("note", "")[:300],
    )


@require_POST
def draft(request: HttpRequest, case_id: int, kind: str) -> HttpResponse:
    """Draft; what was written stays where something is wrong."""
    user = user_with(request, Right.KEEP_PUBLISHING)
    case = _case(user, case_id, kind)
    try:
        made = actions.draft(case_id, kind, _said(request.POST), **by(request))
    except ValidationError as mistake:
        return _form(request, case, kind, request.POST.dict(), problem=mistake.messages[0])
    return redirect("publishing:detail", made.pk)


@require_POST
def decline(request: HttpRequest, case_id: int, kind: str) -> HttpResponse:
    """Decide not to make it public."""
    user = user_with(request, Right.APPROVE_PUBLISHING)
    _case(user, case_id, kind)
    reason = request.POST.get("reason", "")[:3000]
    made = actions.decline(case_id, kind, request.POST.get("ground", ""), reason=reason, **by(request))
    return redirect("publishing:detail", made.pk)


@require_GET
def edit(request: HttpRequest, publication_id: int) -> HttpResponse:
    """哪里要改？"""
    user = user_with(request, Right.KEEP_PUBLISHING)
    one = queries.publication_for(user, publication_id)
    if one.state not in (*STEPS["write"].frm, *STEPS["correct"].frm):
        raise Http404(f"现在的状态是“{WORDS[one.state]}”，不能修改。")
    return _form(request, one.case, one.kind, _as_said(one), publication=one)


def _as_said(one: Publication) -> dict[str, object]:
    """The newest edition as the form's fields."""
    last = queries.newest_edition(one)
    return {
        "title": last.original_title, "text": last.original, "names": "\n".join(last.names), "code": last.code,
        "person": last.person, "keeps_name": last.keeps_name, "note": last.note if one.state == "corrected" else "",
    }  # fmt: skip


@require_GET
def publication(request: HttpRequest, publication_id: int) -> HttpResponse:
    """公众会看到什么，还有什么可能认出人？"""
    user = user_with(request, Right.SEE_PUBLISHING)
    one = queries.publication_for(user, publication_id)
    editions = list(one.editions.select_related("by", "approved_by").order_by("-pk"))  # type: ignore[attr-defined]
    last: Edition | None = editions[0] if editions else None
    if last:
        last.publication = one
    known, keep = drafting.known_to(last) if last else (Known(), "")
    words = queries.may_step(user, one, last.by.pk if last else 0)
    titles = definitions()
    context = {
        "publication": one,
        "edition": last,
        "parts": _parts(last, known, keep) if last else [],
        "still": drafting.still_named(last, known, keep) if last and one.state in ("drafted", "corrected") else [],
        "steps": {word: STEPS[word] for word in words if word not in ("decline",) or last},
        "clocks": [(titles[kind].title, due) for (_, kind), due in dues_of([one.about, f"{queries.DUE}{one.case.pk}"]).items()],
        "editions": editions,
        "on_page": one.state in ON_PAGE,
        "changes": one.changes.select_related("by").order_by("at", "pk"),  # type: ignore[attr-defined]
        "step_titles": {**{word: step.title for word, step in STEPS.items()}, "draft": "起草"},
        "withdrawals": [(v, w) for v, w in Withdrawal.choices if one.kind == "penalty" or v in ("wrong", "not_public")],
        "declines": Decline.choices,
        "area": division_name(one.area),
    }
    return render(request, "publishing/detail.html", context)


def _parts(one: Edition, known: Known, keep: str) -> list[tuple[str, list[Piece], list[Piece]]]:
    """(title, what was written, what the public reads) of each text, in pieces.

    What the public reads is always the stored text: the record may have learned a name since, and would replace more.
    """
    parts = list[tuple[str, list[Piece], list[Piece]]]()
    for title, written, stored in (("标题", one.original_title, one.title), ("正文", one.original, one.text)):
        then = pieces(normal(written), known, keep)
        same = "".join(piece.new for piece in then) == stored
        parts.append((title, then, then if same else [_kept(piece) for piece in pieces(normal(stored), known, keep)]))
    return parts


def _kept(piece: Piece) -> Piece:
    """A piece of a stored text: nothing is replaced in it any more, what should have been is marked."""
    return Piece(piece.old, piece.old, piece.kind, piece.warn or (STANDS if piece.kind else ""))


@require_POST
def step(request: HttpRequest, publication_id: int, word: str) -> HttpResponse:
    """Take a publication through the step that its page offered; a wording that is wrong stays in its form."""
    if word not in STEPS and word != "send_back":
        raise ValidationError(f"没有这个步骤：{word[:20]}")
    user = user_with(request, Right.APPROVE_PUBLISHING if word == "send_back" else Right(STEPS[word].right))
    one = queries.publication_for(user, publication_id)
    given, common = request.POST, by(request)
    reason = given.get("reason", "")[:3000]
    match word:
        case "write" | "correct":
            deed = actions.write if word == "write" else actions.correct
            try:
                deed(publication_id, _said(given), **common)
            except ValidationError as mistake:
                return _form(request, one.case, one.kind, given.dict(), problem=mistake.messages[0], publication=one)
        case "approve":
            actions.approve(publication_id, number_given(given.get("edition", "")), **common)
        case "approve_correction":
            actions.approve_correction(publication_id, number_given(given.get("edition", "")), **common)
        case "decline":
            actions.decline(one.case.pk, one.kind, given.get("ground", ""), reason=reason, **common)
        case "flag":
            actions.flag(publication_id, reason=reason, **common)
        case "withdraw":
            actions.withdraw(publication_id, given.get("ground", ""), reason=reason, **common)
        case _:
            actions.send_back(publication_id, reason=reason, **common)
    return redirect("publishing:detail", publication_id)
