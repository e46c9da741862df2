"""The page that is carried into a ward without network, and what it sends when there is one again: static/inspections/phone.js.

The page itself holds nothing but whose phone it is; an inspection is fetched as JSON, kept by the browser under the account, and
sent back with ids made on the phone, so that nothing is entered twice and nothing that two phones wrote is lost.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, User, by, user_with
from yijian.web.frame.given import number_given
from yijian.web.frame.middleware import POLICY
from yijian.web.inspections import visiting
from yijian.web.inspections.carrying import carried
from yijian.web.inspections.queries import Filters, inspections_for
from yijian.web.inspections.visiting import Entry, Evidence

PHONE_POLICY = POLICY.replace("img-src 'self' data:", "img-src 'self' data: blob:") + "; worker-src 'self'; manifest-src 'self'"
"""The desk's, and: pictures that were just taken, a service worker and a manifest of our own."""
MOST_ENTRIES = 2000
CARRIED = "inspections_carried"
"""What the session remembers: keys of the inspections that were taken along in it."""
WORKER = Path(__file__).parent / "phone_worker.js"


@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    """手机上带了哪些检查？ Holds nothing but the account: it is kept on the phone."""
    user = user_with(request, Right.INSPECT)
    said = {"account": user.pk, "name": user.display_name, "most": settings.MOST_ATTACHED}
    response = render(request, "inspections/phone.html", said)
    response.headers["Content-Security-Policy"] = PHONE_POLICY
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()"
    return response


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: below the page's address, for that is all it may serve."""
    user_with(request, Right.INSPECT)
    headers = {"Content-Security-Policy": PHONE_POLICY, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8", headers=headers)


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone installs."""
    user_with(request, Right.INSPECT)
    home = reverse("inspections:phone")
    icon = {"src": static("yijian.svg"), "sizes": "any", "type": "image/svg+xml"}
    said = {
        "name": "医监现场检查", "short_name": "现场检查", "lang": "zh-CN", "start_url": home, "scope": home,
        "display": "standalone", "background_color": "#ffffff", "theme_color": "#0b3a5b", "icons": [icon],
    }  # fmt: skip
    return JsonResponse(said, content_type="application/manifest+json")


@require_GET
def there_now(request: HttpRequest) -> HttpResponse:
    """The inspections on the spot in whose team somebody is: what he may take along."""
    user = user_with(request, Right.INSPECT)
    mine = inspections_for(user, Filters(mine="1", state="on_site")).order_by("-arrived")[:50]
    return _json(request, user, rows=[{"id": one.pk, "number": one.number, "title": one.title, "who": one.who} for one in mine])


@require_GET
def carry(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """One inspection for the phone: its items with all that was answered. That it was taken along is logged, once a session."""
    user, had = user_with(request, Right.INSPECT), request.session.get(CARRIED, [])
    one = visiting.carry(inspection_id, again=inspection_id in had, **by(request))
    if inspection_id not in had:
        request.session[CARRIED] = [*had, inspection_id]
    return _json(request, user, inspection=carried(one))


@require_POST
def sync(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """Take the answers that a phone kept (`entries`: JSON); the inspection as it is now."""
    user = user_with(request, Right.INSPECT)
    try:
        _own(request, user)
        visiting.enter(inspection_id, _entries(request.POST.get("entries", "")), **by(request))
    except ValidationError as mistake:
        return _json(request, user, status=400, problem=mistake.messages[0])
    one = visiting.of_team(inspection_id, user)
    return _json(request, user, inspection=carried(one))


@require_POST
def sync_photo(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """Take a photograph that a phone kept."""
    user, said = user_with(request, Right.INSPECT), request.POST
    try:
        _own(request, user)
        given = Evidence(
            _uuid(said.get("id", "")), _moment(said.get("taken", "")), said.get("place", ""), said.get("note", ""),
            number_given(said.get("item", "")) or None, said.get("sha256", ""),
        )  # fmt: skip
        made = visiting.keep_evidence(inspection_id, given, request.FILES.getlist("files"), **by(request))
    except ValidationError as mistake:
        return _json(request, user, status=400, problem=mistake.messages[0])
    return _json(request, user, kept=str(made.pk))


def _json(request: HttpRequest, user: User, *, status: int = 200, **said: Any) -> HttpResponse:
    """account: whose it is; token: for the next thing that is sent, as the page on the phone may be days old."""
    return JsonResponse({"account": user.pk, "token": get_token(request), **said}, status=status)


def _own(request: HttpRequest, user: User) -> None:
    """ValidationError where the phone holds the notes of somebody else than who is logged in."""
    if number_given(request.POST.get("account", "")) != user.pk:
        raise ValidationError("手机上的内容属于另一个账号，请用那个账号登录后再同步")


def _entries(text: str) -> list[Entry]:
    try:
        rows = json.loads(text)
        if not isinstance(rows, list) or len(rows) > MOST_ENTRIES:
            raise ValueError
        return [_entry(row) for row in rows]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ValidationError("手机送来的填写看不懂，没有接收；请刷新手机页面后重新同步，手机上的内容不会丢") from None


def _entry(row: dict[str, Any]) -> Entry:
    seen = UUID(str(row["seen"])) if row["seen"] else None
    note = str(row["note"]).replace("\x00", "")  # JSON may hold it where a form may not
    return Entry(UUID(row["id"]), number_given(str(row["item"])), str(row["answer"]), note, _moment(str(row["at"])), seen)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ValidationError("照片的编号看不懂，没有接收；请刷新手机页面后重新同步") from None


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValidationError("时间看不懂，没有接收；请刷新手机页面后重新同步") from None
    if found.tzinfo is None:
        raise ValidationError("时间没有时区，没有接收；请刷新手机页面后重新同步")
    if not 1970 <= found.year < 2100:  # no phone, not even with a clock never set; databases refuse such ends
        raise ValidationError("时间看不懂，没有接收；请刷新手机页面后重新同步")
    return found
