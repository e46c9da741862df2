"""What the bodies of a draw do: commit, and show the secret; the last one to show it draws."""

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from yijian.draws.bodies import commitment_of, new_secret
from yijian.draws.form import HASH
from yijian.draws.record import Record
from yijian.web.accounts.queries import User
from yijian.web.audit_log.actions import record
from yijian.web.draws.actions import tell_bodies
from yijian.web.draws.acts import Act
from yijian.web.draws.freezing import content_of, keep, record_of
from yijian.web.draws.models import Draw, DrawBody, DrawChange, DrawFile, DrawObject
from yijian.web.draws.queries import acts_for, draw_for
from yijian.web.draws.steps import DRAW, WORDS
from yijian.web.frame.states import move
from yijian.web.papers import actions as papers
from yijian.web.papers.layout import Table

MOST_ON_PAPER = 300
"""Rows of a result that the paper shows; the record has all."""


@transaction.atomic
def commit(draw_id: int, body_id: int, commitment: str = "", *, who: User, when: datetime, where: str | None) -> str:
    """Take a body's commitment. Without one, a secret is made here and returned, once: it is not kept; else '' is returned."""
    draw, body = _body(draw_id, body_id, who)
    if body.commitment:
        raise ValidationError(f"{body.name}已经作出承诺，不能更换")
    secret, promised = "", _digits(commitment)
    if not promised:
        secret = new_secret()
        promised = commitment_of(draw.list_hash, body.name, secret)
    if not HASH.fullmatch(promised):
        raise ValidationError("承诺应是 64 位十六进制数，请核对后重新填写")
    body.commitment, body.committed_at, body.committed_by = promised, when, who
    body.save(update_fields=["commitment", "committed_at", "committed_by"])
    _log(Act.COMMIT, draw, who=who, when=when, where=where, purpose=f"{body.name} 承诺 {promised}")
    if not draw.bodies.filter(commitment="").exists():  # type: ignore[attr-defined]
        begin = f"，{timezone.localtime(draw.sealed_until):%Y-%m-%d %H:%M} 起可以揭示" if draw.sealed_until else "，请揭示秘密"
        tell_bodies(draw, f"“{draw.title}”的承诺已齐{begin}", when)
    return secret


@transaction.atomic
def reveal(draw_id: int, body_id: int, secret: str, *, who: User, when: datetime, where: str | None) -> Draw:
    """Take a body's secret; with the last one the draw is made. ValidationError before all have committed, or while sealed."""
    draw, body = _body(draw_id, body_id, who)
    if missing := draw.bodies.filter(commitment="").order_by("place").first():  # type: ignore[attr-defined]
        raise ValidationError(f"还没有{missing.name}的承诺，现在不能揭示")
    if draw.sealed_until and when < draw.sealed_until:
        raise ValidationError(f"本次抽取密封至 {timezone.localtime(draw.sealed_until):%Y-%m-%d %H:%M}，此前不接收秘密")
    if body.secret:
        raise ValidationError(f"{body.name}已经揭示")
    shown = _digits(secret)
    if not HASH.fullmatch(shown) or commitment_of(draw.list_hash, body.name, shown) != body.commitment:
        raise ValidationError(f"秘密与{body.name}的承诺不符，请核对后重新填写")
    body.secret, body.revealed_at, body.revealed_by = shown, when, who
    body.save(update_fields=["secret", "revealed_at", "revealed_by"])
    _log(Act.REVEAL, draw, who=who, when=when, where=where, purpose=body.name)
    if not draw.bodies.filter(secret="").exists():  # type: ignore[attr-defined]
        _draw(draw, who=who, when=when, where=where)
    return draw


@transaction.atomic
def fetch(draw_id: int, form: str, *, who: User, when: datetime, where: str | None) -> tuple[Draw, str]:
    """The text of the list or record; that it was fetched is logged. Http404 where there is none."""
    draw = draw_for(who, draw_id)
    try:
        content = content_of(draw, form)
    except DrawFile.DoesNotExist:
        raise Http404("还没有这份文件：名单冻结之后有名单，抽取之后有记录。") from None
    _log(Act.FETCH, draw, who=who, when=when, where=where, purpose="名单" if form == "list" else "抽取记录")
    return draw, content


def _draw(draw: Draw, *, who: User, when: datetime, where: str | None) -> None:
    made = record_of(draw, list(draw.bodies.order_by("place")))  # type: ignore[attr-defined]
    keep(draw, "record", made)
    places = {one.id: n for n, one in enumerate(made.result, start=1)}
    day = timezone.localdate(when)
    drawn = list(draw.objects_of.filter(code__in=places))  # type: ignore[attr-defined]
    for one in drawn:
        one.place, one.drawn_on = places[one.code], day
    DrawObject.objects.bulk_update(drawn, ["place", "drawn_on"], batch_size=500)
    draw.record_hash, draw.drawn_at = made.hash, when
    draw.save(update_fields=["record_hash", "drawn_at"])
    move(draw, DRAW, DrawChange, who=who, when=when, words=WORDS)
    _write(draw, made, {one.code: one.name for one in drawn}, who=who, when=when, where=where)
    tell_bodies(draw, f"“{draw.title}”已抽取，抽出 {len(drawn)} 个", when)
    _log(Act.STEP, draw, who=who, when=when, where=where, purpose=f"抽取，记录的哈希 {made.hash}")


def _write(draw: Draw, made: Record, names: dict[str, str], *, who: User, when: datetime, where: str | None) -> None:
    """The paper of the result."""
    shown = made.result[:MOST_ON_PAPER]
    rows = tuple((str(n), one.stratum, one.id, names[one.id]) for n, one in enumerate(shown, start=1))
    rest = len(made.result) - len(shown)
    words = {
        "title": draw.title, "number": draw.number, "bodies": "、".join(made.frozen.bodies), "drawn": len(made.result),
        "count": len(made.frozen.objects), "seed": made.seed, "list_hash": made.frozen.hash, "hash": made.hash,
        "rest": rest or "",
    }  # fmt: skip
    papers.write(
        "draw_result", f"draws.draw:{draw.pk}", words, area=draw.area, organ=draw.by.organisation.name,
        tables=[Table("抽取结果", ("序号", "分层", "编码", "名称"), rows, (1, 3, 3, 5))], who=who, when=when, where=where,
    )  # fmt: skip


def _body(draw_id: int, body_id: int, who: User) -> tuple[Draw, DrawBody]:
    """A frozen draw, locked, and the body for which the person acts."""
    found = draw_for(who, draw_id)
    draw = Draw.objects.select_for_update().get(pk=found.pk)
    body: DrawBody | None = draw.bodies.filter(pk=body_id).first()  # type: ignore[attr-defined]
    if body is None:
        raise ValidationError("这次抽取没有这个参与单位，请刷新页面")
    if draw.state != "frozen":
        raise ValidationError(f"现在的状态是“{WORDS[draw.state]}”，不能承诺或揭示；请刷新页面")
    if not acts_for(who, draw, body):
        raise ValidationError(f"不由您代表{body.name}：承诺和揭示由该单位自己的人员办理，拟定名单的人不能办理")
    return draw, body


def _digits(said: str) -> str:
    """Without the spaces and line ends that copying and dictating leave."""
    return re.sub(r"\s", "", said).lower()


def _log(act: Act, draw: Draw, *, who: User, when: datetime, where: str | None, purpose: str) -> None:
    record(act, who=who, when=when, where=where, kind="随机抽取", about=draw.number, purpose=purpose, area=draw.area)
