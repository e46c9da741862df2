"""Handing over a place in a team, as a part of what the accounts' app does when somebody moves or leaves."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from yijian.web.accounts.queries import User
from yijian.web.draws.queries import register_in_use
from yijian.web.inspections.models import InspectionMember
from yijian.web.inspections.steps import OPEN


def teams_of(user: User) -> "QuerySet[InspectionMember]":
    """His places in teams of inspections that are not ended, oldest first."""
    found = InspectionMember.objects.filter(account=user, left=None, inspection__state__in=OPEN)
    return found.select_related("inspection").order_by("inspection__opened", "pk")


def passed_on(user: User, to: User | None, *, when: datetime) -> None:
    """Give them to a colleague, who must be an inspector of the register that did not have to keep away; to nobody with None.

    A part of the caller's action. ValidationError (code `successor`) where `to` may not go there.
    """
    register = {one.account_id: one for one in register_in_use(("inspectors",), timezone.localdate(when))}  # type: ignore[attr-defined]
    for member in teams_of(user).select_for_update(of=("self",)):
        if to is not None:
            _replace(member, to, register.get(to.pk))
        member.left = when
        member.save(update_fields=["left"])


def _replace(member: InspectionMember, to: User, known: object) -> None:
    one = member.inspection
    same = InspectionMember.objects.filter(account=to, inspection__institution=one.institution, inspection__agency=one.agency)
    if to.pk == one.by_id:  # type: ignore[attr-defined]
        raise ValidationError(f"{to.display_name}拟定了 {one.number}，不能接替检查组成员", code="successor")
    if known is None or same.exclude(recused="").exists():
        raise ValidationError(f"{to.display_name}不在检查人员库里，或曾对 {one.number} 的对象回避", code="successor")
    InspectionMember.objects.update_or_create(
        inspection=one, code=known.code,  # type: ignore[attr-defined]
        defaults={
            "account": to, "name": known.name, "unit": known.unit, "certificate": known.certificate,  # type: ignore[attr-defined]
            "duty": member.duty, "left": None,
        },
    )  # fmt: skip
