"""Booking. A stage is *set to* an amount and the difference is booked, so that doing it again books nothing."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from yijian.web.accounts.queries import User
from yijian.web.recoveries.models import Entry, Particulars, Payment, Recovery, Stage

AT_ONCE = 500
ZERO = Decimal(0)


@dataclass(frozen=True)
class Said:
    """What a letter says of a thing: the settlement and its day, the problem, its law, the yuan of the bill that count."""

    bill: str
    day: date | None
    what: str
    basis: str
    counted: Decimal


@dataclass(frozen=True)
class Thing:
    """What the ledger knows of one doubtful thing: `about` names it for good; yuan of the fund at a stage.

    said: once it is confirmed.
    """

    about: str
    review: int
    institution: str
    area: str
    rule: str
    rule_title: str
    fund_type: str
    found: date
    yuan: Decimal
    said: Said | None = None


def set_stage(things: Iterable[Thing], stage: Stage, *, who: User, when: datetime, note: str = "") -> None:
    """Book what is missing to each thing's amount at a stage. A part of the caller's action and transaction."""
    wanted = {thing.about: thing for thing in things}
    names = sorted(wanted)
    held: dict[str, Recovery] = {}
    for start in range(0, len(names), AT_ONCE):
        some = Recovery.objects.select_for_update().filter(about__in=names[start : start + AT_ONCE]).order_by("pk")
        held |= {one.about: one for one in some}
    fresh = [_recovery(wanted[name]) for name in names if name not in held]
    Recovery.objects.bulk_create(fresh, batch_size=AT_ONCE)
    held |= {one.about: one for one in fresh}
    entries: list[Entry] = []
    for name in names:
        one, yuan = held[name], wanted[name].yuan
        if missing := yuan - getattr(one, stage.value):
            entries.append(Entry(recovery=one, stage=stage, amount=missing, at=when, by=who, note=note))
            setattr(one, stage.value, yuan)
    changed = [entry.recovery for entry in entries]
    Recovery.objects.bulk_update(changed, [stage.value], batch_size=AT_ONCE)
    Entry.objects.bulk_create(entries, batch_size=AT_ONCE)
    _keep_said((held[name], wanted[name].said) for name in names)


def _keep_said(rows: Iterable[tuple[Recovery, Said | None]]) -> None:
    told = [Particulars(recovery=one, **asdict(said)) for one, said in rows if said]
    columns = [field.name for field in fields(Said)]
    Particulars.objects.bulk_create(
        told, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["recovery"], update_fields=columns
    )


def _recovery(thing: Thing) -> Recovery:
    return Recovery(
        about=thing.about,
        review=thing.review,
        institution_id=thing.institution,
        area=thing.area,
        rule=thing.rule,
        rule_title=thing.rule_title,
        fund_type=thing.fund_type,
        month=thing.found.replace(day=1),
    )


def set_against(payment: Payment, *, who: User, when: datetime) -> Decimal:
    """Set what is left of a payment against what its institution was ordered to repay, oldest first; yuan that were set.

    Instalments and overpayments are no matter: what is owed stays open, what is too much stays left.
    """
    if payment.institution_id is None or not payment.left:  # type: ignore[attr-defined]
        return ZERO
    owing = Recovery.objects.select_for_update().filter(institution=payment.institution, order__isnull=False)
    set_in_all = ZERO
    for one in owing.order_by("order__due", "pk"):
        part = min(payment.left, one.open)
        if part <= 0:
            continue
        one.repaid += part
        one.save(update_fields=["repaid"])
        Entry.objects.create(recovery=one, stage=Stage.REPAID, amount=part, at=when, by=who, payment=payment)
        payment.left -= part
        set_in_all += part
        if not payment.left:
            break
    payment.save(update_fields=["left"])
    return set_in_all
