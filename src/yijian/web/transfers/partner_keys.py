"""Public keys of offices without accounts: who may enter them, which are in use.

A head enters a key together with the fingerprint that the other office told on another way. Whoever packs a file is
somebody else.
"""

import re
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import Http404

from yijian.trust.office import FINGERPRINT, MOST_BYTES, OfficeKey, fingerprint, own_key, read_key
from yijian.vocabulary.errors import UserError
from yijian.web.accounts.queries import Organisation, Right, User, division_name, need, partners_around
from yijian.web.audit_log.actions import record
from yijian.web.transfers.acts import Act
from yijian.web.transfers.bodies import bodies
from yijian.web.transfers.models import PartnerKey


def keys_for(user: User) -> "QuerySet[PartnerKey]":
    """Keys of the other authorities near the user's divisions, those in use first."""
    need(user, Right.SEE_TRANSFERS)
    near = {one.pk for area in user.scope(Right.SEE_TRANSFERS).areas for one in partners_around(area)}
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


def enter(
    code: str, body: str, held: bytes, area: str, heard: str, *, who: User, when: datetime, where: str | None
) -> PartnerKey:
    """Enter the key file of another authority near the area; a key that the area's head entered for it before ends.

    heard: the fingerprint as the other office told it on another way, blanks or not. ValidationError where the file is no key,
    another key than was told (which is logged), our own, another office's, or replaces what another area's head entered;
    PermissionDenied for another area.
    """
    need(who, Right.APPROVE_TRANSFERS)
    if area not in who.scope(Right.APPROVE_TRANSFERS).areas:
        raise PermissionDenied
    organisation = partners_around(area).filter(pk=code).first()
    if organisation is None:
        raise ValidationError("请从名单中选择协作部门")
    if body not in bodies():
        raise ValidationError("请选择部门类别")
    found = _read(held)
    told = "".join(heard.split()).lower()
    if len(told) != FINGERPRINT or not found.id.startswith(told):
        typed = fingerprint(told) if re.fullmatch("[0-9a-f]+", told) else "不是指纹"
        said = f"{organisation.name}：所填指纹 {typed}，文件的指纹 {found.fingerprint}"
        record(Act.REFUSE_KEY, who=who, when=when, where=where, kind="协作部门公钥", about=code, purpose=said, area=area)
        # the file's own fingerprint is not told: it would be typed instead of heard
        raise ValidationError(f"所填指纹与公钥文件不符，没有登记；请向{organisation.name}当面或电话核对指纹，并重新取得公钥文件")
    if found.id == ours(who).id:
        raise ValidationError("这是本单位自己的公钥，请上传对方的公钥文件")
    with transaction.atomic():
        _end_the_one_before(organisation, who, when)
        other = PartnerKey.objects.filter(key_id=found.id, ended=None).select_related("organisation").first()
        if other is not None:
            raise ValidationError(f"这把公钥已经登记为{other.organisation.name}的公钥")
        made = PartnerKey.objects.create(
            organisation=organisation, body=body, key_id=found.id, algorithm=found.algorithm, signing=found.signing,
            sealing=found.sealing, area=area, at=when, by=who,
        )  # fmt: skip
        _log(Act.ENTER_KEY, made, who=who, when=when, where=where)
    return made


def _end_the_one_before(organisation: Organisation, who: User, when: datetime) -> None:
    """ValidationError where another area's head entered it: whose key it is decides who reads what is sent, and is believed."""
    held = PartnerKey.objects.select_for_update().filter(organisation=organisation, ended=None).first()
    if held is None:
        return
    if held.area not in who.scope(Right.APPROVE_TRANSFERS).areas:
        raise ValidationError(f"{organisation.name}的公钥由{division_name(held.area)}登记，须由该单位更换")
    held.ended, held.ended_by = when, who
    held.save(update_fields=["ended", "ended_by"])


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
