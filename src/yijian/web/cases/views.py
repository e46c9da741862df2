"""Pages of cases."""

from collections.abc import Mapping

from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from yijian.web.accounts.queries import Right, User, people_with, user_with
from yijian.web.attachments.queries import Attachment, attachments_of_all
from yijian.web.cases import executing, queries
from yijian.web.cases import times as handling
from yijian.web.cases.booking import owed as owed_to_fund
from yijian.web.cases.causes import causes, factors, proposed
from yijian.web.cases.models import Case, CaseChange, Decision, Evidence, Excluded, Hearing, Measure, Officer, ToTreasury
from yijian.web.cases.steps import OPINIONS, OUTCOMES, STEPS, UNDECIDED, WORDS
from yijian.web.clocks.queries import dues_of
from yijian.web.frame.tables import long_page_of, page_of, sorting
from yijian.web.institutions.queries import institution_names
from yijian.web.leads.queries import lead_for
from yijian.web.papers.queries import papers_of
from yijian.web.parameters.queries import Book, definitions

COLUMNS = {
    "number": ("案件", "number"),
    "subject": ("当事人", ""),
    "cause": ("案由", "cause"),
    "loss": ("基金损失/元", "loss"),
    "state": ("状态", "state"),
    "filed": ("立案", "filed"),
    "opened": ("提请时间", "opened"),
}


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """哪些案件正在办？"""
    user = user_with(request, Right.SEE_CASES)
    filters = queries.Filters.of(request.GET)
    order = sorting(request, COLUMNS, "-opened")
    page = long_page_of(request, queries.cases_for(user, filters).order_by(*order.order))
    names, dues = institution_names(), dues_of([f"cases.case:{one.pk}" for one in page])
    context = {
        "filters": filters,
        "said": filters.words(names),
        "tallies": queries.tallies(user),
        "causes": causes().values(),
        "institutions": names,
        "sorting": order,
        "page": page,
        "rows": [(one, _first(dues, one)) for one in page],
        "waiting": queries.waiting(user),
    }
    return render(request, "cases/list.html", context)


def _first(dues: Mapping[tuple[str, str], object], case: Case) -> object:
    """The clock of a case that is due first."""
    return next((due for (about, _), due in dues.items() if about == f"cases.case:{case.pk}"), None)


@require_GET
def new(request: HttpRequest, lead_id: int) -> HttpResponse:
    """由谁办理，案由是什么？"""
    user = user_with(request, Right.SEE_CASES)
    lead = lead_for(user, lead_id)
    return form(request, lead_id, said={"title": lead.title, "facts": lead.established or lead.facts,
                                        "loss": lead.proved_amount or "", "begin": lead.begin, "end": lead.end})  # fmt: skip


def form(request: HttpRequest, lead_id: int, *, said: Mapping[str, object], problem: str = "") -> HttpResponse:
    """The form of a new case from a lead. Http404 for a lead that is none."""
    user = user_with(request, Right.SEE_CASES)
    lead = lead_for(user, lead_id)
    if lead.state != "closed" or lead.result != "case":
        raise Http404("只有核查结果审定为“立案”的线索才能立案。")
    people = people_with(Right.HANDLE_CASES, lead.area)
    context = {
        "lead": lead,
        "said": said,
        "problem": problem,
        "causes": [one for one in causes().values() if one.subject == lead.subject_kind],
        "officers": [(one, said.get(f"certificate-{one.username}", "")) for one in people],
        "may_propose": user.may(Right.KEEP_CASES),
        "may_fine": user.may(Right.HANDLE_CASES),
        "before": queries.case_of_lead(lead.pk),
    }
    return render(request, "cases/new.html", context, status=400 if problem else 200)


@require_GET
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """这个案件办到哪一步了？"""
    user = user_with(request, Right.SEE_CASES)
    one = queries.case_on_page(user, case_id)
    known = [
        Prefetch("officers", Officer.objects.select_related("user").order_by("pk")),
        Prefetch("changes", CaseChange.objects.select_related("by").order_by("at", "pk")),
    ]
    known += [Prefetch("hearings", Hearing.objects.select_related("host").order_by("pk"))] if one.has_hearings else []
    known += [Prefetch("paid", ToTreasury.objects.order_by("day", "pk"))] if one.has_paid else []
    prefetch_related_objects([one], *known)
    officers, changes = list(one.officers.all()), list(one.changes.all())
    hearings = list(one.hearings.all()) if one.has_hearings else []
    held = queries.duties_of(
        user, one, [change.step for change in changes if change.by_id == user.pk],
        officer=any(o.user_id == user.pk for o in officers), host=any(h.host_id == user.pk for h in hearings),
    )  # fmt: skip
    now = {o.user_id for o in officers if o.left is None}
    words = queries.may_step(user, one, held, now)
    evidence = list(one.evidence.order_by("pk"))
    if one.has_custody:
        prefetch_related_objects(evidence, "custody")
    measures = list(one.measures.order_by("pk")) if one.has_measures else []
    abouts = [f"cases.case:{one.pk}", *(f"cases.measure:{m.pk}" for m in measures if not m.ended)]
    book, titles = Book(), definitions()
    dues = dues_of(abouts, book)
    made: Decision | None = getattr(one, "decision", None)
    today = timezone.localdate()
    context = {
        "case": one,
        "about": abouts[0],
        "officers": officers,
        "decision": made,
        "steps": {word: STEPS[word] for word in words},
        "clocks": [(titles[kind].title, due) for (about, kind), due in dues.items() if about == abouts[0]],
        "clock": dues.get((abouts[0], "case_decision")),
        "evidence": _with_files(evidence),
        "measures": [(m, dues.get((f"cases.measure:{m.pk}", m.kind))) for m in measures],
        "excluded": one.excluded.order_by("pk") if one.has_excluded else (),
        "hearings": hearings,
        "paid": one.paid.all() if one.has_paid else (),
        "owed": {**executing.owed(one, today, book), "repayment": owed_to_fund(one, made)} if made else {},
        "too_old": queries.too_old(one, book),
        "discuss_for": queries.must_discuss(one, book) if one.state in ("reviewed", "notified") else [],
        "range": proposed(one.basis, one.loss, one.factors, refused=one.refused),
        "papers": papers_of(f"cases.case:{one.pk}"),
        "changes": changes,
        "step_titles": {**{word: step.title for word, step in STEPS.items()}, "propose": "提请立案"},
        "major": getattr(one, "major", None),
        **_choices(),
        **_offered(user, one, words, held, now),
    }
    return render(request, "cases/detail.html", context)


def _choices() -> dict[str, object]:
    """What the forms offer."""
    return {
        "outcomes": OUTCOMES, "opinions": OPINIONS, "words": WORDS, "factors": factors().values(),
        "kinds": Evidence.Kind.choices, "measure_kinds": Measure.Kind.choices, "services": Decision.Service.choices[1:],
        "money_kinds": ToTreasury.Kind.choices,
        "exclude_kinds": [(v, w) for v, w in Excluded.Kind.choices if v not in ("hearing", "suspension")],
    }  # fmt: skip


def _offered(user: User, one: Case, words: list[str], held: set[str], now: set[int]) -> dict[str, object]:
    """What the user may do besides the steps."""
    mine = queries.has_it(user, one, Right.HANDLE_CASES) and user.pk in now
    head = queries.has_it(user, one, Right.DECIDE_CASES) and not queries.clash(held, "head")
    open_case = one.state in UNDECIDED
    return {
        "mine": mine and one.state != "archived",
        "may_take": mine and one.state in ("investigating", "reviewing", "reviewed", "notified", "hearing"),
        "may_pay": mine and one.state in ("executing", "on_spot"),
        "may_head": head and open_case,
        "may_execute": head and one.state == "executing",
        "may_flag": head and one.state in ("executing", "closing", "closed"),
        "may_replace": head and (open_case or one.state in ("proposed", "decided", "executing")),
        "people": people_with(Right.HANDLE_CASES, one.area) if head else [],
        "hosts": queries.candidates(one, Right.EXAMINE_CASES) if "call_hearing" in words else [],
        "may_send_up": queries.has_it(user, one, Right.KEEP_CASES),
        "areas": user.scope(Right.KEEP_CASES).areas if user.may(Right.KEEP_CASES) else (),
    }


def _with_files(pieces: list[Evidence]) -> "list[tuple[Evidence, list[Attachment]]]":
    files = attachments_of_all([f"cases.evidence:{one.pk}" for one in pieces])
    return [(one, files.get(f"cases.evidence:{one.pk}", [])) for one in pieces]


@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """哪些重大案情要上报？"""
    user = user_with(request, Right.SEE_CASES)
    return render(request, "cases/reports.html", {"page": page_of(request, queries.reports_for(user))})


@require_GET
def times(request: HttpRequest) -> HttpResponse:
    """案件办了多久，哪些要到期？"""
    user = user_with(request, Right.SEE_CASES)
    return render(request, "cases/times.html", {"rows": handling.by_area(user), "risks": handling.at_risk(user)})
