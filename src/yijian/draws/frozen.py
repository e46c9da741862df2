"""The list that is frozen before anybody chooses a secret: who may be drawn, with which weight, and how many."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from yijian.draws.form import Broken, Json, canonical, digest, fields, hashed, items, moment, text, whole

FORM = "yijian-draw-list/1"
KINDS = {"institutions": "机构", "inspectors": "检查人员", "experts": "专家", "assessors": "评估人员"}
HEAVIEST = 1000
WHOLE = 10_000
"""A share is said in ten-thousandths; this one means everybody who may be drawn."""
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who may be drawn. weight: tickets, 0 to 1000; recused: the reason, '' for none; cooling: when drawn lately, '' for not."""

    id: str
    stratum: str
    weight: int = 1
    recused: str = ""
    cooling: str = ""

    @property
    def drawable(self) -> bool:
        """Whether it holds tickets."""
        return self.weight > 0 and not self.recused and not self.cooling


@dataclass(frozen=True, slots=True)
class Stratum:
    """How many of a stratum are drawn: at least `number`, and at least `share` ten-thousandths of all that are listed."""

    name: str
    number: int = 0
    share: int = 0

    def count(self, listed: int, drawable: int) -> int:
        """How many of `listed`, of whom `drawable` hold tickets, are drawn. May be more than are drawable: then it cannot be.

        >>> Stratum("药店", number=2, share=2000).count(11, 9), Stratum("经办", share=10_000).count(5, 4)
        (3, 4)
        """
        return max(self.number, drawable if self.share == WHOLE else -(-self.share * listed // WHOLE))


@dataclass(frozen=True, slots=True)
class Before:
    """A redraw: hash of the record before (of its list, where nothing was drawn), and why it is drawn again."""

    hash: str
    reason: str


@dataclass(frozen=True)
class FrozenList:
    """What is fixed and published before the commitments. Make one by `freeze` or `of`, which check it."""

    title: str
    kind: str
    at: str
    bodies: tuple[str, ...]
    strata: tuple[Stratum, ...]
    objects: tuple[Candidate, ...]
    before: Before | None = None

    def plain(self) -> Json:
        """As it is written."""
        return {
            "form": FORM,
            "title": self.title,
            "kind": self.kind,
            "at": self.at,
            "bodies": list(self.bodies),
            "strata": [{"name": s.name, "number": s.number, "share": s.share} for s in self.strata],
            "objects": [
                {"id": o.id, "stratum": o.stratum, "weight": o.weight, "recused": o.recused, "cooling": o.cooling}
                for o in self.objects
            ],
            "before": {"hash": self.before.hash, "reason": self.before.reason} if self.before else None,
        }

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical list."""
        return digest(canonical(self.plain()))

    @cached_property
    def by_stratum(self) -> dict[str, list[Candidate]]:
        """All candidates of each stratum, in the order of the list."""
        found: dict[str, list[Candidate]] = {s.name: [] for s in self.strata}
        for one in self.objects:
            found[one.stratum].append(one)
        return found

    def count(self, stratum: Stratum) -> int:
        """How many of a stratum are drawn."""
        held = self.by_stratum[stratum.name]
        return stratum.count(len(held), sum(o.drawable for o in held))


def freeze(
    *,
    title: str,
    kind: str,
    at: str,
    bodies: Iterable[str],
    strata: Iterable[Stratum],
    objects: Iterable[Candidate],
    before: Before | None = None,
) -> FrozenList:
    """A list from parts in any order. Broken says in one sentence what cannot be drawn from."""
    ordered = sorted(objects, key=lambda o: (o.stratum, o.id))
    given = sorted(strata, key=lambda s: s.name)
    return _checked(FrozenList(title, kind, at, tuple(bodies), tuple(given), tuple(ordered), before))


def of(said: object) -> FrozenList:
    """A list as a file says it. Broken where it is not as docs/draws.md describes it."""
    found = fields(said, {"form", "title", "kind", "at", "bodies", "strata", "objects", "before"}, "名单")
    if found["form"] != FORM:
        raise Broken(f"名单的 form 应是 {FORM}")
    strata = [fields(s, {"name", "number", "share"}, "分层") for s in items(found["strata"], "strata ")]
    names = {"id", "stratum", "weight", "recused", "cooling"}
    objects = [fields(o, names, f"第 {n} 个对象") for n, o in enumerate(items(found["objects"], "objects "), start=1)]
    before = None if found["before"] is None else fields(found["before"], {"hash", "reason"}, "before ")
    return _checked(
        FrozenList(
            found["title"], found["kind"], found["at"], tuple(items(found["bodies"], "bodies ")),  # type: ignore[arg-type]
            tuple(Stratum(s["name"], s["number"], s["share"]) for s in strata),
            tuple(Candidate(o["id"], o["stratum"], o["weight"], o["recused"], o["cooling"]) for o in objects),
            Before(before["hash"], before["reason"]) if before is not None else None,
        )
    )  # fmt: skip


def _checked(one: FrozenList) -> FrozenList:
    text(one.title, "标题")
    if text(one.kind, "kind ") not in KINDS:
        raise Broken(f"kind 应是 {'、'.join(KINDS)} 之一")
    moment(one.at, "名单的时间")
    for body in one.bodies:
        text(body, "参与机构的名称")
    if len(set(one.bodies)) != len(one.bodies) or len(one.bodies) < 2:
        raise Broken("至少要有两个不同的机构共同抽取")
    if one.before is not None:
        hashed(one.before.hash, "前次抽取的哈希")
        text(one.before.reason, "重新抽取的理由")
    _check_strata(one)
    _check_objects(one)
    for stratum in one.strata:
        drawable = sum(o.drawable for o in one.by_stratum[stratum.name])
        if (wanted := one.count(stratum)) > drawable:
            raise Broken(f"“{stratum.name}”应抽 {wanted} 个，去掉回避、冷却和无权重的只剩 {drawable} 个")
        if not wanted:
            raise Broken(f"“{stratum.name}”一个也不抽，请写明数量或比例")
    return one


def _check_strata(one: FrozenList) -> None:
    for stratum in one.strata:
        name = text(stratum.name, "分层的名称")
        whole(stratum.number, MOST, f"“{name}”的数量")
        whole(stratum.share, WHOLE, f"“{name}”的比例（万分之几）")
    names = [s.name for s in one.strata]
    if not names or names != sorted(set(names)):
        raise Broken("分层应至少一个，按名称排序，不重复")


def _check_objects(one: FrozenList) -> None:
    names = {s.name for s in one.strata}
    last = ("", "")
    for n, o in enumerate(one.objects, start=1):
        where = f"第 {n} 个对象"
        text(o.id, f"{where}的 id ")
        if type(o.stratum) is not str or o.stratum not in names:
            raise Broken(f"{where}（{o.id}）不属于任何一个分层")
        whole(o.weight, HEAVIEST, f"{where}（{o.id}）的权重")
        text(o.recused, f"{where}（{o.id}）的回避理由", empty=True)
        text(o.cooling, f"{where}（{o.id}）的冷却说明", empty=True)
        if (here := (o.stratum, o.id)) < last:
            raise Broken(f"{where}（{o.id}）不在按分层和 id 排序的位置上")
        last = here
    id_, times = Counter(o.id for o in one.objects).most_common(1)[0] if one.objects else ("", 1)
    if times > 1:
        raise Broken(f"名单里有 {times} 个 {id_}")
