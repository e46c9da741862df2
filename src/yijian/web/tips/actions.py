"""Work on a tip: open, screen, write to the tipster and hear from him, conclude, tell the result.

Identities: `unsealing.py`; destroying: `erasing.py`; keys: `keys.py`; taking in: `receiving.py`.
"""

import json
import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, need, people_with
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.frame.states import move
from yijian.web.leads.actions import Given, register
from yijian.web.leads.steps import PROVED
from yijian.web.tips import receipts, sealing
from yijian.web.tips.acts import Act
from yijian.web.tips.keyring import Opened, serves
from yijian.web.tips.models import Tip, TipChange, TipMessage, TipShare
from yijian.web.tips.queries import tip_for
from yijian.web.tips.receiving import SCREENING, share
from yijian.web.tips.steps import STEPS, WORDS

FEEDBACK = "tip_feedback"
LEAST_MESSAGE, MOST_MESSAGE = 4, 5000


class Content(NamedTuple):
    """What a tip says. files: kind and size of each attachment."""

    subject: str
    text: str
    files: list[dict[str, Any]]


class Spoken(NamedTuple):
    """A message that was opened; text None where no open key opens it."""

    incoming: bool
    at: datetime
    by: User | None
    text: str | None


@cache
def reasons() -> dict[str, dict[str, str]]:
    """Step → word → title of the reasons that may be chosen."""
    return tomllib.loads((Path(__file__).parent / "reasons.toml").read_text(encoding="utf-8"))


@transaction.atomic
def open_tip(tip_id: int, opened: Opened, *, who: User, when: datetime, where: str | None) -> tuple[Tip, Content, list[Spoken]]:
    """What the tip and its messages say; each time is logged. ValidationError where none of the open keys opens it."""
    tip = _handled(tip_id, who)
    key = _key(tip, opened)
    said = json.loads(sealing.decrypt(key, bytes(tip.content or b"")))
    _log(Act.OPEN, tip, who=who, when=when, where=where)
    return tip, Content(said["subject"], said["text"], said["files"]), _messages(tip, opened)


@transaction.atomic
def open_file(tip_id: int, place: int, opened: Opened, *, who: User, when: datetime, where: str | None) -> tuple[str, bytes]:
    """(kind, content) of an attachment; each time is logged. Http404 where there is none of that place."""
    tip = _handled(tip_id, who)
    key = _key(tip, opened)
    file = tip.files.filter(place=place).first()  # type: ignore[attr-defined]
    if file is None:
        raise Http404("没有这个附件。")
    said = json.loads(sealing.decrypt(key, bytes(tip.content or b"")))
    _log(Act.FILE, tip, who=who, when=when, where=where, purpose=f"附件 {place}")
    return said["files"][place - 1]["kind"], sealing.decrypt(key, bytes(file.body))


@transaction.atomic
def accept(tip_id: int, lead: Given, *, who: User, when: datetime, where: str | None) -> Tip:
    """Take it up: it becomes a lead, which says what the officer writes and nothing of who gave the tip."""
    tip = _handled(tip_id, who)
    _step(tip, "accept", who=who, when=when)
    clocks.stop(_about(tip), SCREENING, when=when)
    register(lead, tip.area, who=None, when=when, where=None)
    _log(Act.ACCEPT, tip, who=who, when=when, where=where)
    return tip


@transaction.atomic
def turn_away(tip_id: int, word: str, reason: str, words: str, *, who: User, when: datetime, where: str | None) -> Tip:
    """Reject it or pass it on (word), for one of the `reasons`; words: what the tipster reads at his receipt."""
    if word not in reasons() or reason not in reasons()[word]:
        raise ValidationError("请从名单中选择不予受理的原因，或转往的部门")
    tip = _handled(tip_id, who)
    clocks.stop(_about(tip), SCREENING, when=when)
    _decide(tip, "rejected" if word == "reject" else "passed_on", when)
    _step(tip, word, who=who, when=when, reason=reasons()[word][reason])
    _write(tip, words, who=who, when=when)
    act = Act.REJECT if word == "reject" else Act.PASS_ON
    _log(act, tip, who=who, when=when, where=where, purpose=reasons()[word][reason])
    return tip


@transaction.atomic
def feedback(tip_id: int, words: str, *, who: User, when: datetime, where: str | None) -> Tip:
    """Tell the tipster what came of it; that closes the tip. Those who left a telephone are told by it too."""
    tip = _handled(tip_id, who)
    _step(tip, "feedback", who=who, when=when)
    clocks.stop(_about(tip), when=when)
    _write(tip, words, who=who, when=when)
    _log(Act.FEEDBACK, tip, who=who, when=when, where=where)
    return tip


@transaction.atomic
def write(tip_id: int, words: str, *, who: User, when: datetime, where: str | None) -> Tip:
    """Ask or tell the tipster something at his receipt."""
    tip = _handled(tip_id, who)
    if tip.state == "erased":
        raise ValidationError("这件举报已销毁，不能留言")
    _write(tip, words, who=who, when=when)
    _log(Act.MESSAGE, tip, who=who, when=when, where=where)
    return tip


def begins_like_one(code: str) -> bool:
    """Whether a receipt code begins like that of some tip. No secret: the secret is what follows."""
    known = receipts.read(code)
    return bool(known) and Tip.objects.filter(handle=known[: receipts.HANDLE]).exists()


def holder(code: str) -> tuple[Tip, receipts.Keys]:
    """The tip of a receipt code, with its keys. ValidationError, as slowly, for a code that is none."""
    known = receipts.read(code)
    tip = Tip.objects.filter(handle=known[: receipts.HANDLE]).first() if known else None
    keys = receipts.keys_of(known or "2" * receipts.LENGTH, bytes(tip.receipt_salt) if tip else receipts.fresh_salt())
    if tip is None or keys.public != bytes(tip.receipt_public):
        raise ValidationError("没有这个回执码，请核对 24 位字符（不含数字 0、1 和字母 I、L、O）")
    return tip, keys


def answers(tip: Tip, keys: receipts.Keys) -> list[Spoken]:
    """What the officers wrote to the holder of the receipt, oldest first."""
    found: list[Spoken] = []
    for one in tip.messages.filter(incoming=False).order_by("at", "pk"):  # type: ignore[attr-defined]
        text = sealing.decrypt(sealing.unseal(keys.private, bytes(one.for_tipster)), bytes(one.body)).decode()
        found.append(Spoken(False, one.at, None, text))
    return found


@transaction.atomic
def reply(tip: Tip, words: str, *, when: datetime) -> None:
    """The holder of the receipt adds something. Nobody and no address stand in the log."""
    if tip.state == "erased":
        raise ValidationError("这件举报已销毁，不能再补充")
    message(tip, words, incoming=True, who=None, when=when)
    link = reverse("tips:detail", args=[tip.pk])
    clocks.tell(people_with(Right.HANDLE_TIPS, tip.area), f"{tip.number} 的举报人有新的补充", link=link, when=when)
    record(Act.REPLY, who=None, when=when, where=None, kind="举报", about=tip.number, area=tip.area)


def lead_closed(*, lead: Any, when: datetime, **_: Any) -> None:
    """A lead has ended (`leads.signals.closed`): the tips that it, and those merged into it, came from are decided."""
    todo = [lead]
    while todo:
        one = todo.pop()
        todo += list(one.merged.all())
        kind, _, key = one.about.partition(":")
        tip = Tip.objects.filter(pk=int(key), state="accepted").first() if kind == "tips.tip" else None
        if tip is not None:
            _decide(tip, "proved" if lead.result in PROVED else "unproved", when)
            move(tip, STEPS["conclude"], TipChange, who=None, when=when, words=WORDS)
            record(
                Act.CONCLUDE, who=None, when=when, where=None, kind="举报", about=tip.number, area=tip.area, purpose=tip.outcome
            )


def _handled(tip_id: int, who: User) -> Tip:
    need(who, Right.HANDLE_TIPS)
    tip = tip_for(who, tip_id)
    if not serves(who, Right.HANDLE_TIPS, tip.area):
        raise PermissionDenied
    return tip


def _key(tip: Tip, opened: Opened) -> bytes:
    shares = TipShare.objects.filter(tip=tip, message=None, part=TipShare.Part.CONTENT, key_id__in=list(opened))
    found = shares.first()
    if found is None:
        raise ValidationError(
            "这件举报没有加密给您已打开的密钥：请先输入口令；新到岗的，请同事在密钥页面“补发密钥”"
            if tip.content
            else "这件举报已销毁"
        )
    return sealing.unseal(opened[found.key_id], bytes(found.sealed))  # type: ignore[attr-defined]


def _messages(tip: Tip, opened: Opened) -> list[Spoken]:
    shares = TipShare.objects.filter(tip=tip, message__isnull=False, key_id__in=list(opened)).select_related("message")
    keys = {s.message_id: sealing.unseal(opened[s.key_id], bytes(s.sealed)) for s in shares}  # type: ignore[attr-defined]
    found = tip.messages.select_related("by").order_by("at", "pk")  # type: ignore[attr-defined]
    texts = {one.pk: sealing.decrypt(keys[one.pk], bytes(one.body)).decode() for one in found if one.pk in keys}
    return [Spoken(one.incoming, one.at, one.by, texts.get(one.pk)) for one in found]


def _write(tip: Tip, words: str, *, who: User, when: datetime) -> None:
    message(tip, words, incoming=False, who=who, when=when)


def message(tip: Tip, words: str, *, incoming: bool, who: User | None, when: datetime) -> None:
    """Keep what is said after the receipt, sealed; a part of the caller's action, which has asked for the right and logs it."""
    text = words.strip()
    if not LEAST_MESSAGE <= len(text) <= MOST_MESSAGE:
        raise ValidationError(f"请写 {LEAST_MESSAGE} 至 {MOST_MESSAGE} 个字")
    key = sealing.fresh_key()
    message = TipMessage.objects.create(
        tip=tip, incoming=incoming, at=when, by=who, body=sealing.encrypt(key, text.encode()),
        for_tipster=None if incoming else sealing.seal(bytes(tip.receipt_public), key),
    )  # fmt: skip
    share(tip, TipShare.Part.CONTENT, key, message)


def _decide(tip: Tip, outcome: str, when: datetime) -> None:
    """What came of it is known, before the step that needs it; whoever gave his name is told in time."""
    tip.outcome, tip.decided = outcome, when
    tip.save(update_fields=["outcome", "decided"])
    if tip.named:
        clocks.start(
            FEEDBACK, _about(tip), title=f"反馈 {tip.number} 的实名举报人", link=reverse("tips:detail", args=[tip.pk]),
            area=tip.area, right=Right.HANDLE_TIPS, begun=timezone.localdate(when),
        )  # fmt: skip


def _about(tip: Tip) -> str:
    return f"tips.tip:{tip.pk}"


def _step(tip: Tip, word: str, *, who: User, when: datetime, reason: str = "") -> None:
    move(tip, STEPS[word], TipChange, who=who, when=when, reason=reason, words=WORDS)


def _log(act: Act, tip: Tip, *, who: User | None, when: datetime, where: str | None, purpose: str = "") -> None:
    record(act, who=who, when=when, where=where, kind="举报", about=tip.number, area=tip.area, purpose=purpose)
