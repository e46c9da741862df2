"""Every write: ordering a repayment, pledging it, booking money that came in, writing off. Reviews book by `book`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from yijian.vocabulary.divisions import common
from yijian.web.accounts.queries import Right, User, need, people_of_institution
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.institutions.queries import Institution, institutions_by_code
from yijian.web.parameters.actions import next_number
from yijian.web.parameters.queries import due
from yijian.web.recoveries import letters
from yijian.web.recoveries.acts import Act
from yijian.web.recoveries.ledger import Said, Thing, set_against, set_stage
from yijian.web.recoveries.models import Entry, Order, Payment, Recovery, Stage
from yijian.web.recoveries.queries import order_for, recoveries_for, to_order

__all__ = [
    "Received",
    "Said",
    "Stage",
    "Thing",
    "assign_payment",
    "import_payments",
    "order",
    "pay",
    "pledge",
    "set_stage",
    "write_off",
]

ZERO = Decimal(0)
LEAST_REASON = 4


def _about(letter: Order) -> str:
    return f"recoveries.order:{letter.pk}"


@transaction.atomic
def order(institutions: Iterable[str] | None, *, who: User, when: datetime, where: str | None) -> list[Order]:
    """Order institutions (None = all) to repay what was confirmed and not ordered yet, one letter each; the time to repay begins.

    ValidationError where nothing is to be ordered.
    """
    owed = to_order(who)
    if institutions is not None:
        owed = owed.filter(institution__in=list(institutions))
    by_place: dict[str, list[Recovery]] = defaultdict(list)
    for one in owed.select_for_update(of=("self",)).order_by("pk"):
        by_place[one.institution_id].append(one)  # type: ignore[attr-defined]
    if not by_place:
        raise ValidationError("没有已认定、待责令退回的金额")
    letters = [_order_one(some, who, when) for _, some in sorted(by_place.items())]
    for letter in letters:
        purpose = f"{letter.amount} 元，{letter.due} 前退回"
        record(
            Act.ORDER, who=who, when=when, where=where, kind="退回通知", about=letter.number, purpose=purpose, area=letter.area
        )
    return letters


def _order_one(owed: list[Recovery], who: User, when: datetime) -> Order:
    place, area, today = owed[0].institution, owed[0].area, timezone.localdate(when)
    letter = Order.objects.create(
        number=f"医保退〔{today.year}〕{area}-{next_number('退回通知', area, today.year)}号",
        institution=place,
        area=area,
        at=when,
        due=due("repayment_period", area, today),
        by=who,
        amount=sum((one.confirmed for one in owed), ZERO),
    )
    for one in owed:
        one.order, one.ordered = letter, one.confirmed
    Recovery.objects.bulk_update(owed, ["order", "ordered"], batch_size=500)
    entries = [Entry(recovery=o, stage=Stage.ORDERED, amount=o.confirmed, at=when, by=who, note=letter.number) for o in owed]
    Entry.objects.bulk_create(entries, batch_size=500)
    letters.keep(letter, who.organisation.name)
    paid = letter.amount - _set_left(letter, who, when)
    link = reverse("recoveries:order", args=[letter.pk])
    people = people_of_institution(place.pk)
    if paid >= letter.amount:
        text = f"收到 {letter.number}：责令退回基金 {letter.amount:,.2f} 元，此前到账的金额已经抵清，不用再退"
        clocks.tell(people, text, link=link, when=when)
        return letter
    clocks.start(
        "repayment_period",
        _about(letter),
        title=f"退回基金 {letter.amount - paid:,.2f} 元：{letter.number}",
        link=link,
        area=area,
        institution=place.pk,
        right=Right.ANSWER,
        begun=today,
    )
    already = f"（责令退回 {letter.amount:,.2f} 元，此前到账已抵 {paid:,.2f} 元）" if paid else ""
    text = f"收到 {letter.number}：请于 {letter.due} 前退回基金 {letter.amount - paid:,.2f} 元{already}"
    clocks.tell(people, text, link=link, when=when)
    return letter


def _set_left(letter: Order, who: User, when: datetime) -> Decimal:
    """Set what the institution paid before it was ordered to against what it owes; yuan of the letter still open."""
    before = Payment.objects.select_for_update().filter(institution=letter.institution, left__gt=0)
    for payment in before.order_by("day", "pk"):
        set_against(payment, who=who, when=when)
        _stop_clocks(payment, when)
    return sum((one.open for one in letter.recoveries.all()), ZERO)  # type: ignore[attr-defined]


@transaction.atomic
def pledge(order_id: int, day: date, *, who: User, when: datetime, where: str | None) -> Order:
    """The institution says by when it will repay. ValidationError for a day that has passed."""
    need(who, Right.ANSWER)
    letter = order_for(who, order_id)
    if day < timezone.localdate(when):
        raise ValidationError("承诺退回的日期不能早于今天")
    before, letter.pledged = letter.pledged, day
    letter.save(update_fields=["pledged"])
    changes = {"pledged": (str(before or ""), str(day))}
    record(Act.PLEDGE, who=who, when=when, where=where, kind="退回通知", about=letter.number, area=letter.area, changes=changes)
    return letter


@dataclass(frozen=True)
class Received:
    """Money as a bank's file or a person says it: institution '' = nobody knows whose it is."""

    reference: str
    day: date
    amount: Decimal
    institution: str = ""
    payer: str = ""
    note: str = ""


@transaction.atomic
def pay(received: Received, *, who: User, when: datetime, where: str | None) -> Payment:
    """Book money that came in and set it against what is owed. ValidationError where its number was booked before."""
    payment, set_in_all = _book(received, institutions_by_code(), who, when)
    purpose = f"{received.amount} 元，冲抵 {set_in_all} 元"
    record(Act.PAY, who=who, when=when, where=where, kind="退回款", about=received.reference, purpose=purpose, area=payment.area)
    return payment


@transaction.atomic
def import_payments(rows: Sequence[Received], *, who: User, when: datetime, where: str | None) -> tuple[int, int, int]:
    """Book a bank's file: how many payments were new, known already, and without an institution. All of it or nothing."""
    need(who, Right.KEEP_LEDGER)
    places = institutions_by_code()
    known = set(Payment.objects.filter(reference__in=[r.reference for r in rows]).values_list("reference", flat=True))
    fresh = [r for r in rows if r.reference not in known]
    doubled = len(fresh) - len({r.reference for r in fresh})
    if doubled:
        raise ValidationError(f"文件里有 {doubled} 个流水号重复，请核对后再导入")
    booked = [_book(r, places, who, when)[0] for r in fresh]
    nobody = sum(p.institution is None for p in booked)
    purpose = f"新登记 {len(booked)} 笔，已有 {len(known)} 笔，未识别机构 {nobody} 笔"
    area = common({payment.area for payment in booked})
    record(Act.IMPORT, who=who, when=when, where=where, kind="到账流水", about=f"{len(rows)} 笔", purpose=purpose, area=area)
    return len(booked), len(known), nobody


def _book(received: Received, places: dict[str, Institution], who: User, when: datetime) -> tuple[Payment, Decimal]:
    need(who, Right.KEEP_LEDGER)
    if received.amount <= 0:
        raise ValidationError(f"流水 {received.reference} 的金额应大于 0")
    if Payment.objects.filter(reference=received.reference).exists():
        raise ValidationError(f"流水号 {received.reference} 已经登记过")
    place = places.get(received.institution)
    if received.institution and place is None:
        raise ValidationError(f"没有编码为 {received.institution} 的定点医药机构")
    home: str = who.organisation.division_id  # pyright: ignore[reportAttributeAccessIssue]
    area = place.area if place and place.area else home
    if not who.scope(Right.KEEP_LEDGER).covers(area=area):
        raise ValidationError(f"{received.payer or received.institution}不在您的管辖范围内")
    payment = Payment.objects.create(
        institution=place,
        area=area,
        day=received.day,
        amount=received.amount,
        left=received.amount,
        reference=received.reference,
        payer=received.payer,
        note=received.note,
        by=who,
        at=when,
    )
    set_in_all = set_against(payment, who=who, when=when)
    _stop_clocks(payment, when)
    return payment, set_in_all


def _stop_clocks(payment: Payment, when: datetime) -> None:
    """Letters whose money has all come in are done."""
    for letter in Order.objects.filter(recoveries__entries__payment=payment).distinct():
        if not any(one.open for one in letter.recoveries.all()):  # type: ignore[attr-defined]
            clocks.stop(_about(letter), when=when)


@transaction.atomic
def assign_payment(payment_id: int, institution: str, *, who: User, when: datetime, where: str | None) -> Payment:
    """Say whose money it is that nobody knew, and set it against what is owed."""
    need(who, Right.KEEP_LEDGER)
    inside = who.scope(Right.KEEP_LEDGER).condition()
    payment = Payment.objects.select_for_update().filter(inside, pk=payment_id, institution=None).first()
    place = institutions_by_code().get(institution)
    if payment is None or place is None:
        raise ValidationError("没有这笔未识别的到账，或没有这家机构")
    payment.institution = place
    payment.save(update_fields=["institution"])
    set_in_all = set_against(payment, who=who, when=when)
    _stop_clocks(payment, when)
    changes = {"institution": ("", institution)}
    purpose = f"冲抵 {set_in_all} 元"
    about, area = payment.reference, payment.area
    record(Act.PAY, who=who, when=when, where=where, kind="退回款", about=about, purpose=purpose, area=area, changes=changes)
    return payment


@transaction.atomic
def write_off(recovery_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Recovery:
    """Give up what is still owed of one row, with a reason. By a head, never by whoever keeps the ledger."""
    need(who, Right.WRITE_OFF)
    if len(reason.strip()) < LEAST_REASON:
        raise ValidationError("请写明核销理由与依据")
    found = recoveries_for(who).filter(pk=recovery_id).select_for_update(of=("self",)).first()
    if found is None or found.open <= 0:
        raise ValidationError("这一笔没有可以核销的金额")
    part = found.open
    found.written_off += part
    found.save(update_fields=["written_off"])
    Entry.objects.create(recovery=found, stage=Stage.WRITTEN_OFF, amount=part, at=when, by=who, note=reason.strip()[:300])
    if found.order and not any(one.open for one in found.order.recoveries.all()):  # type: ignore[attr-defined]
        clocks.stop(_about(found.order), when=when)
    purpose, area = f"{part} 元：{reason.strip()}", found.area
    record(Act.WRITE_OFF, who=who, when=when, where=where, kind="追回", about=str(found.pk), purpose=purpose, area=area)
    return found
