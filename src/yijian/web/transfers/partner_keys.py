"""Public keys of offices without accounts: who may enter them, which are in use.

A head enters a key and compares its fingerprint with the other office on another way; whoever packs a file is somebody else.
"""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import Http404

from yijian.trust.office import MOST_BYTES, OfficeKey, own_key, read_key
from yijian.vocabulary.errors import UserError
from yijian.web.accounts.queries import Organisation, Right, User, need, partner_named, partners_near
from yijian.web.audit_log.actions import record
from yijian.web.transfers.acts import Act
from yijian.web.transfers.bodies import bodies
from yijian.web.transfers.models import PartnerKey


def keys_for(user: User) -> "QuerySet[PartnerKey]":
    """Keys of the other authorities near the user's divisions, those in use first."""
    need(user, Right.SEE_TRANSFERS)
    near = {one.pk for area in user.scope(Right.SEE_TRANSFERS).areas for one in partners_near(area)}
    found = PartnerKey.objects.filter(organisation__in=near).select_related("organisation", "by", "ended_by")
    return found.order_by(F("ended").desc(nulls_first=True), "organisation__name", "-pk")


def key_of(organisation: Organisation) -> PartnerKey | None:
    """The key of an office that is in use, or None."""
    return PartnerKey.objects.filter(organisation=organisation, ended=None).select_related("organisation").first()


def known_keys() -> dict[str, PartnerKey]:
    """Key id → key, of all that are in use."""
    return {one.key_id: one for one in PartnerKey.objects.filter(ended=None).select_related("organisation")}


def ours(user: User) -> OfficeKey:
    """This installation's own public key, made at first use."""
    return own_key(settings.HOME, user.organisation.name)


@transaction.atomic
def enter(code: str, body: str, held: bytes, area: str, *, who: User, when: datetime, where: str | None) -> PartnerKey:
    """Enter the key file of another authority near the area; a key that it had before ends.

    ValidationError where the file is no key, is our own, or another office's; PermissionDenied for another area.
    """
    need(who, Right.APPROVE_TRANSFERS)
    if area not in who.scope(Right.APPROVE_TRANSFERS).areas:
        raise PermissionDenied
    organisation = partner_named(code, area)
    if organisation is None:
        raise ValidationError("请从名单中选择协作部门")
    if body not in bodies():
        raise ValidationError("请选择部门类别")
    found = _read(held)
    if found.id == ours(who).id:
        raise ValidationError("这是本单位自己的公钥，请上传对方的公钥文件")
    other = PartnerKey.objects.filter(key_id=found.id, ended=None).select_related("organisation").first()
    if other is not None:
        raise ValidationError(f"这把公钥已经登记为{other.organisation.name}的公钥")
    PartnerKey.objects.filter(organisation=organisation, ended=None).update(ended=when, ended_by=who)
    made = PartnerKey.objects.create(
        organisation=organisation, body=body, key_id=found.id, algorithm=found.algorithm, signing=found.signing,
        sealing=found.sealing, area=area, at=when, by=who,
    )  # fmt: skip
    _log(Act.ENTER_KEY, made, who=who, when=when, where=where)
    return made


def _read(held: bytes) -> OfficeKey:
    try:
        if len(held) > MOST_BYTES:
            raise UserError("不是单位公钥文件", do="请使用 yijian transfer key 写出的文件")
        return read_key(held, "上传的文件")
    except UserError as mistake:
        raise ValidationError(str(mistake).rstrip("。")) from None


@transaction.atomic
def end(key_id: int, *, who: User, when: datetime, where: str | None) -> PartnerKey:
    """A key is used no more: nothing is packed for it, nothing opened from it. Http404 for another area's."""
    need(who, Right.APPROVE_TRANSFERS)
    areas = who.scope(Right.APPROVE_TRANSFERS).areas
    found = PartnerKey.objects.filter(pk=key_id, area__in=areas).select_related("organisation").first()
    if found is None:
        raise Http404("没有这把公钥，或不是本单位登记的。")
    if found.ended:
        raise ValidationError("这把公钥已经停用")
    found.ended, found.ended_by = when, who
    found.save(update_fields=["ended", "ended_by"])
    _log(Act.END_KEY, found, who=who, when=when, where=where)
    return found


def _log(act: Act, one: PartnerKey, *, who: User, when: datetime, where: str | None) -> None:
    said = f"{one.organisation.name}，指纹 {one.fingerprint}"
    record(act, who=who, when=when, where=where, kind="协作部门公钥", about=str(one.pk), purpose=said, area=one.area)
