"""The yearly statement is sent to those above; until then its clock runs."""

from dataclasses import asdict
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, division_above, division_name, need, people_with
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.papers import actions as papers
from yijian.web.papers.layout import Table
from yijian.web.transfers.acts import Act
from yijian.web.transfers.models import YearStatement
from yijian.web.transfers.statement import areas_of, due_day, statement_of

CLOCK = "transfer_statement_day"


def about_of(area: str, year: int) -> str:
    """As its clock and its paper name it."""
    return f"transfers.statement:{area}-{year}"


def begin(today: date) -> int:
    """Start the clocks for last year of the offices that transferred something and have sent nothing; how many.

    Once a clock was started for an office and year it is not started again.
    """
    year, started = today.year - 1, 0
    sent = set(YearStatement.objects.filter(year=year).values_list("area", flat=True))
    for area in sorted(areas_of(year) - sent):
        about, link = about_of(area, year), f"{reverse('transfers:statement')}?year={year}"
        try:
            with transaction.atomic():
                title = f"报送 {year} 年度移送情况"
                clocks.start(
                    CLOCK, about, title=title, link=link, area=area, right=Right.KEEP_TRANSFERS, begun=date(year, 12, 31)
                )
                clocks.move(about, CLOCK, due_day(area, year))  # the notice names the day, so it does not move to a working day
                started += 1
        except IntegrityError:  # it runs already
            continue
    return started


@transaction.atomic
def send(area: str, year: int, *, who: User, when: datetime, where: str | None) -> YearStatement:
    """Send an office's statement of a year that is over to those above, as a document; the clock stops.

    ValidationError where the year is not over, it was sent, or nobody is above; PermissionDenied for another office's.
    """
    need(who, Right.KEEP_TRANSFERS)
    if area not in who.scope(Right.KEEP_TRANSFERS).areas:
        raise PermissionDenied
    if year >= timezone.localdate(when).year:
        raise ValidationError(f"{year} 年还没有结束，请在次年 1 月报送")
    if YearStatement.objects.filter(area=area, year=year).exists():
        raise ValidationError(f"{division_name(area)} {year} 年度移送情况已经报送")
    above = division_above(area)
    if above is None:
        raise ValidationError(f"系统里没有 {division_name(area)} 的上级区划，不能报送")
    lines = statement_of(area, year)
    told = [{**asdict(one), "amount": f"{one.amount:.2f}"} for one in lines]
    made = YearStatement.objects.create(area=area, year=year, lines=told, to=above.code, sent=when, by=who)
    rows = tuple(
        (one.direction, one.body, one.category, str(one.sent), f"{one.amount:,.2f}", str(one.received), str(one.accepted),
         str(one.answered), str(one.punished))
        for one in lines
    )  # fmt: skip
    head = ("方向", "部门", "类别", "移送", "金额（元）", "签收", "受理", "反馈", "处罚等")
    table = Table("年度移送情况表", head, rows, (2, 4, 8, 2, 4, 2, 2, 2, 2))
    count, office = sum(one.sent for one in lines), who.organisation.name
    words = {"year": year, "receiver": f"{above.name}医疗保障局", "office": office, "n": count}
    about = about_of(area, year)
    papers.write(
        "transfer_statement", about, words, area=area, organ=who.organisation.name, tables=(table,) if rows else (),
        who=who, when=when, where=where,
    )  # fmt: skip
    clocks.stop(about, CLOCK, when=when)
    link = f"{reverse('transfers:statement')}?year={year}"
    people = people_with(Right.KEEP_TRANSFERS, above.code)
    clocks.tell(people, f"{who.organisation.name}报送了 {year} 年度移送情况", link=link, when=when)
    said = f"{year} 年度，{len(lines)} 行，报 {above.code}"
    record(Act.STATE, who=who, when=when, where=where, kind="移送", about=f"{area}-{year}", purpose=said, area=area)
    return made
