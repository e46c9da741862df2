"""Pages of what is done on the spot: checklist, lists of the data, evidence, records, signatures; none needs a script."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, User, by, person_of, user_with
from yijian.web.attachments.queries import attachments_of_all
from yijian.web.frame.given import number_given
from yijian.web.inspections import queries, recording, visiting
from yijian.web.inspections.kinds import ANSWERS
from yijian.web.inspections.lake import VERIFICATIONS
from yijian.web.inspections.models import Inspection, SiteRecord, SiteSignature
from yijian.web.inspections.views import moment_given
from yijian.web.papers.queries import papers_of


def inside(user: User, inspection_id: int) -> Inspection:
    """An inspection for the inspecting side. PermissionDenied for its subject, Http404 where the user sees none."""
    if not queries.inner(user):
        raise PermissionDenied
    one = queries.inspection_for(user, inspection_id)
    if not queries.inner(user, one):
        raise PermissionDenied
    return one


@require_GET
def site(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """现场看了什么，还差什么？"""
    user = person_of(request)
    one = inside(user, inspection_id)
    groups = queries.groups_of(queries.items_of(one))
    shown = request.GET.get("group", "")
    evidence = list(one.evidence.select_related("item", "by").order_by("taken", "pk"))  # type: ignore[attr-defined]
    files = attachments_of_all([f"inspections.evidence:{e.pk}" for e in evidence])
    records = list(one.records.order_by("pk"))  # type: ignore[attr-defined]
    context = {
        "one": one,
        "may_write": one.state == "on_site" and queries.in_team(user, one) and user.may(Right.INSPECT),
        "groups": [{**group, "rows": [(item, uuid4(), _newest(item)) for item in group["rows"]]} for group in groups],
        "shown": shown if shown in {group["group"] for group in groups} else groups[0]["group"] if groups else "",
        "answers": ANSWERS,
        "progress": queries.progress(one),
        "verifications": [v for v in VERIFICATIONS.values() if one.subject_kind in v.subjects],
        "lists": one.lists.order_by("pk"),  # type: ignore[attr-defined]
        "evidence": [(e, files.get(f"inspections.evidence:{e.pk}", [])) for e in evidence],
        "fresh": uuid4(),
        "records": [(r, recording.missing(r)) for r in records],
        "kinds": SiteRecord.Kind.choices,
        "now": timezone.localtime(),
    }
    return render(request, "inspections/site.html", context)


def _newest(item: Any) -> Any:
    return item.said[0] if item.said else None


@require_POST
def answer(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """Take what the form of one group says: of each row its answer and note, where they are not what was there before."""
    user_with(request, Right.INSPECT)
    said, now, given = request.POST, timezone.now(), list[visiting.Entry]()
    for name in said:
        if not name.startswith("answer-"):
            continue
        key = name.removeprefix("answer-")
        text, note = said.get(name, ""), said.get(f"note-{key}", "")
        if text and (text, note.strip()) != (said.get(f"was-{key}", ""), said.get(f"noted-{key}", "").strip()):
            seen = said.get(f"seen-{key}", "")
            new = _uuid(said.get(f"id-{key}", ""))
            given.append(visiting.Entry(new, number_given(key), text, note, now, _uuid(seen) if seen else None))
    visiting.enter(inspection_id, given, **by(request))
    return redirect(_back(inspection_id, said.get("group", "")))


@require_POST
def draw_list(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """Take a list from the data."""
    user_with(request, Right.INSPECT)
    moment = moment_given(request.POST.get("moment", "")) or timezone.localtime()
    made = visiting.draw_list(inspection_id, request.POST.get("kind", ""), moment, **by(request))
    first = made.items.order_by("place").first()  # type: ignore[attr-defined]
    return redirect(_back(inspection_id, first.group if first else ""))


@require_POST
def evidence(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """Keep a photograph or file."""
    user_with(request, Right.INSPECT)
    said = request.POST
    given = visiting.Evidence(
        _uuid(said.get("id", "")), moment_given(said.get("taken", "")) or timezone.now(), said.get("place", ""),
        said.get("note", ""), number_given(said.get("item", "")) or None,
    )  # fmt: skip
    visiting.keep_evidence(inspection_id, given, request.FILES.getlist("files"), **by(request))
    return redirect(_back(inspection_id, "") + "#evidence")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ValidationError("这一页的编号看不懂，请刷新页面后重新填写") from None


def _back(inspection_id: int, group: str) -> str:
    return reverse("inspections:site", args=[inspection_id]) + (f"?{urlencode({'group': group})}" if group else "")


@require_GET
def record(request: HttpRequest, inspection_id: int, record_id: int) -> HttpResponse:
    """这份笔录谁签了，还差谁？"""
    return _record(request, inspection_id, record_id, {})


def _record(request: HttpRequest, inspection_id: int, record_id: int, said: Mapping[str, Any], problem: str = "") -> HttpResponse:
    user = person_of(request)
    one = inside(user, inspection_id)
    found = recording.record_of(one, record_id)
    signed = list(found.signatures.select_related("by").order_by("version", "pk"))  # type: ignore[attr-defined]
    files = attachments_of_all([f"inspections.signature:{s.pk}" for s in signed])
    context = {
        "one": one,
        "record": found,
        "said": said,
        "problem": problem,
        "may_write": one.state == "on_site" and queries.in_team(user, one) and user.may(Right.INSPECT),
        "missing": recording.missing(found),
        "signed": [(s, files.get(f"inspections.signature:{s.pk}", [])) for s in signed],
        "roles": SiteSignature.Role.choices,
        "mine": any(s.account_id == user.pk and s.version == found.version for s in signed),
        "papers": papers_of(f"inspections.record:{found.pk}"),
    }
    return render(request, "inspections/record.html", context, status=400 if problem else 200)


@require_POST
def write(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """Write a record, or a new version of one (`record`)."""
    user_with(request, Right.INSPECT)
    said = request.POST
    given = recording.Said(
        said.get("kind", ""), said.get("person", ""), said.get("post", ""), said.get("place", ""), _moment(said.get("begun", "")),
        _moment(said.get("ended", "")), said.get("text", "")[:20_000],
    )  # fmt: skip
    made = recording.write(inspection_id, given, record_id=number_given(said.get("record", "")), **by(request))
    return redirect("inspections:record", inspection_id, made.pk)


def _moment(text: str) -> datetime:
    if (found := moment_given(text)) is None:
        raise ValidationError("请填写笔录的开始和结束时间")
    return found


@require_POST
def sign(request: HttpRequest, inspection_id: int, record_id: int) -> HttpResponse:
    """Somebody signs."""
    user_with(request, Right.INSPECT)
    said = request.POST
    try:
        recording.sign(
            inspection_id, record_id, said.get("role", ""), said.get("name", ""), version=number_given(said.get("version", "")),
            drawn=said.get("drawn", ""), refused=said.get("refused", ""), files=request.FILES.getlist("files"), **by(request),
        )  # fmt: skip
    except ValidationError as mistake:
        return _record(request, inspection_id, record_id, said.dict(), mistake.messages[0])
    return redirect("inspections:record", inspection_id, record_id)
