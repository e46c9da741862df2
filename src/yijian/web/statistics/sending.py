"""A month goes upward as one signed and sealed file where systems are apart, and comes in from below.

The envelope and the keys are those of transfers (docs/transfer-file.md): a head enters the key of the other bureau there.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from yijian.trust.months import MonthSaid, Row, month_in
from yijian.trust.parcel import MONTH, Contents, open_parcel, pack
from yijian.vocabulary.errors import UserError
from yijian.web.accounts.queries import Right, User, areas_with, need, within
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.statistics.actions import CLOCK, about_of
from yijian.web.statistics.acts import Act
from yijian.web.statistics.forms import column_of, monthly
from yijian.web.statistics.models import MonthTable, TableChange
from yijian.web.statistics.periods import month_given
from yijian.web.statistics.queries import table_for
from yijian.web.statistics.sources import KINDS
from yijian.web.statistics.standing import digest_of
from yijian.web.statistics.steps import State
from yijian.web.transfers.partner_keys import PartnerKey, keys_for, known_keys

WHERE = "收到的统计文件"
BODY = "insurance"
"""What a bureau is among the authorities whose keys are kept."""
SAID = "统计文件"


def bureaus(user: User) -> "list[PartnerKey]":
    """Keys in use of other bureaus near the user's divisions; none for whoever does not see transfers."""
    if not user.may(Right.SEE_TRANSFERS):
        return []
    return [one for one in keys_for(user) if one.body == BODY and one.ended is None]


@transaction.atomic
def pack_month(table_id: int, key_id: int, *, who: User, when: datetime, where: str | None) -> tuple[str, bytes]:
    """The file of a month for another bureau: its name and bytes.

    ValidationError where the month was not handed in, or no such key is in use; PermissionDenied for another office's.
    """
    need(who, Right.KEEP_STATISTICS)
    table = table_for(who, table_id)
    if table.area not in who.scope(Right.KEEP_STATISTICS).areas:
        raise PermissionDenied
    key = next((one for one in bureaus(who) if one.pk == key_id), None)
    if key is None:
        raise ValidationError("没有登记这个单位的公钥，请负责人在“移送—公钥”页登记上级医保局的公钥")
    if table.state != State.HANDED:
        raise ValidationError(f"{table.of.title}还没有审核报送，请负责人审核报送后再制作文件")
    said = MonthSaid(
        area=table.area, month=str(table.of), form=monthly().sheet.mark, cells=table.cells, corrections=table.corrections,
        opening=table.opening, missing=table.missing, digest=table.digest, due=str(table.due), closed=table.closed.isoformat(),
        reporter=table.reporter, handed=table.handed.isoformat() if table.handed else "", head=table.head,
    )  # fmt: skip
    number = f"统计月报-{table.area}-{table.of}"
    try:
        held, head, _ = pack(settings.HOME, Contents("month", number, who.organisation.name, said), key.public, when=when)
    except UserError as mistake:
        raise ValidationError(str(mistake).rstrip("。")) from None
    purpose = f"{table.of}，给{key.organisation.name}，公钥指纹 {key.fingerprint}，清单 {head.manifest}"
    record(Act.PACK, who=who, when=when, where=where, kind=SAID, about=str(table.pk), purpose=purpose, area=table.area)
    return f"{number}.yjt", held


def take_in(held: bytes, *, who: User, when: datetime, where: str | None) -> MonthTable:
    """Keep a month that another bureau sent; its figures stand as it froze them.

    ValidationError, with a line in the log, where the file is wrong, came before, or is not its sender's to send.
    """
    need(who, Right.KEEP_STATISTICS)
    keys = known_keys()
    try:
        with transaction.atomic():
            opened = open_parcel(settings.HOME, held, {one: key.public for one, key in keys.items()}, WHERE, MONTH)
            key = keys[opened.head.sender]
            made = _kept(month_in(opened, WHERE), key, opened.proof, who, when)
            TableChange.objects.create(record=made, step="take", old="", new=made.state, at=when, by=who)
            clocks.stop(about_of(made.area, made.of), CLOCK, when=min(made.handed or when, when))
            purpose = f"{made.of}，{key.organisation.name}签名，公钥指纹 {key.fingerprint}，清单 {opened.head.manifest}"
            record(Act.TAKE, who=who, when=when, where=where, kind=SAID, about=str(made.pk), purpose=purpose, area=made.area)
            return made
    except (UserError, ValidationError) as mistake:
        said = ("；".join(mistake.messages) if isinstance(mistake, ValidationError) else str(mistake)).rstrip("。")
        about = f"{len(held)} 字节"
        record(Act.REFUSE, who=who, when=when, where=where, kind=SAID, about=about, purpose=said[:300], area=who.home)
        raise ValidationError(f"没有接收：{said}") from None


def _kept(said: MonthSaid, key: PartnerKey, proof: Sequence[str], who: User, when: datetime) -> MonthTable:
    month, home = month_given(said.month), key.organisation.division
    if key.body != BODY:
        name = key.organisation.name
        raise ValidationError(
            f"{name}的公钥登记为{key.body_title}的，统计文件只收医疗保障部门的，请负责人核对“移送—公钥”页的登记"
        )
    if month is None or not re.fullmatch(r"\d{6}", said.area):
        raise ValidationError("文件没有写明区划或月份")
    if said.area != home.pk:
        raise ValidationError(f"发件单位{key.organisation.name}的区划是 {home.pk}，文件说的是 {said.area}，不能代其他区划报送")
    areas = who.scope(Right.KEEP_STATISTICS).areas
    if said.area in areas or not any(within(area, said.area) for area in areas):
        raise ValidationError(f"{home.name}不是本单位的下级，请交它的上级单位接收")
    if said.area in areas_with(Right.KEEP_STATISTICS):
        raise ValidationError(f"{home.name}在本系统里有填报人，请由其在本系统关账、报送，不收文件")
    if said.form != monthly().sheet.mark:
        raise ValidationError("双方程序的报表栏目不同，请使用相同版本的程序")
    _check_cells(said)
    table = MonthTable(
        area=said.area, month=month.first, cells=said.cells, corrections=said.corrections, opening=said.opening,
        missing=said.missing, digest=said.digest, state=State.HANDED, closed=_moment(said.closed), by=None,
        reporter=said.reporter[:100], due=date.fromisoformat(said.due) if _is_day(said.due) else month.next.first,
        handed=_moment(said.handed), head=said.head[:100], to=who.home, proof=list(proof),
    )  # fmt: skip
    if digest_of(table) != said.digest:
        raise ValidationError("文件里的数与它自己的哈希不符")
    before = MonthTable.objects.filter(area=said.area).order_by("-month")
    same = before.filter(month=month.first).first()
    if same is not None and same.digest == said.digest:
        raise ValidationError(f"{home.name} {month.title}的统计月报已经接收过，内容相同，没有重复计入")
    if same is not None:
        raise ValidationError(f"{home.name} {month.title}已经报过另一份数，不能改写；有变化的，请它在下个月的表里更正")
    last = before.first()
    if last is None and not said.opening and month.month > 1:
        raise ValidationError(
            f"{home.name}以前没有报过，{month.title}也不是它首次关账的月份，请先接收它首次关账的月份或当年1月的文件"
        )
    if last is not None and month != last.of.next:
        raise ValidationError(f"{home.name}上一次报到 {last.of.title}，请先接收 {last.of.next.title}的文件")
    if month.last >= timezone.localdate(when):
        raise ValidationError(f"{month.title}还没有结束")
    try:
        with transaction.atomic():
            table.save(force_insert=True)
    except IntegrityError:  # somebody took one in at the same moment
        raise ValidationError(f"{home.name} {month.title}的统计月报刚刚已经接收过，没有重复计入，请刷新页面") from None
    return table


def _check_cells(said: MonthSaid) -> None:
    """ValidationError where a division lies elsewhere, a column or kind is unknown, or a number is none."""
    for part, negative in ((said.cells, False), (said.corrections, True)):
        for area, rows in part.items():
            if not within(said.area, area):
                raise ValidationError(f"文件里有不属于发件单位的区划 {area}")
            for kind, row in rows.items():
                if kind not in KINDS:
                    raise ValidationError("文件里有本程序不认识的对象")
                _check_row(row, negative=negative)


def _check_row(row: Row, *, negative: bool) -> None:
    for key, value in row.items():
        column = column_of(key)
        if column is None or not (column.figure or column.typed):
            raise ValidationError(f"文件里有本程序不认识的栏目 {key[:20]}")
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise ValidationError(f"“{column.heading}”有一格不是数字") from None
        whole = number == number.to_integral_value() if number.is_finite() else False
        if not number.is_finite() or abs(number) > Decimal(10) ** 15 or (number < 0 and not negative):
            raise ValidationError(f"“{column.heading}”有一格不是可以计入的数")
        if column.kind == "count" and not (isinstance(value, int) and whole):
            raise ValidationError(f"“{column.heading}”有一格不是整数")
        if column.kind == "yuan" and not (isinstance(value, str) and re.fullmatch(r"-?\d+\.\d\d", value)):
            raise ValidationError(f"“{column.heading}”有一格不是两位小数的金额")


def _moment(said: str) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise ValidationError("文件里的关账或报送时间看不懂") from None
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def _is_day(said: str) -> bool:
    try:
        date.fromisoformat(said)
    except ValueError:
        return False
    return True


__all__ = ["bureaus", "pack_month", "take_in"]
