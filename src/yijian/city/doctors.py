"""The city's doctors before the gateway: what they had written when they asked, and what they did with what they were told.

What is settled is in the lake. A doctor who follows a reminder leaves no trace there: so a draft is a settled encounter with
orders that were taken back (a slip), and reminders about what was settled are those that the doctor went on against.
Messages are those of the national interface. Everything follows from the seed and the encounter's number.
"""

import csv
from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import numpy as np

from yijian.city.catalogue import Good, catalogue, data

Message = dict[str, Any]
SLIP = "slip"
"""What the ids of orders begin with that were taken back."""
LEVELS = {"01": 3, "02": 3, "03": 3, "04": 3, "12": 3, "05": 2, "06": 2, "07": 2, "13": 2}
DISCIPLINE = (1.0, 1.0, 1.0, 0.95, 0.9, 0.8, 0.6, 0.25)
"""Shares of reminders to which an institution sends any feedback at all; each institution has one of them."""
BEFORE = (4, 45)
"""Minutes from the doctor's question to the settlement."""


@dataclass(frozen=True)
class Slip:
    """A mistake that somebody notices: see `data/doctors.toml`."""

    add: tuple[str, ...] = ()
    again: str = ""
    sex: str = ""
    least_age: int = 0
    hospital_below: int = 4
    stay: bool | None = None
    weight: int = 1

    def fits(self, patient: Mapping[str, Any], encounter: Mapping[str, Any], asked: datetime) -> bool:
        """Whether it can happen to this patient here."""
        born, stay = str(patient["brdy"])[:4], str(encounter["med_type"])[:1] == "2"
        level = LEVELS.get(str(encounter["medins_lv"]), 1)
        present = {order["hilist_code"] for order in encounter["fsi_order_dtos"]}
        return (
            self.sex in ("", patient["gend"])
            and (not self.least_age or (born.isdigit() and asked.year - int(born) > self.least_age))
            and level < self.hospital_below
            and self.stay in (None, stay)
            and (not self.again or _good(self.again).code in present)
        )


@dataclass(frozen=True)
class Manner:
    """What doctors do with the reminders of a rule; shares from 0 to 1."""

    changed: float
    goes_on: float
    reasons: Mapping[str, int]


def labelled_encounters(folder: Path, rules: Collection[str], most: int) -> list[str]:
    """Encounters of the city in `folder` that its labels name for these rules, violations and look-alikes: `most` in all, first
    those of the rules that are asked about often, then of every rule in turn."""
    by_rule: dict[str, list[str]] = {}
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] in rules:
                by_rule.setdefault(row["kind"], []).extend(row["mdtrt_id"].split()[-1:])
    found: dict[str, None] = {}
    for rule, times in data("doctors")["often"].items():
        found |= dict.fromkeys(by_rule.get(rule, [])[:times])
    for turn in range(max(map(len, by_rule.values()), default=0)):
        for encounters in by_rule.values():
            if turn < len(encounters) and len(found) < most:
                found[encounters[turn]] = None
    return list(found)


class Doctors:
    """All doctors of a city."""

    def __init__(self, seed: int) -> None:
        said = data("doctors")
        self._seed, self._share = seed, float(said["slip_share"])
        self._slips = msgspec.convert(said["slip"], list[Slip])
        default = said["manner"]["default"]
        manners = {rule: default | own for rule, own in said["manner"].items()}
        self._manners = msgspec.convert(manners, dict[str, Manner])

    def draft(self, settled: Message) -> Message | None:
        """The 3101 that the doctor sent before this 3102; None where nobody asks before (a pharmacy's till)."""
        if settled["input"]["data"]["trig_scen"] == "10":
            return None
        message = deepcopy(settled)
        chance = self._chance(settled, "draft")
        asked = datetime.fromisoformat(settled["inf_time"]) - timedelta(minutes=int(chance.integers(*BEFORE)))
        message |= {"infno": "3101", "inf_time": f"{asked:%Y-%m-%d %H:%M:%S}", "msgid": f"{settled['msgid'][:-1]}A"}
        message["input"]["data"]["trig_scen"] = "4" if settled["input"]["data"]["trig_scen"] == "8" else "2"
        patient, encounter = _parts(message)
        fitting = [s for s in self._slips if s.fits(patient, encounter, asked)]
        if fitting and chance.random() < self._share:
            weights = np.array([s.weight for s in fitting], float)
            slip = fitting[int(chance.choice(len(fitting), p=weights / weights.sum()))]
            encounter["fsi_order_dtos"] += _orders(slip, encounter, settled["inf_time"])
        return message

    def feedback(self, asked: Message, results: Iterable[Mapping[str, Any]]) -> Message | None:
        """The 3103 to the answer of a 3101 or 3102; None where the doctor says nothing."""
        warns = [warn for one in results if (warn := self._act(asked, one))]
        if not warns:
            return None
        given = {"warn_type": "1" if asked["infno"] == "3101" else "2", "warns": warns}
        kept = {name: value for name, value in asked.items() if name != "input"}
        return kept | {"infno": "3103", "msgid": f"{asked['msgid'][:-1]}F", "input": {"data": given}}

    def _act(self, asked: Message, result: Mapping[str, Any]) -> dict[str, str] | None:
        manner = self._manners.get(result["rule_code"], self._manners["default"])
        institution = np.random.default_rng([self._seed, crc32(asked["fixmedins_code"].encode())])
        chance = self._chance(asked, result["rule_code"])
        if chance.random() >= DISCIPLINE[int(institution.integers(len(DISCIPLINE)))]:
            return None
        about = [d["rx_id"] for d in result["judge_result_detail_dtos"] if d["vola_item_type"] == "1"]
        if any(str(rx).startswith(SLIP) for rx in about):
            done = chance.random() < manner.changed
            return {"warn_rslt_id": result["jr_id"], "dspo_way": "2"} if done else None
        if chance.random() >= manner.goes_on:
            return None
        weights = np.array(list(manner.reasons.values()), float)
        reason = list(manner.reasons)[int(chance.choice(len(weights), p=weights / weights.sum()))]
        return {"warn_rslt_id": result["jr_id"], "dspo_way": "1", "dspo_way_rea": reason}

    def _chance(self, message: Message, about: str) -> np.random.Generator:
        """Chance of its own for each encounter and question, so that before and during agree."""
        encounter = _parts(message)[1]["mdtrt_id"]
        return np.random.default_rng([self._seed, crc32(f"{encounter}/{about}".encode())])


def _parts(message: Message) -> tuple[Message, Message]:
    patient = message["input"]["data"]["patient_dtos"][0]
    return patient, patient["fsi_encounter_dtos"][0]


def _good(key: str) -> Good:
    cat = catalogue()
    return cat.goods[cat.index[key]]


def _orders(slip: Slip, encounter: Message, when: str) -> list[Message]:
    """The orders of a slip, as they stood in the draft."""
    if slip.again:
        code = _good(slip.again).code
        once = next(order for order in encounter["fsi_order_dtos"] if order["hilist_code"] == code)
        return [once | {"rx_id": f"{SLIP}-{once['rx_id']}"}]
    return [_order(_good(key), number, encounter, when) for number, key in enumerate(slip.add, 1)]


def _order(good: Good, number: int, encounter: Message, when: str) -> Message:
    price = good.prices[LEVELS.get(str(encounter["medins_lv"]), 1)] / 10_000
    return {
        "rx_id": f"{SLIP}-{encounter['mdtrt_id']}-{number}",
        "hilist_type": good.list_type,
        "chrg_type": good.charge,
        "drord_bhvr": "0",
        "hilist_code": good.code,
        "hilist_name": good.name,
        "hosplist_code": good.code,
        "hosplist_name": good.name,
        "cnt": 1,
        "pric": price,
        "sumamt": price,
        "inscp_amt": price,
        "prd_days": good.days or None,
        "drord_begn_date": when,
        "drord_dept_name": encounter.get("adm_dept_name"),
        "drord_dr_codg": encounter.get("dr_codg"),
        "curr_drord_flag": "1",
    }
