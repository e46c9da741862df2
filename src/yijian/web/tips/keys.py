"""Writing to the key ring: make, confirm, change the passphrase, hand on, recover, end."""

import secrets
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404

from yijian.web.accounts.queries import Right, User, need
from yijian.web.audit_log.actions import record
from yijian.web.tips import sealing
from yijian.web.tips.acts import Act
from yijian.web.tips.keyring import READERS, RIGHTS, WITNESSES, Opened, may_confirm, own_keys, recipients, serves
from yijian.web.tips.models import TipKey, TipShare
from yijian.web.tips.receipts import SIGNS

LEAST_PASSPHRASE = 12


@transaction.atomic
def make_key(part: str, area: str, passphrase: str, *, who: User, when: datetime, where: str | None) -> TipKey:
    """Make one's own key; it counts once somebody else has confirmed it. ValidationError: short passphrase, second key."""
    if part not in ("officer", "head"):
        raise ValidationError("请选择密钥用途：受理人员或负责人")
    _may_make(who, part, area)
    if len(passphrase) < LEAST_PASSPHRASE:
        raise ValidationError(f"口令至少 {LEAST_PASSPHRASE} 个字，请用一句只有您知道、容易记住的话")
    if TipKey.objects.filter(user=who, part=part, area=area).exclude(state=TipKey.State.ENDED).exists():
        raise ValidationError("您在这个区划已有密钥；如要更换，请先停用旧的")
    return _made(part, area, sealing.fresh_pair(passphrase), who, who, when, where)


@transaction.atomic
def make_recovery(part: str, area: str, *, who: User, when: datetime, where: str | None) -> tuple[TipKey, str]:
    """Make a recovery key and its passphrase, which is shown once and goes into a safe on paper."""
    if part not in ("recovery_one", "recovery_two"):
        raise ValidationError("请选择恢复密钥甲或乙")
    _may_make(who, part, area)
    if TipKey.objects.filter(user=None, part=part, area=area).exclude(state=TipKey.State.ENDED).exists():
        raise ValidationError("这个区划已有这把恢复密钥；如要更换，请先停用旧的")
    passphrase = "-".join("".join(secrets.choice(SIGNS) for _ in range(5)) for _ in range(6))
    return _made(part, area, sealing.fresh_pair(passphrase), None, who, when, where), passphrase


def _may_make(who: User, part: str, area: str) -> None:
    need(who, RIGHTS[part])
    if not serves(who, RIGHTS[part], area):
        raise PermissionDenied


def _made(part: str, area: str, pair: sealing.Locked, user: User | None, by: User, when: datetime, where: str | None) -> TipKey:
    key = TipKey.objects.create(
        user=user, part=part, area=area, public=pair.public, salt=pair.salt, locked=pair.locked, ops=pair.ops, mem=pair.mem,
        made=when, by=by,
    )  # fmt: skip
    _log(Act.KEY_MADE, key, who=by, when=when, where=where)
    return key


@transaction.atomic
def confirm(key_id: int, opened: Opened, *, who: User, when: datetime, where: str | None) -> TipKey:
    """Vouch for a key after comparing its fingerprint with its owner; from now on tips are sealed to it.

    Where the area has keys in use, whoever vouches must have opened one of his: an account that somebody invented has none.
    """
    key = _key(key_id, who)
    if not may_confirm(who, key):
        raise ValidationError("这把密钥不由您核认：受理一方的由负责人核认，负责人一方的由受理人员核认，不能核认自己生成的")
    in_use = TipKey.objects.filter(area=key.area, state=TipKey.State.ACTIVE, user__isnull=False)
    if in_use.exists() and not in_use.filter(user=who, pk__in=list(opened)).exists():
        raise ValidationError("请先输入口令打开您自己的在用密钥，再核认别人的密钥")
    key.state, key.confirmed_by, key.confirmed_at = TipKey.State.ACTIVE, who, when
    key.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    _log(Act.KEY_CONFIRMED, key, who=who, when=when, where=where)
    return key


@transaction.atomic
def change_passphrase(key_id: int, old: str, new: str, *, who: User, when: datetime, where: str | None) -> TipKey:
    """Lock one's own key with another passphrase."""
    key = next((one for one in own_keys(who) if one.pk == key_id), None)
    if key is None:
        raise Http404("您没有这把密钥。")
    if len(new) < LEAST_PASSPHRASE:
        raise ValidationError(f"新口令至少 {LEAST_PASSPHRASE} 个字")
    try:
        pair = sealing.lock(sealing.unlock(key.kept, old), new)
    except sealing.CannotOpen:
        raise ValidationError("原口令不对，口令没有更换") from None
    key.salt, key.locked, key.ops, key.mem = pair.salt, pair.locked, pair.ops, pair.mem
    key.save(update_fields=["salt", "locked", "ops", "mem"])
    _log(Act.KEY_LOCKED, key, who=who, when=when, where=where)
    return key


@transaction.atomic
def hand_on(area: str, opened: Opened, *, who: User, when: datetime, where: str | None) -> int:
    """Seal what one can open to those of the same side who cannot yet, such as a new colleague. How many shares that made."""
    mine = set(opened) & {key.pk for key in own_keys(who) if key.area == area and key.state == TipKey.State.ACTIVE}
    if not mine:
        raise ValidationError("请先输入口令打开您在这个区划的在用密钥")
    made = _hand_on(area, {pk: opened[pk] for pk in mine})
    record(Act.SHARED, who=who, when=when, where=where, kind="举报密钥", about=area, area=area, purpose=f"{made} 份")
    return made


@transaction.atomic
def recover(area: str, part: str, passphrase: str, *, who: User, when: datetime, where: str | None) -> int:
    """The same with a recovery key from the safe, where nobody in post can open the tips any more."""
    if part not in ("recovery_one", "recovery_two"):
        raise ValidationError("请选择恢复密钥甲或乙")
    _may_make(who, part, area)
    key = TipKey.objects.filter(user=None, part=part, area=area, state=TipKey.State.ACTIVE).first()
    if key is None:
        raise ValidationError("这个区划没有这把在用的恢复密钥")
    try:
        private = sealing.unlock(key.kept, passphrase.strip())
    except sealing.CannotOpen:
        raise ValidationError("恢复密钥的口令不对，请核对纸面上的字符（不含数字 0、1 和字母 I、L、O）") from None
    made = _hand_on(area, {key.pk: private})
    record(Act.SHARED, who=who, when=when, where=where, kind="举报密钥", about=area, area=area, purpose=f"恢复密钥，{made} 份")
    return made


def _hand_on(area: str, opened: Opened) -> int:
    made = 0
    for parts, kinds in ((READERS, ("content", "identity_one")), (WITNESSES, ("identity_two",))):
        to = recipients(area, parts)
        shares = TipShare.objects.filter(key_id__in=list(opened), part__in=kinds, tip__area=area)
        for share in shares.iterator(chunk_size=500):
            others = TipShare.objects.filter(tip=share.tip, message=share.message, part=share.part)
            held = set(others.values_list("key_id", flat=True))
            secret = sealing.unseal(opened[share.key_id], bytes(share.sealed))  # type: ignore[attr-defined]
            for key in to:
                if key.pk not in held:
                    sealed = sealing.seal(bytes(key.public), secret)
                    TipShare.objects.create(tip=share.tip, message=share.message, part=share.part, key=key, sealed=sealed)
                    made += 1
    return made


@transaction.atomic
def end_key(key_id: int, *, who: User, when: datetime, where: str | None) -> TipKey:
    """A key is not used any more: its private half and what was sealed to it are deleted.

    Its owner, or a head of the area. ValidationError where nobody else could open a tip then.
    """
    key = _key(key_id, who)
    if key.user_id != who.pk and not serves(who, Right.APPROVE_TIPS, key.area):  # type: ignore[attr-defined]
        raise PermissionDenied
    if key.state == TipKey.State.ENDED:
        raise ValidationError("这把密钥已经停用")
    side = READERS if key.part in READERS else WITNESSES
    others = TipShare.objects.filter(key__in=[one for one in recipients(key.area, side) if one.pk != key.pk])
    for part in set(key.shares.values_list("part", flat=True)):  # type: ignore[attr-defined]
        mine = key.shares.filter(part=part)  # type: ignore[attr-defined]
        lone = mine.filter(message=None).exclude(tip__in=others.filter(part=part, message=None).values("tip"))
        lone_messages = mine.exclude(message=None).exclude(message__in=others.exclude(message=None).values("message"))
        if lone.exists() or lone_messages.exists():
            raise ValidationError("有举报只有这把密钥能打开，请先由本人“补发密钥”给其他在用密钥，再停用")
    key.shares.all().delete()  # type: ignore[attr-defined]
    key.state, key.ended_by, key.ended_at, key.locked = TipKey.State.ENDED, who, when, b""
    key.save(update_fields=["state", "ended_by", "ended_at", "locked"])
    _log(Act.KEY_ENDED, key, who=who, when=when, where=where)
    return key


def _key(key_id: int, who: User) -> TipKey:
    need(who, Right.SEE_TIPS)
    key = TipKey.objects.filter(pk=key_id, area__in=who.scope(Right.SEE_TIPS).areas).select_related("user").first()
    if key is None:
        raise Http404("没有这把密钥，或不在您的区划内。")
    return key


def _log(act: Act, key: TipKey, *, who: User, when: datetime, where: str | None) -> None:
    whose = key.user.username if key.user else key.get_part_display()  # type: ignore[attr-defined]
    said = f"{key.area} {whose}，指纹 {key.fingerprint}"
    record(act, who=who, when=when, where=where, kind="举报密钥", about=str(key.pk), area=key.area, purpose=said)
