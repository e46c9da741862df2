"""Who gave a tip is seen only where two people want it: an officer asks, a head agrees with his own half."""

import json
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.urls import reverse

from yijian.web.accounts.queries import Right, User, need, people_with
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.tips import sealing
from yijian.web.tips.acts import Act
from yijian.web.tips.keyring import Opened, serves
from yijian.web.tips.models import Tip, TipKey, TipShare, Unsealing
from yijian.web.tips.queries import tip_for
from yijian.web.tips.receiving import Identity

LONG = timedelta(hours=24)
"""How long an officer may look after a head agreed."""
LEAST_REASON = 4


@transaction.atomic
def ask(tip_id: int, reason: str, *, who: User, when: datetime, where: str | None) -> Unsealing:
    """An officer asks to see who gave the tip, and says why."""
    tip = _own(tip_id, who, Right.HANDLE_TIPS)
    if tip.identity is None:
        raise ValidationError("这件举报没有留下身份")
    if len(reason.strip()) < LEAST_REASON:
        raise ValidationError(f"请写明为什么要查看举报人身份，至少 {LEAST_REASON} 个字")
    if tip.unsealings.filter(officer=who, decided_at=None).exists():  # type: ignore[attr-defined]
        raise ValidationError("您已申请，请等负责人审批")
    made = Unsealing.objects.create(tip=tip, officer=who, reason=reason.strip()[:500], asked=when)
    heads = people_with(Right.APPROVE_TIPS, tip.area)
    clocks.tell(
        heads, f"{who.display_name} 申请查看 {tip.number} 的举报人身份", link=reverse("tips:detail", args=[tip.pk]), when=when
    )
    _log(Act.ASK_IDENTITY, tip, who=who, when=when, where=where, purpose=made.reason)
    return made


@transaction.atomic
def decide(unsealing_id: int, *, grant: bool, opened: Opened, who: User, when: datetime, where: str | None) -> Unsealing:
    """A head agrees, with the half that his key opens, or does not. ValidationError for one's own request or without a key."""
    asked = Unsealing.objects.select_related("tip", "officer").filter(pk=unsealing_id, decided_at=None).first()
    if asked is None:
        raise ValidationError("没有这项待审批的申请，可能已由别人审批")
    tip = _own(asked.tip.pk, who, Right.APPROVE_TIPS)
    if asked.officer == who:
        raise ValidationError("不能审批自己的申请")
    if grant:
        theirs = TipKey.objects.filter(user=asked.officer, part=TipKey.Part.OFFICER, area=tip.area, state=TipKey.State.ACTIVE)
        key = theirs.first()
        if key is None or not asked.officer.open:
            raise ValidationError("申请人没有在用的密钥，不能同意")
        half = _half(tip, TipShare.Part.IDENTITY_TWO, opened)
        asked.half, asked.until, asked.granted = sealing.seal(bytes(key.public), half), when + LONG, True
    asked.decided_by, asked.decided_at = who, when
    asked.save(update_fields=["half", "until", "granted", "decided_by", "decided_at"])
    words = f"{tip.number} 的身份查看申请{'已同意，24 小时内有效' if grant else '未获同意'}"
    clocks.tell([asked.officer], words, link=reverse("tips:detail", args=[tip.pk]), when=when)
    act = Act.GRANT_IDENTITY if grant else Act.REFUSE_IDENTITY
    _log(act, tip, who=who, when=when, where=where, purpose=f"{asked.officer.username}：{asked.reason}")
    return asked


@transaction.atomic
def see(tip_id: int, opened: Opened, *, who: User, when: datetime, where: str | None) -> tuple[Tip, Identity]:
    """Who gave the tip, for the officer to whom a head's half was sealed, while that holds. Each look is logged."""
    tip = _own(tip_id, who, Right.HANDLE_TIPS)
    granted = tip.unsealings.filter(officer=who, granted=True, until__gt=when, half__isnull=False).first()  # type: ignore[attr-defined]
    if granted is None or tip.identity is None:
        raise ValidationError("没有在有效期内的同意：请先写明理由申请，由负责人审批")
    one = _half(tip, TipShare.Part.IDENTITY_ONE, opened)
    two = _by_any(bytes(granted.half), opened)
    said = json.loads(sealing.decrypt(sealing.joined(one, two), bytes(tip.identity)))
    _log(Act.SEE_IDENTITY, tip, who=who, when=when, where=where, purpose=granted.reason)
    return tip, Identity(**said)


@transaction.atomic
def forget_halves(*, when: datetime) -> int:
    """Wipe what was sealed for looks whose time is over; how many. Called whenever tips are listed."""
    return Unsealing.objects.filter(until__lte=when, half__isnull=False).update(half=None)


def _own(tip_id: int, who: User, right: Right) -> Tip:
    need(who, right)
    tip = tip_for(who, tip_id)
    if not serves(who, right, tip.area):
        raise PermissionDenied
    if tip.state == "erased":
        raise Http404("这件举报已销毁。")
    return tip


def _half(tip: Tip, part: str, opened: Opened) -> bytes:
    found = TipShare.objects.filter(tip=tip, message=None, part=part, key_id__in=list(opened)).first()
    if found is None:
        raise ValidationError("您打开的密钥中没有这一半：请先输入口令；新到岗的，请同事“补发密钥”")
    return sealing.unseal(opened[found.key_id], bytes(found.sealed))  # type: ignore[attr-defined]


def _by_any(sealed: bytes, opened: Opened) -> bytes:
    for private in opened.values():
        try:
            return sealing.unseal(private, sealed)
        except sealing.CannotOpen:
            continue
    raise ValidationError("这项同意是给您以前的密钥的，请重新申请")


def _log(act: Act, tip: Tip, *, who: User, when: datetime, where: str | None, purpose: str) -> None:
    record(act, who=who, when=when, where=where, kind="举报", about=tip.number, area=tip.area, purpose=purpose)
