"""Every write before a draw: the list, floors, recusals; freezing, giving up, drawing again. See `taking_part` for the bodies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from yijian.draws.frozen import KINDS, WHOLE
from yijian.web.accounts.queries import Organisation, Right, User, need, people_of
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.draws.acts import Act
from yijian.web.draws.freezing import frozen_of, keep
from yijian.web.draws.models import Draw, DrawBody, DrawChange, DrawObject, DrawStratum
from yijian.web.draws.queries import draw_for, may_take
from yijian.web.draws.sources import cooling, sources
from yijian.web.draws.steps import STEPS, WORDS
from yijian.web.frame.given import reason_given
from yijian.web.frame.states import move
from yijian.web.papers import actions as papers
from yijian.web.papers.layout import Table
from yijian.web.parameters.queries import value_of

MOST_NUMBER = 1_000_000


@dataclass(frozen=True)
class Given:
    """What a draw is to be. organisations: those that take part with accounts; on_paper: names of those that hand in papers."""

    title: str
    kind: str
    organisations: Sequence[Organisation]
    on_paper: Sequence[str] = ()
    of: str = ""
    sealed_until: datetime | None = None

    def check(self, when: datetime) -> list[tuple[str, Organisation | None]]:
        """The bodies in their order. ValidationError says what is missing or cannot be."""
        if len(self.title.strip()) < 4 or self.kind not in KINDS:
            raise ValidationError("请写明抽取的名称（至少 4 个字），并选择抽取对象")
        bodies = [(one.name, one) for one in self.organisations] + [
            (name.strip(), None) for name in self.on_paper if name.strip()
        ]
        if len({name for name, _ in bodies}) < max(2, len(bodies)):
            raise ValidationError("至少要有两个不同的单位共同抽取，名称不能重复")
        if not self.organisations:
            raise ValidationError("至少要有一个参与单位用自己的账号承诺，不能全部由纸质登记")
        if any(len(name) > 200 for name, _ in bodies):
            raise ValidationError("参与单位的名称最多 200 个字")
        if self.sealed_until is not None and self.sealed_until <= when:
            raise ValidationError("密封的时间已经过去，请填写以后的时间")
        return [(name, one) for name, one in bodies]


@transaction.atomic
def prepare(area: str, given: Given, *, who: User, when: datetime, where: str | None) -> Draw:
    """Prepare a draw from those who may be drawn now. PermissionDenied outside the person's divisions."""
    need(who, Right.KEEP_DRAWS)
    if area not in who.scope(Right.KEEP_DRAWS).areas:
        raise PermissionDenied
    bodies, today = given.check(when), timezone.localdate(when)
    found = sources(given.kind, area, given.of, who, today)
    cool = cooling(given.kind, area, [one.code for one in found], today)
    draw = Draw.objects.create(
        title=given.title.strip()[:100], kind=given.kind, area=area, sealed_until=given.sealed_until, opened=when, by=who
    )
    DrawChange.objects.create(record=draw, step="prepare", old="", new="preparing", at=when, by=who)
    DrawBody.objects.bulk_create(
        DrawBody(draw=draw, place=n, name=name, organisation=one) for n, (name, one) in enumerate(bodies, start=1)
    )
    share = int(value_of("draw_share", area, today).value * WHOLE)
    floor = {"share": share} if given.kind == "institutions" else {"number": 1}
    DrawStratum.objects.bulk_create(DrawStratum(draw=draw, name=name, **floor) for name in sorted({one.stratum for one in found}))
    DrawObject.objects.bulk_create(
        (
            DrawObject(
                draw=draw, code=one.code, name=one.name, stratum=one.stratum, weight=one.weight, cooling=cool.get(one.code, "")
            )
            for one in found
        ),
        batch_size=2000,
    )
    _log(Act.PREPARE, draw, "", who=who, when=when, where=where, purpose=f"{draw.title}，{len(found)} 个对象")
    return draw


@transaction.atomic
def set_floors(draw_id: int, floors: Mapping[int, tuple[int, int]], *, who: User, when: datetime, where: str | None) -> Draw:
    """Set number and share (ten-thousandths) of strata by their key; those not named stay. ValidationError out of range."""
    draw = _preparing(draw_id, who)
    said: list[str] = []
    for stratum in draw.strata.filter(pk__in=floors):  # type: ignore[attr-defined]
        number, share = floors[stratum.pk]
        if not (0 <= number <= MOST_NUMBER and 0 <= share <= WHOLE):
            raise ValidationError(f"“{stratum.name}”的数量或比例超出范围，比例应在 0% 到 100% 之间")
        stratum.number, stratum.share = number, share
        stratum.save(update_fields=["number", "share"])
        said.append(f"{stratum.name} {number} 个、{stratum.percent}%")
    _log(Act.CHANGE, draw, draw.state, who=who, when=when, where=where, purpose="；".join(said)[:300])
    return draw


@transaction.atomic
def recuse(draw_id: int, code: str, *, reason: str, who: User, when: datetime, where: str | None) -> DrawObject:
    """Take somebody out before the list is frozen, with the reason that everybody will read."""
    draw, why = _preparing(draw_id, who), reason_given(reason)
    found = draw.objects_of.filter(code=code.strip()).first()  # type: ignore[attr-defined]
    if found is None:
        raise ValidationError(f"名单上没有编码为 {code.strip()[:40]} 的对象")
    found.recused = " ".join(why.split())[:200]
    found.save(update_fields=["recused"])
    _log(Act.CHANGE, draw, draw.state, who=who, when=when, where=where, purpose=f"{found.code} 回避：{found.recused}"[:300])
    return found


@transaction.atomic
def freeze(draw_id: int, *, who: User, when: datetime, where: str | None) -> Draw:
    """Fix the list: its hash goes out with a notice, and the bodies are asked for their commitments."""
    draw, old = _step(draw_id, "freeze", who=who, when=when)
    frozen = frozen_of(draw, when)
    keep(draw, "list", frozen)
    rows = tuple(
        (
            s.name,
            str(len(frozen.by_stratum[s.name])),
            str(sum(o.drawable for o in frozen.by_stratum[s.name])),
            str(frozen.count(s)),
        )
        for s in frozen.strata
    )
    words = {
        "title": draw.title, "kind": KINDS[draw.kind], "count": len(frozen.objects), "bodies": "、".join(frozen.bodies),
        "hash": frozen.hash, "reason": draw.reason, "before": draw.before_hash,
    }  # fmt: skip
    table = Table("应抽数", ("分层", "名单上", "可抽", "应抽"), rows, (4, 1, 1, 1))
    paper = papers.write(
        "draw_list", f"draws.draw:{draw.pk}", words, area=draw.area, organ=who.organisation.name, tables=[table],
        who=who, when=when, where=where,
    )  # fmt: skip
    draw.number, draw.list_hash, draw.frozen_at = paper.number, frozen.hash, when
    draw.save(update_fields=["number", "list_hash", "frozen_at"])
    tell_bodies(draw, f"请为“{draw.title}”作出承诺：名单已冻结（{draw.number}）", when)
    _log(Act.STEP, draw, old, who=who, when=when, where=where, purpose=f"名单的哈希 {frozen.hash}")
    return draw


@transaction.atomic
def give_up(draw_id: int, word: str, *, reason: str, who: User, when: datetime, where: str | None) -> Draw:
    """Discard what was not frozen, or declare void what was not drawn (`word`); the reason stays."""
    draw, old = _step(draw_id, "discard" if word == "discard" else "void", who=who, when=when, reason=reason)
    if draw.list_hash:
        tell_bodies(draw, f"“{draw.title}”已作废：{reason.strip()}"[:300], when)
    _log(Act.STEP, draw, old, who=who, when=when, where=where, purpose=reason.strip()[:300])
    return draw


@transaction.atomic
def redraw(draw_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Draw:
    """A new draw of the same list, floors, recusals and bodies, which names the one before and why."""
    old, before_state = _step(draw_id, "redraw", who=who, when=when, reason=reason)
    why = " ".join(reason.split())[:200]
    draw = Draw.objects.create(
        title=old.title, kind=old.kind, area=old.area, before=old, before_hash=old.record_hash or old.list_hash, reason=why,
        sealed_until=old.sealed_until if old.sealed_until and old.sealed_until > when else None,
        opened=when, by=who,
    )  # fmt: skip
    DrawChange.objects.create(record=draw, step="prepare", old="", new="preparing", at=when, by=who, reason=why)
    DrawBody.objects.bulk_create(
        DrawBody(draw=draw, place=b.place, name=b.name, organisation=b.organisation)
        for b in old.bodies.select_related("organisation")  # type: ignore[attr-defined]
    )
    DrawStratum.objects.bulk_create(
        DrawStratum(draw=draw, name=s.name, number=s.number, share=s.share)
        for s in old.strata.all()  # type: ignore[attr-defined]
    )
    fields = ("code", "name", "stratum", "weight", "recused", "cooling")
    rows = old.objects_of.values_list(*fields)  # type: ignore[attr-defined]
    copied = (DrawObject(draw=draw, **dict(zip(fields, row, strict=True))) for row in rows.iterator(chunk_size=5000))
    DrawObject.objects.bulk_create(copied, batch_size=2000)
    tell_bodies(old, f"“{old.title}”将重新抽取：{why}"[:300], when)
    _log(Act.STEP, old, before_state, who=who, when=when, where=where, purpose=f"重新抽取：{why}")
    return draw


def tell_bodies(draw: Draw, text: str, when: datetime) -> None:
    """Tell the people of the bodies that have accounts."""
    for body in draw.bodies.exclude(organisation=None).select_related("organisation"):  # type: ignore[attr-defined]
        clocks.tell(
            people_of(body.organisation, Right.TAKE_PART_IN_DRAWS), text, link=reverse("draws:detail", args=[draw.pk]), when=when
        )


def _preparing(draw_id: int, who: User) -> Draw:
    need(who, Right.KEEP_DRAWS)
    found = draw_for(who, draw_id)
    if not may_take(who, found, "freeze"):
        raise PermissionDenied
    held = Draw.objects.select_for_update().get(pk=found.pk)
    if held.state != "preparing":
        raise ValidationError(f"现在的状态是“{WORDS[held.state]}”，名单不能再改；要改请作废后重新抽取")
    return held


def _step(draw_id: int, word: str, *, who: User, when: datetime, reason: str = "") -> tuple[Draw, str]:
    """Take it through a step; the draw and its state before."""
    need(who, Right(STEPS[word].right))
    draw = draw_for(who, draw_id)
    if not may_take(who, draw, word):
        raise PermissionDenied
    old = draw.state
    move(draw, STEPS[word], DrawChange, who=who, when=when, reason=reason, words=WORDS)
    return draw, old


def _log(act: Act, draw: Draw, old: str, *, who: User, when: datetime, where: str | None, purpose: str) -> None:
    changes = {"状态": (WORDS.get(old, ""), WORDS[draw.state])} if old != draw.state else {}
    about = draw.number or str(draw.pk)
    record(act, who=who, when=when, where=where, kind="随机抽取", about=about, purpose=purpose, area=draw.area, changes=changes)
