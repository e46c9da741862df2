"""Draws for tests: lists, commitments and records of invented bodies."""

from yijian.draws.bodies import Commitment, Reveal, commitment_of
from yijian.draws.form import digest
from yijian.draws.frozen import Candidate, FrozenList, Stratum, freeze
from yijian.draws.record import Record, run

BODIES = ("示例市医疗保障局", "派驻纪检监察组")
AT = "2026-03-02T01:00:00Z"


def a_list(strata, objects, bodies=BODIES, before=None, kind="institutions") -> FrozenList:
    return freeze(title="2026年抽查", kind=kind, at=AT, bodies=bodies, strata=strata, objects=objects, before=before)


def secrets_of(frozen, salt="") -> dict[str, str]:
    return {body: digest(f"{salt}{body}".encode()) for body in frozen.bodies}


def committed(frozen, salt="") -> list[Commitment]:
    return [Commitment(b, commitment_of(frozen.hash, b, s), AT) for b, s in secrets_of(frozen, salt).items()]


def revealed(frozen, salt="") -> list[Reveal]:
    return [Reveal(b, s, AT) for b, s in secrets_of(frozen, salt).items()]


def a_record(frozen, salt="") -> Record:
    return run(frozen, committed(frozen, salt), revealed(frozen, salt))


def small() -> FrozenList:
    """Two strata, one recused, one cooling, one without weight."""
    clinics = [Candidate(f"H{n:03}", "一级", weight=n % 4 + 1) for n in range(20)]
    others = [
        Candidate("P001", "药店", recused="负责人的配偶在此任职"),
        Candidate("P002", "药店", cooling="2026-01-05 抽中"),
        Candidate("P003", "药店", weight=0),
        *(Candidate(f"P{n:03}", "药店") for n in range(4, 12)),
    ]
    return a_list([Stratum("药店", share=2000, number=2), Stratum("一级", share=2500)], clinics + others)
