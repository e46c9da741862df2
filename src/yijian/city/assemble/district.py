"""What the tables of one district share: who everybody is, and the look-up columns that several tables repeat."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from yijian.city import ids
from yijian.city.agency import OPERATORS, SCHEME_OPERATORS, operator
from yijian.city.assemble import identity
from yijian.city.assemble.columns import pick, times
from yijian.city.background import World
from yijian.city.catalogue import Ints
from yijian.city.institutions import COUNTERS, PHARMACY, staff_code
from yijian.city.rows import Rows

POOL_AREA = "999900"
DEPARTMENTS = ("内科", "外科", "妇产科", "儿科", "急诊科", "中医科", "康复科", "全科")


@dataclass(frozen=True)
class District:
    """Everything that is written about a district. Look-ups are Arrow arrays by person, institution, staff or till."""

    number: int
    seed: int
    world: World
    rows: Rows

    @cached_property
    def _rng(self) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64([self.seed, self.number, 2]))

    @cached_property
    def persons(self) -> dict[str, pa.Array]:
        """Identity and relation of every person: numbers, names, certificate, address, employer."""
        people, rng = self.world.people, self._rng
        number = np.arange(people.count) + people.first + 1
        employed = people.insutype == 0
        work = np.where(employed, rng.integers(0, identity.EMPLOYERS, people.count), -1)
        kind = np.select([employed & (people.age() >= 60), employed, people.age() < 18, people.age() >= 60], [1, 0, 2, 4], 3)
        certificate = pa.array(identity.certificates(people, self.number))
        return {
            "psn_no": ids.text(ids.PERSON + number),
            "psn_name": identity.names(people.count, rng),
            "certno": certificate,
            "tel": pa.array(identity.phones(people.first, people.count)),
            "addr": pa.array(identity.addresses(people.count, rng)),
            "coner_name": identity.names(people.count, rng),
            "psn_insu_rlts_id": ids.text(ids.RELATION + number),
            "emp_no": pick(identity.employer_numbers(), work).cast(pa.string()),
            "emp_name": pick(identity.employer_names(), work).cast(pa.string()),
            "psn_type": pick(("1101", "1201", "1401", "1501", "1601"), kind).cast(pa.string()),
            "gend": pick(("0", "1", "2", "9"), np.where(people.sex == 9, 3, people.sex)).cast(pa.string()),
        }

    @cached_property
    def codes(self) -> pa.Array:
        return pa.array(self.world.inst.codes())

    @cached_property
    def inst_names(self) -> pa.Array:
        return pa.array(list(self.world.inst.names))

    @cached_property
    def grades(self) -> pa.Array:
        return pa.array(list(self.world.inst.grade))

    @cached_property
    def staff(self) -> dict[str, pa.Array]:
        """Code, name and department of everybody who works there; the same from whichever district one looks."""
        inst = self.world.inst
        codes: list[str] = []
        names: list[pa.Array] = []
        depts: list[str] = []
        for serial, count, kind in zip(inst.serial.tolist(), inst.staff.tolist(), inst.kind.tolist(), strict=True):
            codes += [staff_code(serial, n) for n in range(count)]
            names.append(identity.names(count, np.random.Generator(np.random.PCG64([self.seed, serial, 3]))))
            depts += ["药店" if kind == PHARMACY else DEPARTMENTS[n % len(DEPARTMENTS)] for n in range(count)]
        return {"code": pa.array(codes), "name": pa.concat_arrays(names), "dept": pa.array(depts)}

    @cached_property
    def operators(self) -> pa.Array:
        """Numbers of the agency's operators by their place in `agency.OPERATORS`, then those of the schemes."""
        return pa.array([operator(self.number, n) for n in range(len(OPERATORS) + SCHEME_OPERATORS)])

    @cached_property
    def tills(self) -> pa.Array:
        """Operator of every till: institution × 10 + number."""
        return pa.array([f"{code}{n:02d}" for code in self.world.inst.codes() for n in range(COUNTERS)])

    def audit(self, enc: Ints, made: Ints, till: pa.Array) -> dict[str, pa.Array | str]:
        """The audit tail of rows that belong to encounters: who wrote them, when (minutes), where."""
        code, known = pick(self.codes, self.rows.enc["inst"][enc]), times(made)
        return {
            "vali_flag": "1",
            "updt_time": known,
            "crter_id": till,
            "crter_name": "收费员",
            "crte_time": known,
            "crte_optins_no": code,
            "opter_id": till,
            "opter_name": "收费员",
            "opt_time": known,
            "optins_no": code,
            "poolarea_no": POOL_AREA,
        }

    def years(self, person: Ints, day: Ints) -> Ints:
        """Completed years on a day."""
        return (identity.ymd(day) - identity.ymd(self.world.people.birth)[person]) // 10_000
