"""Every write to records made on the spot: the record of the inspection, interviews, and who signed them."""

import binascii
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from yijian.web.accounts.queries import User
from yijian.web.attachments.actions import attach
from yijian.web.inspections.acts import Act
from yijian.web.inspections.doing import log
from yijian.web.inspections.models import Inspection, SiteRecord, SiteSignature
from yijian.web.inspections.queries import LEAST_INSPECTORS, inspection_for, team_of
from yijian.web.inspections.visiting import AHEAD_OF_US, there
from yijian.web.papers import actions as papers

PNG = "data:image/png;base64,"
MOST_DRAWN = 400_000
"""Characters of a drawn signature."""
LEAST_TEXT = 10


@dataclass(frozen=True)
class Said:
    """What a record says. person, post: who was present or was asked."""

    kind: str
    person: str
    post: str
    place: str
    begun: datetime
    ended: datetime
    text: str

    def check(self, one: Inspection, when: datetime) -> None:
        """ValidationError says what is missing or cannot be."""
        if self.kind not in SiteRecord.Kind.values:
            raise ValidationError("请选择笔录的种类")
        if not (self.person.strip() and self.post.strip() and self.place.strip()) or len(self.text.strip()) < LEAST_TEXT:
            raise ValidationError(f"请写明在场人或被询问人、职务、地点和内容，内容至少 {LEAST_TEXT} 个字")
        if one.arrived is None or not one.arrived - AHEAD_OF_US <= self.begun < self.ended <= when + AHEAD_OF_US:
            raise ValidationError("笔录的起止时间应在到场之后、现在之前，开始早于结束")


@transaction.atomic
def write(inspection_id: int, said: Said, *, record_id: int = 0, who: User, when: datetime, where: str | None) -> SiteRecord:
    """Write a record, or a new version of one, which wants its signatures anew. ValidationError says what is missing."""
    one = there(inspection_id, who)
    said.check(one, when)
    words = {
        "person": said.person.strip()[:100], "post": said.post.strip()[:100], "place": said.place.strip()[:200],
        "begun": said.begun, "ended": said.ended, "text": said.text.strip(),
    }  # fmt: skip
    if record_id:
        made = record_of(one, record_id)
        if made.kind != said.kind:
            raise ValidationError("笔录的种类不能改，请另做一份")
        for name, value in words.items():
            setattr(made, name, value)
        made.version, made.by, made.at = made.version + 1, who, when
        made.save()
    else:
        made = SiteRecord.objects.create(inspection=one, kind=said.kind, by=who, at=when, **words)
    papers.write(
        f"inspection_{made.kind}", f"inspections.record:{made.pk}",
        {
            "inspection": one.number, "subject": one.who, "person": made.person, "post": made.post, "place": made.place,
            "begun": moment(made.begun), "ended": moment(made.ended), "text": made.text,
            "team": "、".join(f"{m.name}（{m.certificate}）" if m.certificate else m.name for m in team_of(one)),
        },
        area=one.area, organ=who.organisation.name, who=who, when=when, where=where,
    )  # fmt: skip
    log(Act.RECORD, one, one.state, who=who, when=when, where=where, purpose=f"{made} 第 {made.version} 版")
    return made


@transaction.atomic
def sign(
    inspection_id: int, record_id: int, role: str, name: str, *, version: int, drawn: str = "", refused: str = "",
    files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None,
) -> SiteSignature:  # fmt: skip
    """Somebody signs the version that he has read, on the screen or on paper that is attached; or says why he does not.

    An inspector signs for himself. ValidationError where the record was changed since, or there is neither signature nor reason.
    """
    one = there(inspection_id, who)
    record = record_of(one, record_id)
    if version != record.version:
        raise ValidationError("笔录已经改过，请刷新页面，看过新的内容再签名")
    if role not in SiteSignature.Role.values:
        raise ValidationError("请选择签名人的身份")
    account = None
    if role == SiteSignature.Role.INSPECTOR.value:
        if refused.strip():
            raise ValidationError("检查人员须签名；不同意笔录内容的，请先更正笔录")
        member = next(m for m in team_of(one) if m.account_id == who.pk)  # type: ignore[attr-defined]
        account, name = who, member.name
    name, refused = name.strip()[:100], " ".join(refused.split())[:200]
    if not name:
        raise ValidationError("请写明签名人的姓名")
    held = [*([picture(drawn)] if drawn.strip() else []), *files]
    if not held and len(refused) < 4:
        raise ValidationError("请在签名框里签名，或上传签名的扫描件；拒绝签名的，请写明理由，至少 4 个字")
    if SiteSignature.objects.filter(record=record, version=version, role=role, name=name).exists():
        raise ValidationError(f"{name}已经在这一版笔录上签过")
    made = SiteSignature.objects.create(
        record=record, version=version, role=role, name=name, account=account, refused="" if held else refused, at=when, by=who
    )
    attach(f"inspections.signature:{made.pk}", held, who=who, when=when, where=where)
    said = f"{record} 第 {version} 版，{made.get_role_display()}{'签名' if held else '拒签'}"  # type: ignore[attr-defined]
    log(Act.SIGN, one, one.state, who=who, when=when, where=where, purpose=said)
    return made


def picture(drawn: str) -> "UploadedFile[bytes]":
    """A signature as a page's canvas gives it. ValidationError where it is no picture; whether it is a PNG says `attach`."""
    if not drawn.startswith(PNG) or len(drawn) > MOST_DRAWN:
        raise ValidationError("签名的图片看不懂，请重新签名，或上传扫描件")
    try:
        return SimpleUploadedFile("签名.png", b64decode(drawn[len(PNG) :], validate=True), "image/png")
    except (binascii.Error, ValueError):
        raise ValidationError("签名的图片看不懂，请重新签名，或上传扫描件") from None


def record_for(user: User, inspection_id: int, record_id: int) -> SiteRecord:
    """A record of an inspection that the user may see. Http404 if there is none."""
    return record_of(inspection_for(user, inspection_id), record_id)


def record_of(one: Inspection, record_id: int) -> SiteRecord:
    """A record of this inspection. Http404 if there is none."""
    found = SiteRecord.objects.filter(inspection=one, pk=record_id).first()
    if found is None:
        raise Http404("这次检查没有这份笔录。")
    return found


def missing(record: SiteRecord) -> str:
    """What a record still lacks of its signatures, in words; '' where nothing."""
    signed = list(record.signatures.filter(version=record.version))  # type: ignore[attr-defined]
    inspectors = {one.account_id for one in signed if one.role == "inspector"}
    if len(inspectors) < LEAST_INSPECTORS:
        return f"检查人员签名 {len(inspectors)} 个，须 {LEAST_INSPECTORS} 个"
    subject = [one for one in signed if one.role == "subject"]
    if not subject:
        return "被检查方没有签名，也没有写明拒签理由"
    if all(one.refused for one in subject) and not any(one.role == "witness" for one in signed):
        return "被检查方拒签的，须有见证人签名"
    return ""


def moment(value: datetime) -> str:
    """As records say a time."""
    local = timezone.localtime(value)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02}分"
