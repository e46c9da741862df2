"""Every write to an extrapolation: draw, say what the review found, conclude, drop."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from yijian.vocabulary.home import Home
from yijian.web.accounts.queries import Right, User, need
from yijian.web.audit_log.actions import record
from yijian.web.extrapolation import drawing
from yijian.web.extrapolation.acts import Act
from yijian.web.extrapolation.drawing import Given
from yijian.web.extrapolation.estimating import Result, concluding
from yijian.web.extrapolation.models import Extrapolation, ExtrapolationChange, ExtrapolationStratum, SampledBill
from yijian.web.extrapolation.queries import extrapolation_for, may_keep
from yijian.web.extrapolation.steps import STEPS, WORDS
from yijian.web.frame.given import CENT, LEAST_REASON
from yijian.web.frame.states import move
from yijian.web.papers import actions as papers
from yijian.web.papers.layout import Table
from yijian.web.parameters.actions import next_number


@dataclass(frozen=True)
class Found:
    """What the review of a bill said. wrong: yuan of the fund, None: not reviewed; was: what the reviewer had before him."""

    wrong: Decimal | None
    reason: str = ""
    was: tuple[Decimal | None, str] | None = None


@transaction.atomic
def draw(
    given: Given, sizes: list[int], snapshot: int, *, home: Home, who: User, when: datetime, where: str | None
) -> Extrapolation:
    """Draw so many bills of each stratum. ValidationError where they cannot be, or the data is newer than what was proposed."""
    need(who, Right.KEEP_EXTRAPOLATIONS)
    today = timezone.localdate(when)
    one, begin, end = given.check(today)
    area = one.area or who.home
    if not who.scope(Right.KEEP_EXTRAPOLATIONS).covers(area=area, institution=one.pk):
        raise PermissionDenied
    proposal = drawing.propose(given, home, today)
    if proposal.snapshot != snapshot:
        raise ValidationError("数据在计算之后有更新，分层可能已变，请重新计算份数")
    drawing.check_sizes(proposal, sizes)
    number = f"推算〔{today.year}〕{area}-{next_number('推算', area, today.year)}号"
    seed = secrets.token_hex(32)
    made = Extrapolation.objects.create(
        number=number, institution=one, area=area, bills=given.bills, begin=begin, end=end, snapshot=snapshot,
        seed=seed, list_hash=drawing.list_hash(proposal), expected=given.expected, precision=given.precision,
        opened=when, by=who,
    )  # fmt: skip
    ExtrapolationChange.objects.create(record=made, step="draw", old="", new=made.state, at=when, by=who)
    rows: list[SampledBill] = []
    for place, (cut, size) in enumerate(zip(proposal.cuts, sizes, strict=True), start=1):
        stratum = ExtrapolationStratum.objects.create(
            extrapolation=made, place=place, above=cut.above, most=cut.most, units=len(cut.bills), amount=cut.amount
        )
        for bill in drawing.drawn(cut, place, size, seed):
            rows.append(
                SampledBill(
                    extrapolation=made,
                    stratum=stratum,
                    place=len(rows) + 1,
                    setl_id=bill.setl_id,
                    mdtrt_id=bill.mdtrt_id,
                    day=bill.day,
                    cost=bill.cost,
                )
            )
    SampledBill.objects.bulk_create(rows, batch_size=500)
    _log(Act.DRAW, made, "", who=who, when=when, where=where, purpose=f"{one.name}，抽取 {len(rows)} 份")
    return made


@transaction.atomic
def review(extrapolation_id: int, found: Mapping[str, Found], *, who: User, when: datetime, where: str | None) -> Extrapolation:
    """Say of bills, by settlement number, what their review found. ValidationError names the bill; then nothing is kept."""
    need(who, Right.KEEP_EXTRAPOLATIONS)
    one = _mine(extrapolation_id, who)
    if one.state != "reviewing":
        raise ValidationError(f"抽样推算现在是“{WORDS[one.state]}”，不能再登记审核结果")
    bills = {bill.setl_id: bill for bill in SampledBill.objects.select_for_update().filter(extrapolation=one, setl_id__in=found)}
    if unknown := [setl_id for setl_id in found if setl_id not in bills]:
        raise ValidationError(f"结算 {unknown[0][:40]} 不在样本里，请核对结算号")
    changed: list[SampledBill] = []
    for setl_id, said in found.items():
        bill, reason = bills[setl_id], said.reason.strip()[:300]
        _check(bill, said.wrong, reason)
        if (bill.wrong, bill.reason) != (said.wrong, reason):
            if said.was is not None and said.was != (bill.wrong, bill.reason):
                raise ValidationError(f"第 {bill.place} 份（结算 {setl_id}）在您打开页面之后由别人登记过，请刷新页面看过之后再改")
            bill.wrong, bill.reason, bill.reviewed_by = said.wrong, reason, None if said.wrong is None else who
            changed.append(bill)
    if changed:
        SampledBill.objects.bulk_update(changed, ["wrong", "reason", "reviewed_by"], batch_size=500)
        _log(Act.REVIEW, one, one.state, who=who, when=when, where=where, purpose=f"{len(changed)} 份")
    return one


def _check(bill: SampledBill, wrong: Decimal | None, reason: str) -> None:
    place = f"第 {bill.place} 份（结算 {bill.setl_id}）"
    if wrong is None:
        if reason:
            raise ValidationError(f"{place}写了违规事实，请填写违规金额")
        return
    if not 0 <= wrong <= bill.cost or wrong != wrong.quantize(CENT):
        raise ValidationError(f"{place}的违规金额应在 0 与基金支付 {bill.cost:,.2f} 元之间，最多两位小数")
    if wrong and len(reason) < LEAST_REASON:
        raise ValidationError(f"{place}有违规金额，请写明违规事实，至少 {LEAST_REASON} 个字")


@transaction.atomic
def conclude(extrapolation_id: int, *, who: User, when: datetime, where: str | None) -> Extrapolation:
    """Write down what the whole sample says. ValidationError while bills wait for their review."""
    need(who, Right.KEEP_EXTRAPOLATIONS)
    one = _mine(extrapolation_id, who)
    result = concluding(one)
    move(one, STEPS["conclude"], ExtrapolationChange, who=who, when=when, words=WORDS)
    one.concluded = when
    one.save(update_fields=["concluded"])
    words = {
        "institution": one.institution.name, "begin": one.begin, "end": one.end, "bills": one.get_bills_display(),  # type: ignore[attr-defined]
        "said": "".join(result.words), "seed": one.seed, "hash": one.list_hash, "snapshot": one.snapshot, "own": one.number,
    }  # fmt: skip
    papers.write(
        "extrapolation_note", about_of(one), words, area=one.area, organ=who.organisation.name, tables=[_table(result)],
        who=who, when=when, where=where,
    )  # fmt: skip
    _log(Act.STEP, one, "reviewing", who=who, when=when, where=where, purpose="得出结论")
    return one


@transaction.atomic
def drop(extrapolation_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Extrapolation:
    """Leave it, with a reason; it stays on record."""
    need(who, Right.KEEP_EXTRAPOLATIONS)
    one = _mine(extrapolation_id, who)
    move(one, STEPS["drop"], ExtrapolationChange, who=who, when=when, reason=reason, words=WORDS)
    _log(Act.STEP, one, "reviewing", who=who, when=when, where=where, purpose=reason.strip())
    return one


def about_of(one: Extrapolation) -> str:
    """How papers name it."""
    return f"extrapolation.extrapolation:{one.pk}"


def _mine(extrapolation_id: int, who: User) -> Extrapolation:
    """The record, held until the action ends: a review and a conclusion never run beside each other."""
    one = extrapolation_for(who, extrapolation_id)
    if not may_keep(who, one):
        raise PermissionDenied
    one.state = Extrapolation.objects.select_for_update().values_list("state", flat=True).get(pk=one.pk)
    return one


def _table(result: Result) -> Table:
    head = ("每份基金支付", "总份数", "总金额（元）", "抽查份数", "违规份数", "查实违规（元）")
    rows = tuple(
        (row.name, f"{row.units:,}", f"{row.amount:,.2f}", f"{row.drawn:,}", f"{row.wrong_units:,}", f"{row.wrong:,.2f}")
        for row in result.rows
    )
    return Table("各层抽查结果", head, rows, (3, 1, 2, 1, 1, 2))


def _log(act: Act, one: Extrapolation, old: str, *, who: User, when: datetime, where: str | None, purpose: str) -> None:
    changes = {"状态": (WORDS.get(old, ""), WORDS[one.state])} if old != one.state else None
    record(
        act, who=who, when=when, where=where, kind="抽样推算", about=one.number, purpose=purpose, area=one.area, changes=changes
    )
