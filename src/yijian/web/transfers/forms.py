"""Reading what the forms of transfers send, and showing it again where something is wrong."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from yijian.web.accounts.queries import Right, User, divisions_of, partners_near, person_of
from yijian.web.frame.given import CENT, day_given, yuan_given
from yijian.web.institutions.queries import institution, institution_names
from yijian.web.parameters.queries import value_of
from yijian.web.transfers.bodies import bodies, categories
from yijian.web.transfers.given import Given, as_lines, evidence_given, problems_given
from yijian.web.transfers.models import Transfer
from yijian.web.transfers.queries import may_read
from yijian.web.transfers.sources import files_of


def reader(request: HttpRequest) -> User:
    """Whoever works with transfers. PermissionDenied for others."""
    user = person_of(request)
    if not may_read(user):
        raise PermissionDenied
    return user


def giver(request: HttpRequest) -> User:
    """Whoever may say that something comes in: another authority, or our office for it. PermissionDenied for others."""
    user = person_of(request)
    if not (user.may(Right.ANSWER_TRANSFERS) or user.may(Right.KEEP_TRANSFERS)):
        raise PermissionDenied
    return user


def given_of(said: QueryDict) -> Given:
    """What a form says. ValidationError where a day, a figure or a list cannot be read."""
    amount = said.get("amount", "").strip()
    return Given(
        body=said.get("body", ""),
        category=said.get("category", ""),
        partner=said.get("partner", ""),
        title=said.get("title", "")[:200],
        facts=said.get("facts", "")[:5000],
        since=day_given(said.get("since", "")),
        problems=problems_given(said.get("problems", "")),
        evidence=evidence_given(said.get("evidence", "")),
        institution=institution(said.get("institution", "")),
        subject=said.get("subject", "")[:200],
        amount=yuan_given(amount, least=CENT, most=None) if amount else None,
        copy_to=said.get("copy_to", ""),
        reference=said.get("reference", "")[:100],
    )


def said_by(known: Mapping[str, Any]) -> dict[str, Any]:
    """What a record says of itself, as the form's fields; yuan without separators."""
    place = known["institution"]
    amount = known["amount"]
    return {**known, "institution": place.pk if place else "", "amount": "" if amount is None else str(amount)}


def said_in(transfer: Transfer) -> dict[str, Any]:
    """A draft as the form's fields."""
    items = list(transfer.items.order_by("pk"))  # type: ignore[attr-defined]
    return {
        "about": transfer.about, "area": transfer.area, "body": transfer.body, "category": transfer.category,
        "partner": transfer.partner.pk, "copy_to": transfer.copy_to.pk if transfer.copy_to else "",
        "institution": transfer.institution.pk if transfer.institution else "", "subject": transfer.subject,
        "title": transfer.title, "facts": transfer.facts, "since": transfer.since,
        "amount": "" if transfer.amount is None else str(transfer.amount),
        "problems": as_lines([one for one in items if one.kind == "problem"]),
        "evidence": as_lines([one for one in items if one.kind == "evidence"]),
    }  # fmt: skip


def form(
    request: HttpRequest, direction: str, said: Mapping[str, Any], *, problem: str = "", transfer: Transfer | None = None
) -> HttpResponse:
    """The form of one direction with what was said. transfer: the draft that is written anew."""
    user = giver(request) if direction == "in" else person_of(request)
    partner_itself = user.may(Right.ANSWER_TRANSFERS)
    right = Right.ANSWER_TRANSFERS if partner_itself else Right.KEEP_TRANSFERS
    divisions = list(divisions_of(user, right)) if direction == "in" else []
    if not partner_itself:
        divisions = [one for one in divisions if one.pk in user.scope(right).areas]
    possible = {word for one in categories("out").values() for word in one.bodies}
    area = said.get("area") or (divisions[0].pk if divisions else user.home)
    context = {
        "direction": direction,
        "said": said,
        "problem": problem,
        "transfer": transfer,
        "bodies": {word: one.title for word, one in bodies().items() if direction == "in" or word in possible},
        "categories": [
            (one.word, one.title, "、".join(bodies()[word].title for word in one.bodies))
            for one in categories(direction).values()
        ],
        "partners": [user.organisation] if partner_itself else partners_near(area),
        "partner_itself": partner_itself,
        "institutions": institution_names(),
        "divisions": divisions,
        "proposed": proposed(said, area) if direction == "out" else [],
        "with_files": len(files_of(user, said["about"])) if direction == "out" and not transfer else 0,
    }
    return render(request, "transfers/form.html", context, status=400 if problem else 200)


def proposed(said: Mapping[str, Any], area: str) -> list[str]:
    """To whom the amount alone proposes to transfer, in words."""
    try:
        amount = yuan_given(str(said.get("amount") or "0"), least=Decimal(0), most=None)
        day = said["since"] if hasattr(said["since"], "year") else day_given(str(said["since"]))
    except (ValidationError, KeyError):
        return []
    found: list[str] = []
    for one in bodies().values():
        least = value_of(one.threshold, area, day) if one.threshold else None
        if least is not None and amount >= least.value:
            found.append(f"涉及金额达到{least.title}（{least.value:,.0f} 元），以欺诈为目的的，应移送{one.title}")
    return found
