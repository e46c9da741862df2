"""The draw record: one file that holds all that is needed to recompute a draw."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from yijian.draws import bodies, frozen
from yijian.draws.bodies import Commitment, Reveal, check_commitments, check_reveals, seed_of
from yijian.draws.deriving import Drawn, draw
from yijian.draws.form import Broken, Json, canonical, digest, fields, hashed, items
from yijian.draws.frozen import FrozenList

FORM = "yijian-draw/1"


@dataclass(frozen=True)
class Record:
    """A draw that was made."""

    frozen: FrozenList
    commitments: tuple[Commitment, ...]
    reveals: tuple[Reveal, ...]
    seed: str
    result: tuple[Drawn, ...]

    def _body(self) -> Json:
        return {
            "form": FORM,
            "list": self.frozen.plain(),
            "list_hash": self.frozen.hash,
            "commitments": [one.plain() for one in self.commitments],
            "reveals": [one.plain() for one in self.reveals],
            "seed": self.seed,
            "result": [one.plain() for one in self.result],
        }

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical record without its own hash."""
        return digest(canonical(self._body()))

    def plain(self) -> Json:
        """As it is written."""
        return {**self._body(), "hash": self.hash}


def run(given: FrozenList, commitments: Iterable[Commitment], reveals: Iterable[Reveal]) -> Record:
    """Draw. Commitments and reveals in any order. Broken says what is missing or does not match."""
    place = {body: n for n, body in enumerate(given.bodies)}
    committed = tuple(sorted(commitments, key=lambda c: place.get(c.body, len(place))))
    revealed = tuple(sorted(reveals, key=lambda r: place.get(r.body, len(place))))
    check_commitments(given, committed)
    check_reveals(given, committed, revealed)
    seed = seed_of(given, revealed)
    return Record(given, committed, revealed, seed, draw(given, seed))


def check(said: object) -> Record:
    """Recompute all that a record says. Broken says in one sentence what is wrong, and where."""
    names = {"form", "list", "list_hash", "commitments", "reveals", "seed", "result", "hash"}
    found = fields(said, names, "抽取记录")
    if found["form"] != FORM:
        raise Broken(f"抽取记录的 form 应是 {FORM}")
    given = frozen.of(found["list"])
    if hashed(found["list_hash"], "名单的哈希") != given.hash:
        raise Broken("名单与它的哈希不符：冻结之后被改动过")
    committed = tuple(bodies.commitment(one) for one in items(found["commitments"], "commitments "))
    revealed = tuple(bodies.reveal(one) for one in items(found["reveals"], "reveals "))
    check_commitments(given, committed)
    check_reveals(given, committed, revealed)
    seed = seed_of(given, revealed)
    if found["seed"] != seed:
        raise Broken("种子不是由揭示的秘密算出的")
    result = draw(given, seed)
    said_result = [fields(one, {"stratum", "id", "key"}, "结果") for one in items(found["result"], "result ")]
    for place, (one, right) in enumerate(zip_longest(said_result, result), start=1):
        if one is None or right is None:
            raise Broken(f"结果有 {len(said_result)} 个，应有 {len(result)} 个")
        if one != right.plain():
            raise Broken(f"结果第 {place} 个是 {one['id']}，应是“{right.stratum}”的 {right.id}（{right.key}）")
    record = Record(given, committed, revealed, seed, result)
    if found["hash"] != record.hash:
        raise Broken("记录与它的哈希不符：写出之后被改动过")
    return record
