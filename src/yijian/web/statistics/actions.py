"""Every write of statistics: typing, explaining, closing, handing in."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from yijian.sheets.cells import parsed
from yijian.web.accounts.queries import Right, User, division_above, division_name, need, people_with
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.frame.given import reason_given
from yijian.web.frame.states import move
from yijian.web.statistics.acts import Act
from yijian.web.statistics.forms import MONTHLY, typed_columns
from yijian.web.statistics.models import Explanation, MonthTable, TableChange, TypedFigure
from yijian.web.statistics.periods import Month, between
from yijian.web.statistics.queries import due_day, may_close, table_for
from yijian.web.statistics.sources import KINDS
from yijian.web.statistics.standing import digest_of, frozen, standing, text_of
from yijian.web.statistics.steps import STEPS, WORDS

CLOCK = "statistics_day"


def about_of(area: str, month: Month) -> str:
    """As its clock names a month."""
    return f"statistics.month:{area}-{month}"


def link_of(area: str, month: Month) -> str:
    """The page of a month's table."""
    return f"{reverse('statistics:form', args=[MONTHLY])}?area={area}&period={month}"


@transaction.atomic
def type_figures(
    area: str, month: Month, given: Mapping[tuple[str, str], str], notes: Mapping[str, str],
    *, who: User, when: datetime, where: str | None,
) -> int:  # fmt: skip
    """Set what no ledger knows. given: (column, kind) → as typed, '' = nothing; notes: column → where the numbers are from.

    How many cells have a number. ValidationError where the month is closed, something is no number, or a source is missing.
    """
    _mine(who, area)
    if MonthTable.objects.filter(area=area, month=month.first).exists():
        raise ValidationError(f"{month.title}已经关账，不能再填报；有变化的，请在下个月的表里更正")
    fresh: list[TypedFigure] = []
    for column in typed_columns():
        note = notes.get(column.key, "").strip()
        for kind in KINDS:
            try:
                value = parsed(column, given.get((column.key, kind), ""))
            except ValueError as mistake:
                raise ValidationError(f"“{column.heading}”{KINDS[kind]}{mistake}") from None
            if not isinstance(value, int | Decimal):
                continue
            if len(note) < 2:
                raise ValidationError(f"请写明“{column.heading}”的数来自哪里，例如“检查组台账”")
            fresh.append(
                TypedFigure(
                    area=area, month=month.first, column=column.key, kind=kind, value=value, note=note[:200], at=when, by=who
                )
            )
    TypedFigure.objects.filter(area=area, month=month.first).delete()
    TypedFigure.objects.bulk_create(fresh)
    said = f"{month}，{len(fresh)} 格"
    record(Act.TYPE, who=who, when=when, where=where, kind="统计月报", about=f"{area}-{month}", purpose=said, area=area)
    return len(fresh)


def _mine(who: User, area: str) -> None:
    need(who, Right.KEEP_STATISTICS)
    if not may_close(who, area):
        raise PermissionDenied


@transaction.atomic
def explain(table_id: int, reason: str, *, who: User, when: datetime, where: str | None) -> Explanation:
    """Say why the ledgers say of a closed month something else now, for all of its cells that nobody has explained.

    ValidationError where nothing differs, or no reason is given.
    """
    need(who, Right.KEEP_STATISTICS)
    table = table_for(who, table_id)
    _mine(who, table.area)
    reason = reason_given(reason)
    found = standing(table.area, between(Month(table.month.year, 1), table.of)).differences
    new = [one for one in found if one.table.pk == table.pk and one.why is None]
    if not new:
        raise ValidationError(f"{table.of.title}没有尚未说明的更正")
    cells = [[one.area, one.kind, one.column, text_of(one.was), text_of(one.now)] for one in new]
    made = Explanation.objects.create(table=table, cells=cells, reason=reason[:300], at=when, by=who)
    said = f"{table.of}，{len(cells)} 格：{reason}"[:300]
    record(Act.EXPLAIN, who=who, when=when, where=where, kind="统计月报", about=str(table.pk), purpose=said, area=table.area)
    return made


def check_closing(area: str, month: Month, today: Month) -> None:
    """ValidationError where a month is not over, closed already, or not the next one."""
    if month >= today:
        raise ValidationError(f"{month.title}还没有结束，不能关账")
    closed = MonthTable.objects.filter(area=area).order_by("-month").values_list("month", flat=True)
    last = Month(closed[0].year, closed[0].month) if closed else None
    if last and month <= last:
        done = MonthTable.objects.filter(area=area, month=month.first).select_related("by").first()
        if done is None:
            raise ValidationError(f"{last.title}已经关账，{month.title}在它之前，不能再关账；数已计入首次关账的本年累计")
        by = f"{timezone.localtime(done.closed):%Y-%m-%d %H:%M} 由{done.reporter}" if done.reporter else "凭文件"
        raise ValidationError(f"{month.title}已于 {by}关账，不能再次关账；以后的变化会作为更正计入下个月的表")
    if last and month != last.next:
        raise ValidationError(f"请按月份顺序关账：先关 {last.next.title}")


@transaction.atomic
def close(area: str, month: Month, *, who: User, when: datetime, where: str | None) -> MonthTable:
    """Freeze the figures of a month: the own part, and what the offices below handed in; and what earlier months changed by.

    ValidationError where it is not its turn (`check_closing`), or a change of an earlier month is not explained.
    """
    _mine(who, area)
    check_closing(area, month, Month(timezone.localdate(when).year, timezone.localdate(when).month))
    year = standing(area, between(Month(month.year, 1), month))
    silent = [one for one in year.differences if one.why is None]
    if silent:
        named = "、".join(dict.fromkeys(one.table.of.title for one in silent))
        raise ValidationError(f"{named}已关账的数有 {len(silent)} 格与现在的台账不同，请先在那个月的表下写明原因，再关账")
    cells, corrections = year.to_close(month)
    made = MonthTable(
        area=area, month=month.first, cells=frozen(cells), corrections=frozen(corrections),
        opening=not MonthTable.objects.filter(area=area).exists(), missing=year.missing(month),
        closed=when, by=who, reporter=who.display_name, due=due_day(area, month),
    )  # fmt: skip
    made.digest = digest_of(made)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # somebody closed it at the same moment
        raise ValidationError(f"{month.title}刚刚已经关账，请刷新页面") from None
    TableChange.objects.create(record=made, step="close", old="", new=made.state, at=when, by=who)
    said = f"{month}，哈希 {made.digest[:16]}"
    record(Act.CLOSE, who=who, when=when, where=where, kind="统计月报", about=str(made.pk), purpose=said, area=area)
    heads = people_with(Right.APPROVE_STATISTICS, area)
    clocks.tell(heads, f"{month.title}统计月报已关账，请审核报送", link=link_of(area, month), when=when)
    return made


@transaction.atomic
def hand_in(table_id: int, *, by_file: bool = False, who: User, when: datetime, where: str | None) -> MonthTable:
    """The head hands a closed month to those above; its clock stops.

    by_file: those above have a system of their own, to which `sending` packs it. ValidationError where nobody is above.
    """
    table = table_for(who, table_id)
    need(who, Right.APPROVE_STATISTICS)
    if table.area not in who.scope(Right.APPROVE_STATISTICS).areas:
        raise PermissionDenied
    if table.by_id == who.pk:  # type: ignore[attr-defined]
        raise ValidationError("填表人和单位负责人不能是同一个人，请由另一位负责人审核报送")
    above = division_above(table.area)
    if above is None and not by_file:
        raise ValidationError(f"系统里没有{division_name(table.area)}的上级区划；上级在别的系统的，请先登记它的公钥，再审核报送")
    old, to = table.state, above.code if above else ""
    table.handed, table.handed_by, table.head, table.to = when, who, who.display_name, to
    table.save(update_fields=["handed", "handed_by", "head", "to"])
    move(table, STEPS["hand_in"], TableChange, who=who, when=when, words=WORDS)
    table.save(update_fields=["state"])
    clocks.stop(about_of(table.area, table.of), CLOCK, when=when)
    name = division_name(table.area)
    told = people_with(Right.KEEP_STATISTICS, to) if to else []
    late = "（逾期）" if table.late else ""
    clocks.tell(told, f"{name}报来 {table.of.title}统计月报{late}", link=link_of(table.area, table.of), when=when)
    changes = {"状态": (WORDS[old], WORDS[table.state])}
    said = f"{table.of}，报 {to or '系统外上级'}{late}，哈希 {table.digest[:16]}"
    record(
        Act.STEP, who=who, when=when, where=where, kind="统计月报", about=str(table.pk), purpose=said, area=table.area,
        changes=changes,
    )  # fmt: skip
    return table
