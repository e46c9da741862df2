"""From a list and a seed to those who are drawn, by SHA-256 and comparing alone.

An object of weight w holds w tickets; its key is the smallest of them; the smallest keys of a stratum are drawn. Tickets are
as good as random numbers, so that at each place the chance of an object is its weight over the weights that are left.
"""

from dataclasses import dataclass
from hashlib import sha256
from heapq import nsmallest

from yijian.draws.form import Json
from yijian.draws.frozen import HEAVIEST, FrozenList

NUMBERS = [str(n).encode() for n in range(HEAVIEST + 1)]


@dataclass(frozen=True, slots=True, order=True)
class Drawn:
    """One that is drawn; key: its smallest ticket, 64 hexadecimal digits."""

    stratum: str
    key: str
    id: str

    def plain(self) -> Json:
        """As it stands in a record."""
        return {"stratum": self.stratum, "id": self.id, "key": self.key}


def key_of(seed: str, stratum: str, object_id: str, weight: int) -> bytes:
    """The smallest of the tickets 1 to `weight`, 32 bytes. weight > 0."""
    begin = f"{seed}\n{stratum}\n{object_id}\n".encode()
    if weight == 1:
        return sha256(begin + b"1").digest()
    return min([sha256(begin + n).digest() for n in NUMBERS[1 : weight + 1]])


def draw(frozen: FrozenList, seed: str) -> tuple[Drawn, ...]:
    """Who is drawn: strata by name, in each the smallest key first."""
    found: list[Drawn] = []
    for stratum in frozen.strata:
        keys = ((key_of(seed, o.stratum, o.id, o.weight), o.id) for o in frozen.by_stratum[stratum.name] if o.drawable)
        found += [Drawn(stratum.name, key.hex(), id_) for key, id_ in nsmallest(frozen.count(stratum), keys)]
    return tuple(found)
