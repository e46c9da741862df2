"""What the forms of cases send."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from yijian.web.accounts.queries import By, Right, by, person_of, user_with
from yijian.web.cases import deciding, evidence, executing, filing, reporting, views
from yijian.web.cases import volume as volumes
from yijian.web.cases.deciding import Decided, Proposal
from yijian.web.cases.evidence import Piece
from yijian.web.cases.filing import Filing
from yijian.web.cases.queries import case_for
from yijian.web.cases.steps import STEPS
from yijian.web.frame.given import CENT, day_given, yuan_given
from yijian.web.jobs.actions import start

ZERO = Decimal(0)


def _yuan(given: QueryDict, name: str) -> Decimal:
    text = given.get(name, "").strip()
    return yuan_given(text, least=ZERO, most=None) if text else ZERO


def _number(given: QueryDict, name: str) -> int:
    text = given.get(name, "").strip() or "0"
    if not text.isdecimal() or len(text) > 9:
        raise ValidationError(f"“{text[:20]}”不是数")
    return int(text)


def filing_of(given: QueryDict) -> Filing:
    """What the form of a new case says."""
    begin, end = given.get("begin", ""), given.get("end", "")
    return Filing(
        cause=_number(given, "cause"), title=given.get("title", "")[:200], facts=given.get("facts", "")[:5000],
        loss=_yuan(given, "loss"),
        officers={name: given.get(f"certificate-{name}", "") for name in given.getlist("officers")},
        begin=day_given(begin) if begin else None, end=day_given(end) if end else None,
        five_years=bool(given.get("five_years")),
    )  # fmt: skip


@require_POST
def propose(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Propose a case; what was written stays where something is wrong."""
    user_with(request, Right.KEEP_CASES)
    try:
        made = filing.propose(lead_id, filing_of(request.POST), **by(request))
    except ValidationError as mistake:
        return views.form(request, lead_id, said=request.POST, problem=mistake.messages[0])
    return redirect("cases:detail", made.pk)


@require_POST
def on_spot(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Fine on the spot, by the summary procedure."""
    user_with(request, Right.HANDLE_CASES)
    try:
        fine = yuan_given(request.POST.get("fine", ""), least=CENT, most=None)
        made = executing.decide_on_spot(lead_id, filing_of(request.POST), fine, **by(request))
    except ValidationError as mistake:
        return views.form(request, lead_id, said=request.POST, problem=mistake.messages[0])
    return redirect("cases:detail", made.pk)


@require_POST
def take(request: HttpRequest, case_id: int) -> HttpResponse:
    """Put a piece of evidence or a record on the list."""
    user_with(request, Right.HANDLE_CASES)
    given = request.POST
    piece = Piece(
        kind=given.get("kind", ""), title=given.get("title", ""), source=given.get("source", ""),
        taken=_moment(given.get("taken", "")), shows=given.get("shows", "")[:20000], record=given.get("record", ""),
    )  # fmt: skip
    files = request.FILES.getlist("files")
    evidence.take(case_id, piece, given.getlist("takers"), files, **by(request))
    return redirect("cases:detail", case_id)


def _moment(text: str) -> datetime:
    """A moment as a field of date and time sends it."""
    try:
        found = parse_datetime(text.strip())
    except ValueError:
        found = None
    if found is None:
        raise ValidationError(f"时间“{text[:30]}”看不懂，请写成 2026-01-31T09:30 的样子")
    return timezone.make_aware(found) if timezone.is_naive(found) else found


@require_POST
def volume(request: HttpRequest, case_id: int) -> HttpResponse:
    """Bind the whole case into one PDF, in the background."""
    user = user_with(request, Right.SEE_CASES)
    one = case_for(user, case_id)
    start(volumes.bind, f"案卷 {one.number}", given={"case_id": str(one.pk)}, **by(request))
    return redirect("jobs:list")


Deed = Callable[[int, QueryDict, str, By], object]


def _decided(given: QueryDict, reason: str) -> Decided:
    return Decided(
        given.get("outcome", ""), reason, fine=_yuan(given, "fine"), months=_number(given, "months"),
        repay=_yuan(given, "repay"), before=_yuan(given, "before"), to=given.get("to", ""),
    )  # fmt: skip


def _proposal(given: QueryDict, reason: str) -> Proposal:
    return Proposal(
        given.get("outcome", ""), reason, given.get("grounds", "")[:3000], _yuan(given, "loss"), fine=_yuan(given, "fine"),
        months=_number(given, "months"), factors=given.getlist("factors"), refused=bool(given.get("refused")),
    )  # fmt: skip


DEEDS: dict[str, tuple[Right, Deed]] = {
    "approve": (Right.DECIDE_CASES, lambda pk, g, r, b: filing.approve(pk, **b)),
    "refuse": (Right.DECIDE_CASES, lambda pk, g, r, b: filing.refuse(pk, reason=r, **b)),
    "suspend": (Right.DECIDE_CASES, lambda pk, g, r, b: filing.suspend(pk, reason=r, **b)),
    "resume": (Right.DECIDE_CASES, lambda pk, g, r, b: filing.resume(pk, reason=r, **b)),
    "terminate": (Right.DECIDE_CASES, lambda pk, g, r, b: filing.terminate(pk, reason=r, **b)),
    "officer": (
        Right.DECIDE_CASES,
        lambda pk, g, r, b: filing.replace_officer(
            pk, g.get("leaves", ""), g.get("comes", ""), g.get("certificate", ""), reason=r, **b
        ),
    ),
    "extend": (Right.DECIDE_CASES, lambda pk, g, r, b: filing.extend(pk, reason=r, **b)),
    "exclude": (Right.HANDLE_CASES, lambda pk, g, r, b: filing.exclude(pk, g.get("kind", ""), reason=r, **b)),
    "include": (Right.HANDLE_CASES, lambda pk, g, r, b: filing.include(pk, **b)),
    "report": (Right.HANDLE_CASES, lambda pk, g, r, b: deciding.report(pk, _proposal(g, r), **b)),
    "examine": (Right.EXAMINE_CASES, lambda pk, g, r, b: deciding.examine(pk, g.get("opinion", ""), reason=r, **b)),
    "discuss": (Right.DECIDE_CASES, lambda pk, g, r, b: deciding.discuss(pk, g.get("present", ""), reason=r, **b)),
    "notify": (Right.HANDLE_CASES, lambda pk, g, r, b: deciding.notify(pk, **b)),
    "state": (
        Right.HANDLE_CASES,
        lambda pk, g, r, b: deciding.state(pk, g.get("reply", "")[:3000], waives=bool(g.get("waives")), reason=r, **b),
    ),
    "ask_hearing": (Right.HANDLE_CASES, lambda pk, g, r, b: deciding.ask_hearing(pk, day_given(g.get("day", "")), **b)),
    "call_hearing": (
        Right.DECIDE_CASES,
        lambda pk, g, r, b: deciding.call_hearing(pk, g.get("host", ""), day_given(g.get("day", "")), g.get("place", ""), **b),
    ),
    "hear": (Right.EXAMINE_CASES, lambda pk, g, r, b: deciding.hear(pk, reason=r, **b)),
    "more": (Right.DECIDE_CASES, lambda pk, g, r, b: deciding.more(pk, reason=r, **b)),
    "decide": (Right.DECIDE_CASES, lambda pk, g, r, b: deciding.decide(pk, _decided(g, r), **b)),
    "serve": (
        Right.HANDLE_CASES,
        lambda pk, g, r, b: executing.serve(pk, g.get("method", ""), day_given(g.get("day", "")), **b),
    ),
    "take_note": (Right.DECIDE_CASES, lambda pk, g, r, b: executing.take_note(pk, **b)),
    "pay_fine": (
        Right.HANDLE_CASES,
        lambda pk, g, r, b: executing.pay_fine(
            pk, g.get("kind", ""), _yuan(g, "amount"), day_given(g.get("day", "")), g.get("receipt", ""), **b
        ),
    ),
    "defer": (Right.DECIDE_CASES, lambda pk, g, r, b: executing.defer(pk, day_given(g.get("until", "")), reason=r, **b)),
    "give_up": (Right.DECIDE_CASES, lambda pk, g, r, b: executing.give_up(pk, reason=r, **b)),
    "finish": (Right.HANDLE_CASES, lambda pk, g, r, b: executing.finish(pk, reason=r, **b)),
    "return": (Right.DECIDE_CASES, lambda pk, g, r, b: executing.send_back(pk, reason=r, **b)),
    "close": (Right.DECIDE_CASES, lambda pk, g, r, b: executing.close(pk, **b)),
    "archive": (Right.HANDLE_CASES, lambda pk, g, r, b: executing.archive(pk, **b)),
    "evidence_list": (Right.HANDLE_CASES, lambda pk, g, r, b: evidence.list_evidence(pk, **b)),
    "hand_on": (
        Right.HANDLE_CASES,
        lambda pk, g, r, b: evidence.hand_on(_number(g, "evidence"), g.get("giver", ""), g.get("taker", ""), reason=r, **b),
    ),
    "measure": (
        Right.DECIDE_CASES,
        lambda pk, g, r, b: evidence.begin_measure(pk, g.get("kind", ""), g.get("what", "")[:3000], g.get("place", ""), **b),
    ),
    "longer": (Right.DECIDE_CASES, lambda pk, g, r, b: evidence.extend_sealing(_number(g, "measure"), reason=r, **b)),
    "release": (Right.HANDLE_CASES, lambda pk, g, r, b: evidence.end_measure(_number(g, "measure"), reason=r, **b)),
    "flag": (Right.DECIDE_CASES, lambda pk, g, r, b: reporting.flag(pk, reason=r, **b)),
    "report_up": (
        Right.KEEP_CASES,
        lambda pk, g, r, b: reporting.send(
            pk, *(g.get(name, "")[:5000] for name in ("found", "facts", "result", "grounds")), **b
        ),
    ),
    "receive": (Right.KEEP_CASES, lambda pk, g, r, b: reporting.receive(pk, **b)),
}
"""Word of the address → its right, and what is done with the case, the form and its reason."""


@require_POST
def step(request: HttpRequest, case_id: int, word: str) -> HttpResponse:
    """Do to a case what its page offered."""
    person_of(request)
    if word not in DEEDS:
        raise ValidationError(f"没有这个步骤：{word[:20]}")
    right, deed = DEEDS[word]
    user = user_with(request, right)
    case_for(user, case_id)
    deed(case_id, request.POST, request.POST.get("reason", "")[:20000], by(request))
    return redirect("cases:detail", case_id)


OTHERS = {word for word in DEEDS if word not in STEPS}
"""Deeds that change no state."""
