"""Scenes of the rules that differ only in their list: what is played stands in `data/scenes.toml`, and is played here.

A case is one encounter of a fresh person, with what came before it. The words of a case:

    note                    what the label says
    at, level, diag, med_type, insutype, newborn, nights, doctor, oprn, dise, beside
                            visit (default), stay or purchase; level of the institution (2); diagnosis; …; nights of a stay (5);
                            rank of the doctor; operation; registered disease; further diagnoses of the settlement list
    registered              special disease that the person is registered for
    sex, age, turns, turns_tomorrow, days_old
                            the person: completed years on the day, or a number of days; else any age between two
    good, goods             what is billed and labelled: one good, or [[good, count], …]; `also`: billed, not labelled
    cnt, rx, supply, self_paid, take_home, refunded
                            how; rx = one prescription for all, or one for each good in turn
    on                      days of the stay on which it is billed ([0]); `labelled_from`: first of these lines in doubt
    window                  between which days of the year (counted from 0)
    before                  earlier encounters: cases with `days_before`
    over, cents             share of the amount that is in doubt (1), or how much of it
    whole                   the label is about the settlement, not its lines
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from yijian.city.catalogue import data
from yijian.city.institutions import PHARMACY
from yijian.city.people import START
from yijian.city.stage import Stage

Case = dict[str, Any]


@cache
def _scenes() -> dict[str, dict[str, list[Case]]]:
    return data("scenes")


def _person(stage: Stage, case: Case, day: int) -> int:
    birth = None
    if "turns" in case:
        birth = stage.birthday(day, case["turns"])
    elif "turns_tomorrow" in case:
        birth = stage.birthday(day + 1, case["turns_tomorrow"])
    elif "days_old" in case:
        birth = day - case["days_old"]
    age = case.get("age", (24, 36) if case.get("newborn") else (35, 70))
    person = stage.person(sex=2 if case.get("newborn") else case.get("sex"), age=tuple(age), birth=birth)
    if "registered" in case:
        people = stage.world.people
        people.chronic[person], people.registered[person] = stage.cat.chronic.opsp.index(case["registered"]), 1
    return person


def _encounter(stage: Stage, case: Case, person: int, day: int) -> int:
    at = case.get("at", "visit")
    if at == "purchase":
        return stage.purchase(person, stage.inst(PHARMACY), day)
    plain = {name: case[name] for name in ("diag", "med_type", "insutype", "newborn") if name in case}
    inst = stage.inst(case.get("level", 2))
    enc = stage.visit(person, inst, day, **plain) if at == "visit" else stage.stay(person, inst, day, _nights(case), **plain)
    if "doctor" in case:
        stage.seen_by(enc, case["doctor"])
    if "oprn" in case:
        stage.change(enc, oprn=stage.cat.operations.index(case["oprn"]))
    if "dise" in case:
        stage.change(enc, dise=stage.cat.chronic.opsp.index(case["dise"]))
    for diag in case.get("beside", ()):
        stage.also_has(enc, diag)
    return enc


def _nights(case: Case) -> int:
    return case.get("nights", 5)


def _billed(stage: Stage, case: Case, enc: int, day: int) -> list[int]:
    """The lines of the case; what is `also` billed comes first and is not among them."""
    for key, cnt in case.get("also", ()):
        stage.bill(enc, key, cnt, day=None if case.get("at", "visit") != "stay" else day)
    goods = case.get("goods") or [[case["good"], case.get("cnt", 1)]] if "good" in case or "goods" in case else []
    how = {name: case[name] for name in ("self_paid", "take_home", "supply") if name in case}
    lines: list[int] = []
    for offset in case.get("on", (0,)):
        for number, (key, cnt) in enumerate(goods):
            rx = case.get("rx")
            rx = rx[number % len(rx)] if isinstance(rx, list) else rx
            on = day + offset if case.get("at", "visit") == "stay" else None
            lines.append(stage.bill(enc, key, cnt, day=on, rx=rx, **how))
    return lines


def play_case(stage: Stage, rule: str, verdict: str, case: Case) -> None:
    """Put one case on stage and label it."""
    day = stage.day(*(START + one for one in case["window"])) if "window" in case else stage.day()
    person = _person(stage, case, day)
    for earlier in case.get("before", ()):
        then = day - earlier["days_before"]
        before = _encounter(stage, earlier, person, then)
        billed = _billed(stage, earlier, before, then)
        if earlier.get("refunded"):
            stage.refund(before, billed)
    enc = _encounter(stage, case, person, day)
    lines = _billed(stage, case, enc, day)[case.get("labelled_from", 0) :]
    if case.get("refunded"):
        stage.refund(enc, lines or None)
    labelled = [] if case.get("whole") else lines
    amount = round((stage.amount(lines) if labelled else stage.total(enc)) * case.get("over", 1))
    stage.label(rule, verdict, enc, labelled, amount=case.get("cents", amount), note=case["note"])


def _scene(rule: str, hits: list[Case], near: list[Case]) -> Callable[[Stage], None]:
    def play(stage: Stage) -> None:
        for n in range(stage.k):
            play_case(stage, rule, "hit", hits[n % len(hits)])
            play_case(stage, rule, "near_miss", near[n % len(near)])

    return play


SCENES = {rule: _scene(rule, cases["hit"], cases["near"]) for rule, cases in _scenes().items()}
"""Rule → its scene."""
