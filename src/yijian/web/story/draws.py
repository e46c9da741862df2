"""What the demo drew: institutions, then once more; inspectors and experts; a sealed list that waits for its morning."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from yijian.web.accounts.queries import By, User
from yijian.web.draws import actions, registering, taking_part
from yijian.web.draws.actions import Given
from yijian.web.draws.queries import Draw, objects_in
from yijian.web.draws.registering import Person

EXPERTS = (
    ("示例市第一医院", "骨科"), ("示例市第二医院", "骨科"), ("示例市第一医院", "药学"), ("示例市中医院", "药学"),
    ("示例市第二医院", "医保结算"), ("示例市中医院", "医保结算"),
)  # fmt: skip
TAKING_PART = ("fuze", "neishen")
"""Who brings the secrets: of the bureau, of the agency."""


def tell(cast: Mapping[str, User], now: datetime) -> int:
    """Tell it; how many draws there are."""

    def by(name: str, days: float) -> By:
        return {"who": cast[name], "when": now - timedelta(days=days), "where": None}

    area, bodies = cast["jianguan"].home, [cast[name].organisation for name in TAKING_PART]

    def prepare(title: str, kind: str, days: float, of: str = "", sealed_until: datetime | None = None) -> Draw:
        given = Given(title, kind, bodies, of=of, sealed_until=sealed_until)
        return actions.prepare(area, given, **by("jianguan", days))

    def take_part(draw: Draw, days: float) -> None:
        keys = dict(zip(TAKING_PART, draw.bodies.order_by("place").values_list("pk", flat=True), strict=True))  # type: ignore[attr-defined]
        secrets = {who: taking_part.commit(draw.pk, key, **by(who, days)) for who, key in keys.items()}
        for who, key in keys.items():
            taking_part.reveal(draw.pk, key, secrets[who], **by(who, days - 0.1))

    for n, (unit, field) in enumerate(EXPERTS, start=1):
        registering.register(area, Person("experts", f"演示专家{n}", unit=unit, field=field), **by("jianguan", 50))
    for n, officer in enumerate(("banan", "banan2"), start=1):
        person = Person("inspectors", account=officer, certificate=f"演示证{n}", until=(now + timedelta(days=700)).date())
        registering.register(area, person, **by("jianguan", 50))

    first = prepare("专项检查对象抽取", "institutions", 48, of="1")
    recused = objects_in(Draw.objects.filter(pk=first.pk), "").first()
    if recused is not None:
        actions.recuse(first.pk, recused.code, reason="检查组成员原在该院任职", **by("jianguan", 47.5))
    take_part(actions.freeze(first.pk, **by("jianguan", 47)), 46)
    second = actions.redraw(first.pk, reason="抽中的一家正在停业整顿，不能检查", **by("jianguan", 45))
    closed = objects_in(Draw.objects.filter(pk=first.pk), "drawn").first()
    if closed is not None:
        actions.recuse(second.pk, closed.code, reason="停业整顿，本次不能检查", **by("jianguan", 44.5))
    take_part(actions.freeze(second.pk, **by("jianguan", 44)), 43)
    for title, kind in (("专项检查人员抽取", "inspectors"), ("病案评审专家抽取", "experts")):
        take_part(actions.freeze(prepare(title, kind, 42).pk, **by("jianguan", 41.5)), 41)
    sealed = prepare("飞行检查对象抽取", "institutions", 2, of="2", sealed_until=now + timedelta(days=2))
    actions.freeze(sealed.pk, **by("jianguan", 1.8))
    for who, body in zip(TAKING_PART, sealed.bodies.order_by("place"), strict=True):  # type: ignore[attr-defined]
        taking_part.commit(sealed.pk, body.pk, **by(who, 1))
    prepare("年末药店抽查对象抽取", "institutions", 0.5, of="2")
    return 6
