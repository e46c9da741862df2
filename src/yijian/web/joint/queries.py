"""The guarded door to spot checks: by the division of the transfer; a draw by that of the office that drew it."""

import hashlib
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, QueryDict

from yijian.web.accounts.queries import Right, Scope, User, need
from yijian.web.cases.queries import case_behind, duties_in
from yijian.web.joint.models import SpotCheck, SpotItem
from yijian.web.joint.steps import ITEM_STEPS, ITEM_WORDS
from yijian.web.leads.queries import lead_behind
from yijian.web.transfers.queries import Transfer, lead_of_transfer, transfers_sent


def checks_for(user: User) -> "QuerySet[SpotCheck]":
    """Draws of the user's divisions, newest first, each with how many are looked at and how many of them were wrong."""
    need(user, Right.SEE_JOINT)
    seen = SpotCheck.objects.filter(user.scope(Right.SEE_JOINT).condition()).select_related("by")
    looked = Count("items", filter=~Q(items__state="waiting"))
    wrong = Count("items", filter=Q(items__state__in=("found", "corrected")))
    return seen.annotate(looked=looked, wrong=wrong).order_by("-at")


def check_for(user: User, check_id: int) -> SpotCheck:
    """One draw. Http404 if there is none, or none that the user may see."""
    found = checks_for(user).filter(pk=check_id).first()
    if found is None:
        raise Http404(f"没有抽查 {check_id}，或不在您的管辖范围内。")
    return found


def items_for(user: User) -> "QuerySet[SpotItem]":
    """Drawn transfers of the user's divisions; those not yet looked at first."""
    need(user, Right.SEE_JOINT)
    inside = user.scope(Right.SEE_JOINT).condition(area="transfer__area")
    found = SpotItem.objects.filter(inside).select_related("check_of", "transfer__partner", "transfer__institution")
    return found.order_by("-check_of__at", "pk")


def item_for(user: User, item_id: int) -> SpotItem:
    """One drawn transfer. Http404 if there is none, or none that the user may see."""
    found = items_for(user).select_related("transfer__by", "transfer__copy_to").filter(pk=item_id).first()
    if found is None:
        raise Http404(f"没有抽查的移送 {item_id}，或不在您的管辖范围内。")
    return found


def items_of(transfer_id: int) -> "list[SpotItem]":
    """The checks of a transfer, newest first; for pages that guard their own record."""
    return list(SpotItem.objects.filter(transfer=transfer_id).select_related("check_of").order_by("-pk"))


def population(area: str, begin: date, end: date) -> "QuerySet[Transfer]":
    """What was sent or came in within these days, of the division and those below: no later act changes it."""
    return transfers_sent(Scope(areas=(area,)), begin, end)


def digest(ids: "list[int]") -> str:
    """SHA-256 of the numbers of transfers, in order."""
    return hashlib.sha256("\n".join(map(str, sorted(ids))).encode()).hexdigest()


def took_part(user: User, transfer: Transfer) -> bool:
    """Whether the user drafted it, took any step of it, handled the case or lead behind it, or the lead made from it."""
    if transfer.by_id == user.pk or transfer.changes.filter(by=user).exists():  # type: ignore[attr-defined]
        return True
    if (case := case_behind(transfer.about)) and duties_in(user, case):
        return True
    lead: Any = lead_behind(transfer.about) if transfer.out else lead_of_transfer(transfer)
    return lead is not None and (lead.officer_id == user.pk or lead.changes.filter(by=user).exists())


def may_item(user: User, item: SpotItem) -> list[str]:
    """Words of the steps that the user may take now."""
    offered = [word for word, step in ITEM_STEPS.items() if item.state in step.frm]
    part = item.state == "waiting" and took_part(user, item.transfer)
    return [word for word in offered if may_take_item(user, item, word, part=part)]


def may_take_item(user: User, item: SpotItem, word: str, *, part: bool) -> bool:
    """Whether the step is the user's, whatever the state. part: `took_part`, who does not look; the office corrects."""
    right, area = Right(ITEM_STEPS[word].right), item.transfer.area
    if word == "correct":
        return user.may(right) and area in user.scope(right).areas
    return user.may(right) and user.scope(right).covers(area=area) and not part


def tally(user: User, year: int) -> dict[str, int]:
    """Of the transfers sent in a year that the user may see: drawn, looked, found, corrected."""
    rows = (
        items_for(user)
        .filter(transfer__sent_on__year=year)
        .order_by()
        .values("state")
        .annotate(n=Count("transfer", distinct=True))
    )
    by_state = {row["state"]: row["n"] for row in rows}
    found, corrected = by_state.get("found", 0), by_state.get("corrected", 0)
    looked = by_state.get("clean", 0) + found + corrected
    return {"drawn": sum(by_state.values()), "looked": looked, "found": found + corrected, "corrected": corrected}


def narrowed(found: "QuerySet[SpotItem]", address: QueryDict) -> "QuerySet[SpotItem]":
    """Drawn transfers of one state, of those sent in one year, as an address says it."""
    state, year = address.get("state", ""), address.get("year", "")
    if state in ITEM_WORDS:
        found = found.filter(state=state)
    if year.isascii() and year.isdecimal() and len(year) == 4 and int(year) > 0:
        found = found.filter(transfer__sent_on__year=int(year))
    return found
