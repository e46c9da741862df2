"""Commit and reveal: no body can choose the seed, and each can prove that it did not."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from yijian.draws.form import Broken, Json, digest, fields, hashed, moment, text
from yijian.draws.frozen import FrozenList

COMMITMENT, REVEAL, SEED = "yijian-draw-commitment/1", "yijian-draw-reveal/1", "yijian-draw-seed/1"


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a body published before it knew another's secret. at: universal time."""

    body: str
    commitment: str
    at: str

    def plain(self) -> Json:
        """As it stands in a record."""
        return {"body": self.body, "commitment": self.commitment, "at": self.at}


@dataclass(frozen=True, slots=True)
class Reveal:
    """The secret of a body, shown once every commitment was published."""

    body: str
    secret: str
    at: str

    def plain(self) -> Json:
        """As it stands in a record."""
        return {"body": self.body, "secret": self.secret, "at": self.at}


def new_secret() -> str:
    """256 random bits from the operating system."""
    return secrets.token_hex(32)


def commitment_of(list_hash: str, body: str, secret: str) -> str:
    """What a body publishes. It holds for this list and this body alone, so that it can be neither reused nor copied."""
    return digest(f"{COMMITMENT}\n{list_hash}\n{body}\n{secret}".encode())


def seed_of(frozen: FrozenList, reveals: Iterable[Reveal]) -> str:
    """The seed from the secrets of all bodies, in the order in which the list names them."""
    told = {r.body: r.secret for r in reveals}
    return digest("\n".join([SEED, frozen.hash, *(told[body] for body in frozen.bodies)]).encode())


def commitment(said: object) -> Commitment:
    """As a record says it. Broken otherwise."""
    found = fields(said, {"body", "commitment", "at"}, "承诺")
    body = text(found["body"], "承诺的机构")
    return Commitment(body, hashed(found["commitment"], f"{body}的承诺"), moment(found["at"], f"{body}承诺的时间"))


def reveal(said: object) -> Reveal:
    """As a record says it. Broken otherwise."""
    found = fields(said, {"body", "secret", "at"}, "揭示")
    body = text(found["body"], "揭示的机构")
    return Reveal(body, hashed(found["secret"], f"{body}揭示的秘密"), moment(found["at"], f"{body}揭示的时间"))


def check_commitments(frozen: FrozenList, commitments: "tuple[Commitment, ...]") -> None:
    """One of each body of the list, in its order, none before the list. Broken says what is wrong."""
    if missing := [body for body in frozen.bodies if body not in {c.body for c in commitments}]:
        raise Broken(f"还没有{missing[0]}的承诺")
    if tuple(c.body for c in commitments) != frozen.bodies:
        raise Broken("承诺应按名单里机构的顺序，每个机构一条")
    for one in commitments:
        if one.at < frozen.at:
            raise Broken(f"{one.body}的承诺早于名单冻结")


def check_reveals(frozen: FrozenList, commitments: "tuple[Commitment, ...]", reveals: "tuple[Reveal, ...]") -> None:
    """One of each body, after the last commitment, each matching its commitment. Broken says what is wrong."""
    if missing := [body for body in frozen.bodies if body not in {r.body for r in reveals}]:
        raise Broken(f"还没有{missing[0]}揭示的秘密")
    if tuple(r.body for r in reveals) != frozen.bodies:
        raise Broken("揭示应按名单里机构的顺序，每个机构一条")
    last = max(c.at for c in commitments)
    for held, shown in zip(commitments, reveals, strict=True):
        if shown.at < last:
            raise Broken(f"{shown.body}在所有机构作出承诺之前就揭示了秘密")
        if commitment_of(frozen.hash, shown.body, shown.secret) != held.commitment:
            raise Broken(f"{shown.body}揭示的秘密与它对这份名单的承诺不符")
