"""fixmedins_b and medins_dr_b: the institutions that a district is host to, and who works there."""

import numpy as np
import pyarrow as pa

from yijian.city.assemble.columns import decimal, pick, table, times
from yijian.city.assemble.district import District
from yijian.city.background import DAY
from yijian.city.catalogue import Ints
from yijian.city.institutions import BEDS, PHARMACY, TITLES, Institutions
from yijian.city.people import START

LONGITUDE, LATITUDE = 11_000_000_000, 3_000_000_000
"""110° E, 30° N in hundred-millionths of a degree."""
NEAR, FAR = 12_000_000, 120_000_000
"""Institutions lie within a quarter of an hour of each other, save the last spare one of each kind, which is 130 km north."""

COUNTIES = ("999901", "999902", "999903")
"""Divisions of the pooling area 999900, each with a share of its institutions."""


def fixmedins(d: District) -> pa.Table:
    inst = d.world.inst
    own = np.flatnonzero(np.array(inst.own))
    n, serial = len(own), inst.serial[own]
    pharmacy = inst.kind[own] == PHARMACY
    grade = pick(d.grades, own)
    far = [one[-1] for kind in range(PHARMACY + 1) if len(one := inst.spares(kind))]
    return table(
        "fixmedins_b",
        n,
        {
            "fixmedins_code": pick(d.codes, own),
            "fixmedins_name": pick(d.inst_names, own),
            "fixmedins_type": pick(("1", "2"), pharmacy.astype(np.int64)),
            "medins_lv": grade,
            "dedc_hosp_lv": grade,
            "lmtpric_hosp_lv": grade,
            "bed_cnt": pa.array(np.array(BEDS)[inst.kind[own]].astype(np.int32)),
            "admdvs": pick(COUNTIES, serial % len(COUNTIES)),
            "addr": pa.array([f"示例市示例路{s}号" for s in serial.tolist()]),
            "tel": pa.array([f"000{s:08d}" for s in serial.tolist()]),
            "coner_name": "联系人",
            "lnt": decimal(LONGITUDE + serial * 613_000 % NEAR, 12, 8),
            "lat": decimal(LATITUDE + serial * 377_000 % NEAR + np.isin(own, far) * FAR, 12, 8),
            "poolarea": "999900",
            "medins_natu": pick(("1", "2"), pharmacy.astype(np.int64)),
        },
    )


def own_staff(inst: Institutions) -> Ints:
    """Numbers of those whose institution the district is host to."""
    return np.flatnonzero(np.repeat(np.array(inst.own), inst.staff))


def staff(d: District) -> pa.Table:
    inst = d.world.inst
    of_inst = np.repeat(np.arange(inst.count), inst.staff)
    own = own_staff(inst)
    kind = (inst.kind[of_inst[own]] == PHARMACY).astype(np.int64)
    ranks = np.concatenate([inst.ranks(one) for one in range(inst.count)])[own]
    since = np.full(len(own), (START - 2_000) * DAY)
    return table(
        "medins_dr_b",
        len(own),
        {
            "prac_psn_code": d.staff["code"].take(pa.array(own)),
            "prac_psn_name": d.staff["name"].take(pa.array(own)),
            "prac_psn_type": pick(("1", "3"), kind),
            "fixmedins_code": pick(d.codes, of_inst[own]),
            "dept_name": d.staff["dept"].take(pa.array(own)),
            "profttl": pick([TITLES.get(rank) for rank in range(max(TITLES) + 1)], ranks),
            "hi_dr_flag": "1",
            "begntime": times(since),
        },
    )
