"""Every write: an area sets a parameter or settles a day."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from yijian.web.accounts.queries import Right, User, need
from yijian.web.audit_log.actions import record
from yijian.web.frame.given import reason_given
from yijian.web.parameters.acts import Act
from yijian.web.parameters.models import LegalParameter, Numbering, SettledDay
from yijian.web.parameters.queries import definitions, settled_day_for, value_of

LONGEST = 200
"""Characters of a parameter that is words; none takes back what an area set."""
PERIODS = ("workday", "day", "month", "year", "count")


@transaction.atomic
def set_parameter(
    key: str,
    value: str,
    *,
    division: str,
    valid_from: date,
    source: str,
    who: User,
    when: datetime,
    where: str | None,
) -> LegalParameter:
    """Set a parameter for a division from a day on; what was in force before stays on record.

    ValidationError where the value does not suit the unit or no source is named; PermissionDenied outside the keeper's area.
    """
    _may(who, division)
    definition = definitions().get(key)
    if definition is None:
        raise ValidationError(f"没有参数 {key}")
    words = definition.unit == "text"
    number, text = (Decimal(0), _words(value)) if words else (_number(value), "")
    if definition.unit == "share" and not 0 <= number <= 1:
        raise ValidationError(f"“{definition.title}”是比例，应在 0 与 1 之间，例如 0.05")
    if definition.unit in PERIODS and (number != int(number) or number < 0):
        raise ValidationError(f"“{definition.title}”应为不小于 0 的整数")
    if len(source.strip()) < 4:
        raise ValidationError("请写明依据，例如文件名称与条款")
    before = value_of(key, division, valid_from)
    row = LegalParameter.objects.create(
        key=key,
        division=division,
        value=number,
        text=text,
        source=source.strip(),
        valid_from=valid_from,
        set_by=who,
        set_at=when,
    )
    changes = {key: (str(before), f"{text if words else number}，{valid_from} 起")}
    about = f"{key}/{division}"
    purpose = source.strip()
    record(Act.SET, who=who, when=when, where=where, kind="参数", about=about, purpose=purpose, area=division, changes=changes)
    return row


@transaction.atomic
def settle_day(day: date, *, works: bool, division: str, source: str, who: User, when: datetime, where: str | None) -> SettledDay:
    """Say that a day is worked, or not, in a division, whatever the national calendar says."""
    _may(who, division)
    if len(source.strip()) < 4:
        raise ValidationError("请写明依据，例如文件名称与条款")
    before = SettledDay.objects.filter(division=division, day=day).order_by("-pk").first()
    purpose = source.strip()
    row = SettledDay.objects.create(division=division, day=day, works=works, source=purpose, set_by=who, set_at=when)
    changes = {str(day): (_works(before), works)}
    common: dict[str, Any] = {"who": who, "when": when, "where": where, "kind": "区划", "about": division, "area": division}
    record(Act.SETTLE_DAY, **common, purpose=purpose, changes=changes)
    return row


@transaction.atomic
def withdraw_day(row_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> SettledDay:
    """Take back what was said of a day, by a row of its own: the day is as the divisions above and the nation have it.

    Clocks that were counted with it are the caller's business (`clocks.actions.withdraw_day`). Http404 outside the keeper's area;
    ValidationError without a reason, or where the row does not count any longer.
    """
    row = settled_day_for(who, row_id)
    _may(who, row.division)
    purpose = reason_given(reason)
    newest = SettledDay.objects.select_for_update().filter(division=row.division, day=row.day).order_by("-pk").first()
    if newest is None or newest.pk != row.pk or newest.works is None:
        raise ValidationError(f"{row.day} 的这一条设置已被撤销或另有设置，请刷新页面")
    undone = SettledDay.objects.create(
        division=row.division, day=row.day, works=None, withdraws=row, source=purpose, set_by=who, set_at=when
    )
    changes = {str(row.day): (_works(row), "")}
    common: dict[str, Any] = {
        "who": who,
        "when": when,
        "where": where,
        "kind": "区划",
        "about": row.division,
        "area": row.division,
    }
    record(Act.WITHDRAW_DAY, **common, purpose=purpose, changes=changes)
    return undone


def _works(row: SettledDay | None) -> bool | str:
    return "" if row is None or row.works is None else row.works


def next_number(kind: str, division: str, year: int) -> int:
    """The next running number of a kind of document; in the transaction that makes it, so that none is lost or given twice."""
    Numbering.objects.get_or_create(kind=kind, division=division, year=year)
    row = Numbering.objects.select_for_update().get(kind=kind, division=division, year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last


def _may(who: User, division: str) -> None:
    need(who, Right.KEEP_PARAMETERS)
    if not who.scope(Right.KEEP_PARAMETERS).covers(area=division):
        raise PermissionDenied


def _words(value: str) -> str:
    text = value.strip()
    if not text.isprintable() or len(text) > LONGEST:
        raise ValidationError(f"请写成一行，最多 {LONGEST} 个字")
    return text


def _number(value: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValidationError(f"“{value}”不是数字") from None
    if not number.is_finite():
        raise ValidationError(f"“{value}”不是数字")
    return number
