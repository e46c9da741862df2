"""From rows to what `yijian.draws` computes with, and back to files."""

from datetime import UTC, datetime

from django.core.exceptions import ValidationError

from yijian.draws.bodies import Commitment, Reveal
from yijian.draws.form import Broken, canonical, parse
from yijian.draws.frozen import Before, Candidate, FrozenList, Stratum, freeze, of
from yijian.draws.record import Record, run
from yijian.web.draws.models import Draw, DrawBody, DrawFile


def moment(when: datetime) -> str:
    """As lists and records say a time: universal, whole seconds."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def frozen_of(draw: Draw, when: datetime) -> FrozenList:
    """The list of a draw; strata of which nobody is to be drawn stay out. ValidationError says why it cannot be drawn from."""
    strata = [Stratum(s.name, s.number, s.share) for s in draw.strata.all() if s.number or s.share]  # type: ignore[attr-defined]
    names = {s.name for s in strata}
    rows = draw.objects_of.filter(stratum__in=names).values_list(  # type: ignore[attr-defined]
        "code", "stratum", "weight", "recused", "cooling"
    )
    bodies = [body.name for body in draw.bodies.order_by("place")]  # type: ignore[attr-defined]
    before = Before(draw.before_hash, draw.reason) if draw.before_hash else None
    try:
        return freeze(
            title=draw.title, kind=draw.kind, at=moment(when), bodies=bodies, strata=strata,
            objects=[Candidate(*row) for row in rows.iterator(chunk_size=5000)], before=before,
        )  # fmt: skip
    except Broken as mistake:
        raise ValidationError(f"名单不能冻结：{mistake}") from None


def record_of(draw: Draw, bodies: list[DrawBody]) -> Record:
    """The record of a draw whose bodies have all shown their secrets. ValidationError where something does not match."""
    frozen = of(parse(content_of(draw, "list").encode(), draw.title))
    promised = [Commitment(b.name, b.commitment, moment(b.committed_at)) for b in bodies if b.committed_at]
    shown = [Reveal(b.name, b.secret, moment(b.revealed_at)) for b in bodies if b.revealed_at]
    try:
        return run(frozen, promised, shown)
    except Broken as mistake:
        raise ValidationError(f"不能抽取：{mistake}") from None


def content_of(draw: Draw, form: str) -> str:
    """The text of a draw's file. DrawFile.DoesNotExist where there is none."""
    return DrawFile.objects.get(draw=draw, form=form).content


def keep(draw: Draw, form: str, what: FrozenList | Record) -> None:
    """Keep the exact text of a file."""
    DrawFile.objects.create(draw=draw, form=form, content=canonical(what.plain()).decode() + "\n")
