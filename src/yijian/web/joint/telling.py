"""Every write to what authorities tell each other of penalties: tell, withdraw."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Organisation, Right, User, partner_named, partners_near, people_of
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.frame.given import reason_given
from yijian.web.institutions.queries import institution
from yijian.web.joint.acts import Act
from yijian.web.joint.models import Penalised
from yijian.web.joint.parties import keeps, on_paper, tell_us
from yijian.web.joint.told import may_withdraw, told_for

SHORTENED = re.compile(r"[\u3400-\u9fff]{1,2}某{1,2}")
"""A family name and 某 for the rest: who reads it knows whom to ask, and no name stands here."""
NUMBERED = re.compile(r"\d{11,}|\d{17}[\dXx]")
"""As long as a telephone number, or a certificate's."""


@dataclass(frozen=True)
class Told:
    """What is told. place: an institution's code; giver: code of the authority for which our office enters it, '' = one's own."""

    kind: str
    place: str
    name: str
    role: str
    measure: str
    number: str
    day: date
    reason: str
    giver: str = ""

    def check(self, today: date) -> None:
        """ValidationError says what is missing or may not stand here."""
        if self.kind not in Penalised.Kind.values:
            raise ValidationError("请选择对象是机构还是医务人员")
        if institution(self.place) is None and (self.kind == "doctor" or not self.name.strip()):
            raise ValidationError("请选择机构；不是定点机构的，写明名称。医务人员须选择所在机构")
        if self.kind == "doctor" and not SHORTENED.fullmatch(self.name.strip()):
            raise ValidationError("医务人员只写姓和“某”，例如“王某某”；需要核对身份的，请向处罚机关函询")
        if self.kind == "doctor" and not self.role.strip():
            raise ValidationError("请写明医务人员的职务，例如“主治医师”")
        if min(len(one.strip()) for one in (self.measure, self.number, self.reason)) < 2:
            raise ValidationError("请写明处理、决定文号和事由")
        if any(NUMBERED.search(one) for one in (self.name, self.role, self.measure, self.reason)):
            raise ValidationError("不要写证件号码和电话")
        if self.day > today:
            raise ValidationError(f"决定日期 {self.day} 还没有到")


@transaction.atomic
def tell(area: str, given: Told, *, who: User, when: datetime, where: str | None) -> Penalised:
    """Tell the others of a penalty: another authority to our office of the area, or our office to the authorities near it."""
    giver = _giver(area, given.giver, who)
    given.check(timezone.localdate(when))
    place = institution(given.place)
    name = given.name.strip() if given.kind == "doctor" or place is None else place.name
    if Penalised.objects.filter(giver=giver, number=given.number.strip(), name=name, withdrawn="").exists():
        raise ValidationError(f"{name}的“{given.number.strip()}”已经登记过")
    made = Penalised.objects.create(
        area=area, giver=giver, kind=given.kind, institution=place, name=name, role=given.role.strip(),
        measure=given.measure.strip(), number=given.number.strip(), day=given.day, reason=given.reason.strip(), at=when, by=who,
    )  # fmt: skip
    words, link = f"{giver.name}通报处罚信息：{made.number}", reverse("joint:penalties")
    if giver.kind == Organisation.Kind.PARTNER:
        tell_us(area, words, link=link, when=when)
    else:
        for one in partners_near(area):
            clocks.tell(people_of(one, Right.ANSWER_JOINT), words, link=link, when=when)
    record(Act.TELL, who=who, when=when, where=where, kind="处罚信息", about=made.number, purpose=giver.name, area=area)
    return made


def _giver(area: str, code: str, who: User) -> Organisation:
    """In whose name the user tells it. PermissionDenied where it is not his, ValidationError where they tell it themselves."""
    if who.may(Right.ANSWER_JOINT):
        if not who.scope(Right.ANSWER_JOINT).covers(area=area) or code not in ("", who.organisation.pk):
            raise PermissionDenied
        return who.organisation
    if not keeps(who, area):
        raise PermissionDenied
    if not code:
        return who.organisation
    partner = partner_named(code, area)
    if partner is None:
        raise ValidationError("请从名单中选择协作部门")
    if not on_paper(partner):
        raise ValidationError(f"须由{partner.name}在系统中登记，不由您代办")
    return partner


@transaction.atomic
def withdraw(row_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Penalised:
    """It was wrong, or is no longer in force: it stays, marked, with the reason."""
    if not (who.may(Right.ANSWER_JOINT) or who.may(Right.KEEP_JOINT)):
        raise PermissionDenied
    row = told_for(who, row_id)
    if not may_withdraw(who, row):
        raise ValidationError("这条处罚信息由登记它的单位撤回，或已经撤回")
    row.withdrawn = reason_given(reason)[:300]
    row.save(update_fields=["withdrawn"])
    changes = {"状态": ("有效", "撤回")}
    record(
        Act.WITHDRAW, who=who, when=when, where=where, kind="处罚信息", about=row.number, purpose=row.withdrawn, area=row.area,
        changes=changes,
    )  # fmt: skip
    return row
