"""Destroying a tip: only a closed one, by two people, and its row stays as a tombstone. Nothing is destroyed by lapse of time."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from yijian.web.accounts.queries import Right, User, need
from yijian.web.audit_log.actions import record
from yijian.web.frame.states import move
from yijian.web.tips.acts import Act
from yijian.web.tips.keyring import serves
from yijian.web.tips.models import Erasure, Tip, TipChange, TipMessage, TipShare
from yijian.web.tips.queries import tip_for
from yijian.web.tips.steps import STEPS, WORDS

LEAST_REASON = 4


@transaction.atomic
def ask(tip_id: int, reason: str, *, who: User, when: datetime, where: str | None) -> Erasure:
    """An officer asks that a closed tip be destroyed."""
    tip = _own(tip_id, who, Right.HANDLE_TIPS)
    if tip.state != "closed":
        raise ValidationError("没有办结的举报不能销毁")
    if len(reason.strip()) < LEAST_REASON:
        raise ValidationError(f"请写明销毁的依据，至少 {LEAST_REASON} 个字")
    if Erasure.objects.filter(tip=tip).exists():
        raise ValidationError("已经申请销毁，请等负责人审批")
    asked = Erasure.objects.create(tip=tip, asked_by=who, asked=when, reason=reason.strip()[:500])
    record(Act.ASK_ERASURE, who=who, when=when, where=where, kind="举报", about=tip.number, area=tip.area, purpose=asked.reason)
    return asked


@transaction.atomic
def erase(tip_id: int, *, who: User, when: datetime, where: str | None) -> Tip:
    """A head destroys what was asked for: content, identity, attachments, messages and all keys to them."""
    tip = _own(tip_id, who, Right.APPROVE_TIPS)
    asked = Erasure.objects.filter(tip=tip, done=None).first()
    if asked is None or asked.asked_by == who:
        raise ValidationError("须先由一名受理人员申请，再由另一人销毁")
    tip.content, tip.identity = None, None
    tip.save(update_fields=["content", "identity"])
    TipShare.objects.filter(tip=tip).delete()
    TipMessage.objects.filter(tip=tip).delete()
    tip.files.all().delete()  # type: ignore[attr-defined]
    tip.unsealings.update(half=None)  # type: ignore[attr-defined]
    move(tip, STEPS["erase"], TipChange, who=who, when=when, reason=asked.reason, words=WORDS)
    asked.done_by, asked.done = who, when
    asked.save(update_fields=["done_by", "done"])
    record(Act.ERASE, who=who, when=when, where=where, kind="举报", about=tip.number, area=tip.area, purpose=asked.reason)
    return tip


def _own(tip_id: int, who: User, right: Right) -> Tip:
    need(who, right)
    tip = tip_for(who, tip_id)
    if not serves(who, right, tip.area):
        raise PermissionDenied
    return tip
