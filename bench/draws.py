"""`make bench-draws`: drawing a fifth of 100,000 objects in 20 strata, beside numpy's weighted draw without replacement.

Numpy's draw is what one would otherwise do: quick, by floating point, and recomputable only by whoever has the same numpy.
Best of five each; weights are 1 to 5.
"""

from collections.abc import Callable
from time import perf_counter

import numpy as np

from bench.measure import show
from yijian.draws.bodies import Commitment, Reveal, commitment_of, new_secret
from yijian.draws.deriving import draw
from yijian.draws.form import canonical, parse
from yijian.draws.frozen import Candidate, FrozenList, Stratum, freeze
from yijian.draws.record import Record, check, run

AT = "2026-03-02T01:00:00Z"


def main(objects: int = 100_000, strata: int = 20) -> None:
    """Measure, and print a table."""
    frozen = _list(objects, strata)
    made = _record(frozen)
    content = canonical(made.plain()) + b"\n"
    ours, theirs = _best(lambda: draw(frozen, made.seed)), _best(lambda: _numpy(frozen))
    rows = [
        ("numpy Generator.choice with p, replace=False", f"{theirs:.3f}", "1.0"),
        ("draw (SHA-256 tickets)", f"{ours:.3f}", f"{ours / theirs:.1f}"),
        *(
            (name, f"{spent:.3f}", f"{spent / theirs:.1f}")
            for name, spent in (
                ("freeze: check, sort, hash", _best(lambda: _list(objects, strata).hash)),
                ("yijian draw verify: read, check, recompute", _best(lambda: check(parse(content, "")).hash)),
            )
        ),
    ]
    show(f"{objects:,} objects, {strata} strata, {len(made.result):,} drawn", ("", "seconds", "ratio"), rows)


def _list(objects: int, strata: int) -> FrozenList:
    layers = [Stratum(f"层{n:02}", share=2000) for n in range(strata)]
    candidates = [Candidate(f"H{n:011}", f"层{n % strata:02}", n % 5 + 1) for n in range(objects)]
    return freeze(title="测速", kind="institutions", at=AT, bodies=("甲", "乙"), strata=layers, objects=candidates)


def _record(frozen: FrozenList) -> Record:
    secrets = {body: new_secret() for body in frozen.bodies}
    promised = [Commitment(b, commitment_of(frozen.hash, b, s), AT) for b, s in secrets.items()]
    return run(frozen, promised, [Reveal(b, s, AT) for b, s in secrets.items()])


def _numpy(frozen: FrozenList) -> list[np.ndarray]:
    chance = np.random.default_rng(7)
    found = []
    for stratum in frozen.strata:
        weights = np.array([o.weight for o in frozen.by_stratum[stratum.name]], dtype=float)
        found.append(chance.choice(len(weights), frozen.count(stratum), replace=False, p=weights / weights.sum()))
    return found


def _best(work: Callable[[], object], times: int = 5) -> float:
    spent = []
    for _ in range(times):
        begun = perf_counter()
        work()
        spent.append(perf_counter() - begun)
    return min(spent)


if __name__ == "__main__":
    main()
