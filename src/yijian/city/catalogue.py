"""What exists in the city: goods with codes and prices, diagnoses, and how encounters are billed. Read from `data/`."""

import csv
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WHEN = {"visit": 0, "day": 1, "first": 2, "last": 3, "op": 4, "every3": 5}
MED_TYPES = ("11", "13", "14", "16", "51", "41", "21", "24", "52", "28", "9921")
"""Kinds of encounter; rows carry the index."""
INSUTYPES = ("310", "390", "510")
FILES = ("drugs", "slices", "items", "consumables", "goods_limited", "staged_goods")
DIAGNOSES = ("diagnoses", "diagnoses_seldom", "staged_diagnoses")
MOST_ALTERNATIVES = 5
SAME = -1
"""As `insutype` of a template: the person's own."""


@dataclass(frozen=True)
class Good:
    """A drug, slice, item or consumable. `prices`: ten-thousandths of a yuan by level 0–3; `days`: supply of one pack."""

    key: str
    code: str
    name: str
    list_type: str
    charge: str
    level: str
    spec: str
    form: str
    prices: tuple[int, int, int, int]
    days: int
    prescription: str


@dataclass(frozen=True)
class Diagnosis:
    key: str
    code: str
    name: str
    dept: str


@dataclass(frozen=True)
class Templates:
    """T ways of being billed with at most S slots each, as arrays [T] and [T, S] that can be taken for many rows at once."""

    diag: Ints
    weight: Floats
    age_low: Ints
    age_high: Ints
    sex: Ints
    levels: npt.NDArray[np.bool_]
    med_type: Ints
    insutype: Ints
    days_low: Ints
    days_high: Ints
    oprn: Ints
    newborn: Floats
    opsp: tuple[str, ...]
    goods: Ints
    choices: Ints
    chance: Floats
    least: Ints
    most: Ints
    when: Ints
    self_paid: Ints

    def allowed(self, sex: Ints, age: Ints) -> Floats:
        """Weight of every template for every row [n, T]; 0 where sex or age do not fit."""
        fits = (self.sex == 0) | (self.sex == sex[:, None])
        fits &= (age[:, None] >= self.age_low) & (age[:, None] <= self.age_high)
        return np.where(fits, self.weight, 0.0)


@dataclass(frozen=True)
class Catalogue:
    """All goods and diagnoses with their index, and the templates of each kind of encounter."""

    goods: tuple[Good, ...]
    diagnoses: tuple[Diagnosis, ...]
    operations: tuple[str, ...]
    visit: Templates
    chronic: Templates
    quarter: Templates
    purchase: Templates
    stay: Templates

    @cached_property
    def index(self) -> dict[str, int]:
        return {g.key: i for i, g in enumerate(self.goods)}

    @cached_property
    def diag_index(self) -> dict[str, int]:
        return {d.key: i for i, d in enumerate(self.diagnoses)}

    @cached_property
    def prices(self) -> Ints:
        """Ten-thousandths of a yuan [level, good]."""
        return np.array([g.prices for g in self.goods], np.int64).T.copy()

    @cached_property
    def supply(self) -> Ints:
        """Days of supply of one pack [good]; 0 where it is not counted in days."""
        return np.array([g.days for g in self.goods], np.int64)

    @cached_property
    def is_drug(self) -> npt.NDArray[np.bool_]:
        return np.array([g.list_type in ("101", "102", "103", "104") for g in self.goods])

    @cached_property
    def is_slice(self) -> npt.NDArray[np.bool_]:
        return np.array([g.list_type == "102" for g in self.goods])

    @cached_property
    def pay_level(self) -> Ints:
        return np.array([int(g.level) for g in self.goods], np.int64)


def data(name: str) -> dict[str, Any]:
    """One TOML file of `data/`."""
    return tomllib.loads((files(__package__ or "") / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def _records(name: str) -> list[dict[str, str]]:
    text = (files(__package__ or "") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _ten_thousandths(yuan: str) -> int:
    return round(float(yuan) * 10_000)


def _good(row: dict[str, str]) -> Good:
    one = row.get("price", "")
    by_level = [one or row["price1"], one or row["price1"], one or row["price2"], one or row["price3"]]
    low, primary, secondary, tertiary = (_ten_thousandths(p) for p in by_level)
    return Good(
        row["key"],
        row["code"],
        row["name"],
        row["list_type"],
        row["charge"],
        row["lv"],
        row["spec"],
        row["form"],
        (low, primary, secondary, tertiary),
        int(row.get("days") or 0),
        row.get("rx") or "",
    )


def _compile(
    specs: list[dict[str, Any]],
    goods: dict[str, int],
    diag: dict[str, int],
    operations: list[str],
    default_med: str,
    more: Callable[[dict[str, Any]], list[list[Any]]],
) -> Templates:
    slots = [[*spec["slots"], *more(spec)] for spec in specs]
    shape = (len(specs), max(len(s) for s in slots))
    table = {name: np.zeros(shape, np.int64) for name in ("choices", "least", "most", "when", "self_paid")}
    table["choices"] += 1
    alternatives, chance = np.zeros((*shape, MOST_ALTERNATIVES), np.int64), np.zeros(shape)
    for t, template in enumerate(slots):
        for s, slot in enumerate(template):
            keys = [k.rstrip("!") for k in slot[0].split("|")]
            month = slot[2] == "month"  # 0: as many packs of the good that is taken as 28 days need (see `expand`)
            alternatives[t, s, : len(keys)] = [goods[k] for k in keys]
            chance[t, s] = slot[1]
            table["choices"][t, s] = len(keys)
            table["least"][t, s] = 0 if month else slot[2]
            table["most"][t, s] = 0 if month else slot[3]
            table["when"][t, s] = WHEN[slot[4] if len(slot) > 4 else "visit"]
            table["self_paid"][t, s] = slot[0].endswith("!")

    def column(name: str, default: Any, kind: type = np.int64) -> Any:
        return np.array([spec.get(name, default) for spec in specs], kind)

    return Templates(
        diag=np.array([diag[s["diag"]] for s in specs], np.int64),
        weight=column("weight", 1.0, np.float64),
        age_low=np.array([s.get("ages", [0, 120])[0] for s in specs], np.int64),
        age_high=np.array([s.get("ages", [0, 120])[1] for s in specs], np.int64),
        sex=column("sex", 0),
        levels=np.array([[level in s.get("levels", [0, 1, 2, 3]) for level in range(4)] for s in specs]),
        med_type=np.array([MED_TYPES.index(s.get("med_type", default_med)) for s in specs], np.int64),
        insutype=np.array([INSUTYPES.index(s["insutype"]) if "insutype" in s else SAME for s in specs], np.int64),
        days_low=np.array([s.get("days", [1, 1])[0] for s in specs], np.int64),
        days_high=np.array([s.get("days", [1, 1])[1] for s in specs], np.int64),
        oprn=np.array([operations.index(s["oprn"]) if "oprn" in s else -1 for s in specs], np.int64),
        newborn=column("newborn", 0.0, np.float64),
        opsp=tuple(s.get("opsp", "") for s in specs),
        goods=alternatives,
        chance=chance,
        **table,
    )


EVERY_STAY: list[list[Any]] = [
    ["三人间床位费|双人间床位费", 1.0, 1, 1, "day"],
    ["住院诊查费", 1.0, 1, 1, "day"],
    ["Ⅱ级护理|Ⅰ级护理", 1.0, 1, 1, "day"],
]
"""Slots of every stay; `usual` of templates.toml, of those that are not `plain`."""


@cache
def catalogue() -> Catalogue:
    """The city's catalogue, the same for every city."""
    goods = tuple(_good(row) for name in FILES for row in _records(name))
    diagnoses = tuple(Diagnosis(**row) for name in DIAGNOSES for row in _records(name))
    index = {g.key: i for i, g in enumerate(goods)}
    diag, templates = {d.key: i for i, d in enumerate(diagnoses)}, data("templates")
    operations = sorted({s["oprn"] for s in templates["stay"] if "oprn" in s})

    def daily(spec: dict[str, Any]) -> list[list[Any]]:
        return EVERY_STAY if spec.get("plain") else [*EVERY_STAY, *templates["usual"]["slots"]]

    def compiled(specs: list[dict[str, Any]], med: str) -> Templates:
        return _compile(specs, index, diag, operations, med, daily if specs is templates["stay"] else lambda _: [])

    quarters = [{**spec, "slots": spec["quarter"]} for spec in templates["chronic"]]
    return Catalogue(
        goods,
        diagnoses,
        tuple(operations),
        compiled(templates["visit"], "11"),
        compiled(templates["chronic"], "11"),
        compiled(quarters, "11"),
        compiled(templates["purchase"], "41"),
        compiled(templates["stay"], "21"),
    )
