"""The stage on which schemes play: take a person nobody else uses, see, admit, bill and refund them, and label it.

All times are day numbers; amounts of labels are cents. A scheme's person has only a quiet background (see `people`), so
what the scheme does on a day is all that happens to them on it.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from yijian.city import ids
from yijian.city.agency import operator
from yijian.city.background import DAY, FEE, World
from yijian.city.catalogue import INSUTYPES, MED_TYPES, WHEN
from yijian.city.edits import Edits
from yijian.city.labels import GRAINS, Label
from yijian.city.people import EARLY, NEVER, START
from yijian.city.rows import ENC, LINE, REFUND, Rows
from yijian.vocabulary.days import day_number, day_of
from yijian.vocabulary.errors import UserError

FIRST_DAY, LAST_DAY = START + 95, START + 300
SCHEME_TILL, POOL_TILL = 8, 9


class Stage:
    """One district's stage. `k` = how many hits, and how many look-alikes, each rule gets."""

    def __init__(self, world: World, district: int, k: int) -> None:
        self.world, self.cat, self.k, self.district = world, world.cat, k, district
        self.rng = world.rng
        self.labels: list[Label] = []
        self.edits = Edits()
        self.trace: dict[int, str] = {}
        self.misstated: dict[int, int] = {}
        """Lines whose first delivery had this amount (cents) and was corrected afterwards."""
        self.beside: list[tuple[int, int]] = []
        """Further diagnoses on settlement lists: (encounter, diagnosis)."""
        self.unreviewed: set[int] = set()
        """Encounters whose settlement nobody reviewed."""
        self.second: dict[int, bool] = {}
        """Stays of which a scene says whether they were reviewed a second time."""
        self._bills: dict[int, list[int]] = {}
        self._free = iter(self.rng.permutation(world.people.count).tolist())
        self._enc: dict[str, list[int]] = {name: [] for name in ENC}
        self._refund: dict[str, list[int]] = {name: [] for name in REFUND}
        self._line: dict[str, list[int]] = {name: [] for name in LINE}
        self._cases: dict[str, int] = {}
        self._numbers: dict[int, int] = {}
        self._codes = world.inst.codes()
        self._tills: set[tuple[int, int]] = set()

    @property
    def few(self) -> int:
        """How many hits a rule gets that looks at institutions, or at many people at once."""
        return max(2, self.k // 8)

    # ---- who, where, when

    def person(self, *, sex: int | None = None, age: tuple[int, int] = (35, 70), birth: int | None = None,
               die: int = -1, unseen: bool = False) -> int:  # fmt: skip
        """A person whom no other case uses, made to measure. `unseen`: not seen in the quiet weeks either."""
        one = next(self._free, None)
        if one is None:
            raise UserError("人数太少，放不下全部违规情形与合法相似情形", do="请把 --persons 加大到 1000 以上")
        people = self.world.people
        people.quiet[one], people.die[one], people.chronic[one], people.registered[one] = EARLY, die, -1, 0
        if unseen:
            people.quiet[one] = NEVER
        if sex is not None:
            people.sex[one] = sex
        if die >= 0:  # a resident, whose contribution was paid for the whole year
            people.insutype[one] = INSUTYPES.index("390")
        days = int(self.rng.integers(age[0] * 365 + 120, age[1] * 365 + 90))
        people.birth[one] = START - days if birth is None else birth
        return one

    def birthday(self, day: int, years: int) -> int:
        """The birth day number of somebody who completes `years` on `day`."""
        d = day_of(day)
        return day_number(date(d.year - years, d.month, d.day))

    def day(self, first: int = FIRST_DAY, last: int = LAST_DAY) -> int:
        return int(self.rng.integers(first, last))

    def inst(self, kind: int, but: int = -1) -> int:
        """An institution of a level (0–3) or PHARMACY, another than `but`."""
        return int(self.rng.choice([i for i in self.world.inst.of(kind) if i != but]))

    def spare(self, kind: int, n: int) -> int:
        """The n-th institution of a kind that only schemes use (again from the first one when they have run out)."""
        spares = self.world.inst.spares(kind)[:-1]
        return int(spares[n % len(spares)])

    def number(self, base: int) -> str:
        """A new record number: those of the scenes lie behind those of the city."""
        self._numbers[base] = self._numbers.get(base, 0) + 1
        return str(base + self.district * ids.PER_DISTRICT + ids.REFUND + self._numbers[base])

    def psn_no(self, person: int) -> str:
        return str(ids.PERSON + self.world.people.first + person + 1)

    def operator(self, number: int) -> str:
        """Of `agency.OPERATORS`, or behind them one of the schemes' own."""
        return operator(self.district, number)

    def code(self, inst: int) -> str:
        return self._codes[inst]

    def keys(self, enc: int) -> dict[str, str]:
        """The columns by which other tables name an encounter and its settlement."""
        base = self.district * ids.PER_DISTRICT
        return {"psn_no": self.psn_no(self._enc["person"][enc]), "mdtrt_id": str(ids.MDTRT + base + enc),
                "setl_id": str(ids.SETL + base + enc)}  # fmt: skip

    def far(self, kind: int) -> int:
        """The institution of the kind that lies hours away."""
        return int(self.world.inst.spares(kind)[-1])

    def till_day(self, pharmacy: int) -> int:
        """A day on which the pharmacy's till for pooled cards is free."""
        while (pharmacy, day := self.day()) in self._tills:
            pass
        self._tills.add((pharmacy, day))
        return day

    # ---- what happens

    def _open(self, person: int, inst: int, begin: int, end: int, setl: int, diag: str, med_type: str,
              insutype: str, newborn: bool, dscg_way: int, counter: int) -> int:  # fmt: skip
        staff = self.world.inst.staff
        values = {
            "person": person, "inst": inst, "begin": begin, "end": end, "setl": setl,
            "med_type": MED_TYPES.index(med_type), "diag": self.cat.diag_index[diag],
            "insutype": INSUTYPES.index(insutype) if insutype else int(self.world.people.insutype[person]),
            "doctor": int(self.world.inst.staff_from[inst]) + int(self.rng.integers(staff[inst])),
            "dscg_way": dscg_way, "newborn": int(newborn), "dise": -1, "oprn": -1, "counter": counter,
        }  # fmt: skip
        for name, value in values.items():
            self._enc[name].append(value)
        return len(self._enc["person"]) - 1

    def visit(self, person: int, inst: int, day: int, *, diag: str = "膝骨关节炎", med_type: str = "11",
              insutype: str = "", newborn: bool = False, fee: bool = True, minute: int | None = None) -> int:  # fmt: skip
        """An outpatient visit with the consultation fee of the level."""
        begin = day * DAY + (int(self.rng.integers(490, 900)) if minute is None else minute)
        enc = self._open(person, inst, begin, begin + 40, begin + 75, diag, med_type, insutype, newborn, 0, 1)
        if fee:
            self.bill(enc, FEE[int(self.world.inst.level[inst])])
        return enc

    def purchase(self, person: int, inst: int, day: int, *, minute: int | None = None, till: int = SCHEME_TILL) -> int:
        """A purchase at a pharmacy."""
        begin = day * DAY + (int(self.rng.integers(490, 1_200)) if minute is None else minute)
        return self._open(person, inst, begin, begin, begin, "上呼吸道感染", "41", "", False, 0, till)

    def stay(self, person: int, inst: int, adm: int, days: int, *, diag: str = "肺炎", med_type: str = "",
             insutype: str = "", dscg_way: int = 1, newborn: bool = False, treated: Iterable[int] | None = None,
             in_house: bool = False, settle_later: int = 0) -> int:  # fmt: skip
        """A stay billed as its disease is; `treated` limits all but bed and consultation to these days (0 = admission).

        `in_house`: not discharged yet, settled in the middle. `settle_later`: days between discharge and settlement.
        """
        t = int(np.flatnonzero(self.cat.stay.diag == self.cat.diag_index[diag])[0]) if diag in self._staying() else -1
        kind = med_type or (MED_TYPES[int(self.cat.stay.med_type[t])] if t >= 0 else "21")
        out = (adm + days) * DAY + 600
        end = -1 if in_house else out
        enc = self._open(person, inst, adm * DAY + 500, end, out + 60 + settle_later * DAY, diag, kind, insutype, newborn,
                         0 if in_house else dscg_way, 2)  # fmt: skip
        if t >= 0:
            self._enc["oprn"][enc] = int(self.cat.stay.oprn[t])
        # A disease without a template has bed and consultation only; the scheme bills its treatment.
        self._daily(enc, max(t, 0), adm, days, set[int]() if t < 0 else None if treated is None else set(treated))
        return enc

    def also_has(self, enc: int, diag: str) -> None:
        """A further diagnosis on the settlement list."""
        self.beside.append((enc, self.cat.diag_index[diag]))

    def change(self, enc: int, **values: int) -> None:
        """Change what an encounter's row says (`rows.ENC`)."""
        for name, value in values.items():
            self._enc[name][enc] = value

    def seen_by(self, enc: int, rank: int) -> None:
        """Have the encounter's doctor be one of this rank: 5 chief … 2 resident."""
        inst = self._enc["inst"][enc]
        ranks = self.world.inst.ranks(inst)
        self.change(enc, doctor=int(self.world.inst.staff_from[inst]) + ranks.index(rank))

    def _staying(self) -> set[str]:
        return {self.cat.diagnoses[d].key for d in self.cat.stay.diag.tolist()}

    def _daily(self, enc: int, t: int, adm: int, days: int, treated: set[int] | None) -> None:
        templates = self.cat.stay
        for offset in range(max(days, 1)):
            for s in range(templates.goods.shape[1]):
                key, when = self.cat.goods[int(templates.goods[t, s, 0])].key, int(templates.when[t, s])
                due = when == WHEN["day"] or (when == WHEN["every3"] and offset % 3 == 0)
                due = due or (when == WHEN["first"] and offset == 0) or (when == WHEN["op"] and offset == 1)
                charge = self.cat.goods[int(templates.goods[t, s, 0])].charge
                idle = treated is not None and offset not in treated and charge not in ("01", "02")
                if due and templates.chance[t, s] >= 0.8 and not idle:
                    self.bill(enc, key, float(templates.least[t, s]), day=adm + offset)

    def bill(self, enc: int, key: str, cnt: float = 1, *, day: int | None = None, self_paid: bool = False,
             price: int | None = None, amount: int | None = None, upload: int | None = None,
             rx: int | None = None, take_home: bool = False, supply: int | None = None) -> int:  # fmt: skip
        """A fee line. `price` ten-thousandths, `amount` cents, `upload` day number, `supply` days (-1 = missing).

        `rx` numbers the prescriptions of an encounter from 1 to 9; 0 = on none.
        """
        good, begin = self.cat.index[key], self._enc["begin"][enc]
        drug = bool(self.cat.is_drug[good])
        hundredths = round(cnt * 100)
        inst = self._enc["inst"][enc]
        full = int(self.cat.prices[int(self.world.inst.level[inst]), good])
        unit = full if price is None else price
        plain = (hundredths * unit + 5_000) // 10_000
        inpatient = self._enc["med_type"][enc] in (MED_TYPES.index("21"), MED_TYPES.index("24"), MED_TYPES.index("52"))
        if supply is None:
            supply = 7 if self.cat.is_slice[good] else int(self.cat.supply[good]) * round(cnt) or -1
        minute = begin + 10 if day is None else day * DAY + 590
        uploaded = self._enc["setl"][enc] + 240 if self._enc["end"][enc] >= 0 else minute + DAY
        values = {
            "setl": enc, "item": good, "minute": minute, "cnt": hundredths,
            "price": unit, "amount": plain if amount is None else amount, "self_paid": int(self_paid),
            "days": -1 if inpatient or not drug else supply,
            "rx": (2 if self.cat.is_slice[good] else int(drug)) if rx is None else rx, "take": int(take_home),
            "crte": uploaded if upload is None else (upload * DAY + 600 if upload >= 0 else -1),
            "init": -1,
        }  # fmt: skip
        for name, value in values.items():
            self._line[name].append(value)
        self._bills.setdefault(enc, []).append(len(self._line["item"]) - 1)
        return self._bills[enc][-1]

    def operate(self, enc: int, code: str) -> None:
        """The main operation of a stay, whatever its disease."""
        self._enc["oprn"][enc] = self.cat.operations.index(code)

    def special(self, enc: int, disease: str) -> None:
        """Billed under a special disease (code of the registration)."""
        self._enc["dise"][enc] = self.cat.chronic.opsp.index(disease)

    def began(self, enc: int) -> int:
        """The minute of the visit or the admission."""
        return self._enc["begin"][enc]

    def settled(self, enc: int) -> int:
        """The minute of the settlement."""
        return self._enc["setl"][enc]

    def refund(self, enc: int, lines: Sequence[int] | None = None, *, after: int = 1) -> None:
        """Take back a settlement, whole or some lines, `after` days after it was settled."""
        minute = self._enc["setl"][enc] + after * DAY
        self._refund["enc"].append(enc)
        self._refund["minute"].append(minute)
        for i in self.lines_of(enc) if lines is None else lines:
            back = {name: values[i] for name, values in self._line.items()}
            back |= {"setl": -len(self._refund["enc"]), "cnt": -back["cnt"], "amount": -back["amount"], "init": i,
                     "crte": minute + 60}  # fmt: skip
            for name, value in back.items():
                self._line[name].append(value)

    def good_of(self, line: int) -> str:
        return self.cat.goods[self._line["item"][line]].key

    def amount(self, lines: Iterable[int]) -> int:
        return sum(self._line["amount"][i] for i in lines)

    def lines_of(self, enc: int) -> list[int]:
        return self._bills.get(enc, [])

    def total(self, enc: int) -> int:
        return self.amount(self.lines_of(enc))

    # ---- what a judge should say

    def label(self, rule: str, verdict: str, enc: int, lines: Sequence[int] = (), *, amount: int | None = None,
              note: str = "", others: Sequence[int] = ()) -> None:  # fmt: skip
        """One expected finding or one look-alike. `others`: further stays or settlements that belong to it."""
        base = self.district * ids.PER_DISTRICT
        grain = GRAINS.get(rule, "line")
        whole = self.amount(lines) if lines else self.total(enc)
        encs = [enc, *others] if grain in ("setls", "mdtrts") else [enc]
        self.judge(
            rule, verdict, lines and [ids.LINE + base + i for i in lines], note=note,
            person=self._enc["person"][enc], inst=self._enc["inst"][enc], amount=whole if amount is None else amount,
            mdtrt=[ids.MDTRT + base + one for one in encs], setl=[ids.SETL + base + one for one in encs],
        )  # fmt: skip

    def judge(self, rule: str, verdict: str, rows: Sequence[int | str], *, amount: int, note: str, person: int = -1,
              inst: int = -1, mdtrt: Sequence[int] = (), setl: Sequence[int] = ()) -> None:  # fmt: skip
        """A label about any records. `amount` cents."""
        number = self._cases[rule] = self._cases.get(rule, 0) + 1
        self.labels.append(
            Label(
                f"{rule}-{self.district:03d}-{number:04d}", rule, verdict, self.psn_no(person) if person >= 0 else "",
                self.code(inst) if inst >= 0 else "", " ".join(map(str, mdtrt)), " ".join(map(str, setl)),
                " ".join(map(str, rows)), f"{amount / 100:.2f}", note,
            )
        )  # fmt: skip

    def hit(self, rule: str, enc: int, lines: Sequence[int] = (), *, amount: int | None = None, note: str = "",
            others: Sequence[int] = ()) -> None:  # fmt: skip
        self.label(rule, "hit", enc, lines, amount=amount, note=note, others=others)

    def near(self, rule: str, enc: int, lines: Sequence[int] = (), *, note: str, others: Sequence[int] = ()) -> None:
        self.label(rule, "near_miss", enc, lines, note=note, others=others)

    def rows(self) -> Rows:
        """Everything that was played."""

        def arrays(table: dict[str, list[int]]) -> dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]]:
            return {name: np.array(values, np.int64) for name, values in table.items()}

        return Rows(arrays(self._enc), arrays(self._refund), arrays(self._line))
