"""Every write to the register of those who can be drawn."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, need, people_with
from yijian.web.audit_log.actions import record
from yijian.web.draws.acts import Act
from yijian.web.draws.models import DrawMember
from yijian.web.draws.queries import member_for


@dataclass(frozen=True)
class Person:
    """What is registered. account: user name, of an inspector; certificate: of law enforcement, or of the expert's profession."""

    kind: str
    name: str = ""
    account: str = ""
    unit: str = ""
    field: str = ""
    certificate: str = ""
    until: date | None = None


@transaction.atomic
def register(area: str, given: Person, *, who: User, when: datetime, where: str | None) -> DrawMember:
    """Register somebody. ValidationError where something is missing, or the person is there already."""
    need(who, Right.KEEP_DRAWS)
    if area not in who.scope(Right.KEEP_DRAWS).areas:
        raise PermissionDenied
    if given.kind not in DrawMember.Kind.values:
        raise ValidationError("请选择类别：检查人员、专家或评估人员")
    account, name, unit = None, given.name.strip(), given.unit.strip()
    if given.kind == "inspectors":
        account = next((one for one in people_with(Right.VERIFY_LEADS, area) if one.username == given.account), None)
        if account is None:
            raise ValidationError("检查人员须从本区划办案人员的账号中选择")
        if not given.certificate.strip():
            raise ValidationError("检查人员须填写执法证件编号")
        name, unit = account.display_name, account.organisation.name
    if not name or not unit:
        raise ValidationError("请填写姓名和单位")
    if given.until is not None and given.until < timezone.localdate(when):
        raise ValidationError(f"证件有效期 {given.until} 已过")
    same = {"account": account} if account else {"name": name, "unit": unit}
    if DrawMember.objects.filter(kind=given.kind, area=area, ended=None, **same).exists():
        raise ValidationError("此人已经登记")
    made = DrawMember.objects.create(
        kind=given.kind, area=area, account=account, name=name[:100], unit=unit[:200], field=given.field.strip()[:50],
        certificate=given.certificate.strip()[:60], until=given.until,
    )  # fmt: skip
    _log(made, "登记", who=who, when=when, where=where)
    return made


@transaction.atomic
def end(member_id: int, *, who: User, when: datetime, where: str | None) -> DrawMember:
    """Take somebody out of the register; lists that name the person stay as they are."""
    need(who, Right.KEEP_DRAWS)
    found = member_for(who, member_id)
    if found.area not in who.scope(Right.KEEP_DRAWS).areas:
        raise PermissionDenied
    if found.ended is None:
        found.ended = timezone.localdate(when)
        found.save(update_fields=["ended"])
        _log(found, "退出", who=who, when=when, where=where)
    return found


def _log(member: DrawMember, what: str, *, who: User, when: datetime, where: str | None) -> None:
    said = f"{what}{member.get_kind_display()}"  # type: ignore[attr-defined]
    record(Act.KEEP_MEMBER, who=who, when=when, where=where, kind="抽取人员库", about=member.code, purpose=said, area=member.area)
