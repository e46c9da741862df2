"""Drawing inpatient settlements for second review: stratified, seeded, and the same again from the same lake, seed and share.

In each stratum (division × kind of institution) as many as the share asks for, rounded up: those whose SHA-256 of
`seed|setl_id` is smallest. Nobody can choose the seed's outcome after seeing it, and anyone can draw it again.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal


@dataclass(frozen=True)
class Stratum:
    """A division and a kind of institution, with the settlements in it and those that were drawn."""

    area: str
    kind: str
    size: int
    drawn: tuple[str, ...]


def draw(population: Mapping[tuple[str, str], Sequence[str]], seed: str, share: Decimal) -> list[Stratum]:
    """Settlements by (division, kind) → the strata, in order, with what was drawn from each."""
    strata: list[Stratum] = []
    for (area, kind), ids in sorted(population.items()):
        wanted = int((share * len(ids)).to_integral_value(ROUND_CEILING))
        ranked = sorted(ids, key=lambda one: hashlib.sha256(f"{seed}|{one}".encode()).digest())
        strata.append(Stratum(area, kind, len(ids), tuple(sorted(ranked[:wanted]))))
    return strata
