"""psn_info_b, psn_insu_d, opsp_reg_d, and the diagnoses and operations of settlement lists."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from yijian.city import ids
from yijian.city.assemble.claims import STAY_TYPES
from yijian.city.assemble.columns import births, days, pick, table, times
from yijian.city.assemble.district import District
from yijian.city.background import DAY
from yijian.city.catalogue import INSUTYPES, Ints
from yijian.city.people import END, START

REGISTERED_FOR = 730
REGISTERED_BEFORE = 300
ABSENT_SHARE = 0.01
REFUSED = 0.9
"""Share of the chronically ill without a registration who applied for one."""
INFECTED_SHARE, CAUGHT = 0.025, "院内获得性肺炎"
"""Share of longer stays in which something was caught in the house, and what."""


def psn_info(d: District) -> pa.Table:
    people = d.world.people
    dead = (people.die >= 0).astype(np.int64)
    return table(
        "psn_info_b",
        people.count,
        {
            "psn_no": d.persons["psn_no"],
            "gend": d.persons["gend"],
            "brdy": births(people.birth),
            "naty": "01",
            "surv_stas": pick(("1", "2"), dead),
            "die_date": days(people.die),
            "resd_admdvs": "999901",
        },
    )


def psn_insu(d: District) -> pa.Table:
    people = d.world.people
    since = np.maximum(people.birth, START - 365 * 8)
    return table(
        "psn_insu_d",
        people.count,
        {
            "psn_no": d.persons["psn_no"],
            "psn_insu_rlts_id": d.persons["psn_insu_rlts_id"],
            "insutype": pick(INSUTYPES, people.insutype),
            "psn_insu_stas": pick(("1", "4"), (people.die >= 0).astype(np.int64)),
            "psn_clct_stas": "1",
            "psn_type": d.persons["psn_type"],
            "insu_admdvs": "999901",
            "emp_no": d.persons["emp_no"],
            "psn_insu_date": days(since),
            "crte_time": times(since * DAY + 600),
            "opter_id": pick(d.operators, np.zeros(people.count, np.int64)),
            "paus_insu_date": days(people.die),
            "insutype_retr_flag": "0",
        },
    )


def absences(d: District) -> pa.Table:
    """Time abroad or in custody in which nobody was treated: of those who might have gone, the ones who were seen nowhere."""
    rng = np.random.Generator(np.random.PCG64([d.seed, d.number, 8]))
    people, e = d.world.people, d.rows.enc
    who = np.flatnonzero((rng.random(people.count) < ABSENT_SHARE) & (people.quiet == 0) & (people.die < 0))
    begin = START + rng.integers(0, 330, len(who))
    end = begin + rng.integers(8, 30, len(who))
    since = np.full(people.count, END + 1)
    since[who] = begin
    until = np.full(people.count, -1)
    until[who] = end
    there = (e["begin"] // DAY <= until[e["person"]]) & (e["end"] // DAY >= since[e["person"]])
    gone = ~np.isin(who, e["person"][there])
    who, begin, end = who[gone], begin[gone], end[gone]
    return table(
        "psn_absn_d",
        len(who),
        {
            "rid": ids.text(ids.ABSENCE + d.number * ids.PER_DISTRICT + who),
            "psn_no": pick(d.persons["psn_no"], who),
            "absn_type": pick(("1", "2"), (who % 4 > 0).astype(np.int64)),
            "begndate": days(begin),
            "enddate": days(end),
        },
    )


def opsp_reg(d: District) -> pa.Table:
    """Registrations of special diseases, all valid through the year, and the applications that were refused."""
    people, cat = d.world.people, d.world.cat
    rng = np.random.Generator(np.random.PCG64([d.seed, d.number, 11]))
    refused = (people.registered == 0) & (people.chronic >= 0) & (rng.random(people.count) < REFUSED)
    who = np.flatnonzero((people.registered == 1) | refused)
    begin = START - 30 - (people.pick[who] * 7) % REGISTERED_BEFORE
    diag = cat.chronic.diag[people.chronic[who]]
    hospital = people.home[2, who]
    return table(
        "opsp_reg_d",
        len(who),
        {
            "trt_dcla_detl_sn": ids.text(ids.REGISTRATION + d.number * ids.PER_DISTRICT + who),
            "psn_no": d.persons["psn_no"].take(pa.array(who)),
            "insutype": pick(INSUTYPES, people.insutype[who]),
            "opsp_dise_code": pick(cat.chronic.opsp, people.chronic[who]),
            "opsp_dise_name": pick([x.name for x in cat.diagnoses], diag),
            "begndate": days(begin),
            "enddate": days(begin + REGISTERED_FOR),
            "fixmedins_code": pick(d.codes, hospital),
            "expert_code": pick(d.staff["code"], d.world.inst.staff_from[hospital] + people.pick[who] % 10),
            "review_date": days(begin + REGISTERED_FOR - 30),
            "opter_id": pick(d.operators, who % 4 + 3),
            "reviewer_id": pick(d.operators, who % 2 + 7),
            "aprv_rslt": pick(("0", "1"), people.registered[who]),
        },
    )


def diagnoses(d: District, more: Sequence[tuple[int, int]]) -> pa.Table:
    """The main diagnosis of every encounter, for stays of the chronically ill that disease beside it, and `more`."""
    e, cat, n = d.rows.enc, d.world.cat, d.rows.encounters
    chronic = d.world.people.chronic[e["person"]]
    beside = np.flatnonzero(STAY_TYPES[e["med_type"]] & (chronic >= 0) & (e["newborn"] == 0))
    other = cat.chronic.diag[chronic[beside]]
    differs = other != e["diag"][beside]
    beside, other = beside[differs], other[differs]
    of, extra = (np.array([one[i] for one in more], np.int64) for i in range(2))
    caught = _caught_in_hospital(d)
    enc = np.concatenate([np.arange(n), beside, of, caught])
    diag = np.concatenate([e["diag"], other, extra, np.full(len(caught), cat.diag_index[CAUGHT])])
    sn = ids.text(ids.DIAG + d.number * ids.PER_DISTRICT + np.arange(len(enc)))
    main = np.where(np.arange(len(enc)) < n, 1, 0)
    return table(
        "setl_list_diag_d",
        len(enc),
        {
            **_of_settlement(d, enc),
            "setl_list_diag_id": sn,
            "rid": sn,
            "diag_type": "1",
            "maindiag_flag": pick(("0", "1"), main),
            "diag_code": pick([x.code for x in cat.diagnoses], diag),
            "diag_name": pick([x.name for x in cat.diagnoses], diag),
            "adm_cond_type": pick(("1", "4"), (np.arange(len(enc)) >= len(enc) - len(caught)).astype(np.int64)),
        },
    )


def _caught_in_hospital(d: District) -> Ints:
    """Stays of the background, a week and longer, in which an infection began."""
    e, rng = d.rows.enc, np.random.Generator(np.random.PCG64([d.seed, d.number, 12]))
    long = (e["end"] - e["begin"] > 6 * DAY) & (e["newborn"] == 0) & (d.world.people.quiet[e["person"]] == 0)
    return np.flatnonzero(long & (rng.random(d.rows.encounters) < INFECTED_SHARE))


def operations(d: District) -> pa.Table:
    """The operation of every stay that has one, on the day after admission."""
    e, cat = d.rows.enc, d.world.cat
    enc = np.flatnonzero(e["oprn"] >= 0)
    sn = ids.text(ids.OPRN + d.number * ids.PER_DISTRICT + np.arange(len(enc)))
    day = e["begin"][enc] // DAY + 1
    return table(
        "setl_list_oprn_d",
        len(enc),
        {
            **_of_settlement(d, enc),
            "setl_list_oprn_id": sn,
            "rid": sn,
            "main_oprn_flag": "1",
            "oprn_oprt_code": pick(cat.operations, e["oprn"][enc]),
            "oprn_oprt_date": days(day),
            "anst_way": "1",
            "oprn_oprt_name": pick([f"手术操作 {code}" for code in cat.operations], e["oprn"][enc]),
            "oper_dr_code": pick(d.staff["code"], e["doctor"][enc]),
            "oper_dr_name": pick(d.staff["name"], e["doctor"][enc]),
            "oprn_oprt_begntime": times(day * DAY + 540),
            "oprn_oprt_endtime": times(day * DAY + 640),
        },
    )


def _of_settlement(d: District, enc: Ints) -> dict[str, pa.Array | str]:
    base, e = d.number * ids.PER_DISTRICT, d.rows.enc
    till = pick(d.tills, e["inst"][enc] * 10 + 2)
    return {
        **d.audit(enc, e["setl"][enc], till),
        "setl_id": ids.text(ids.SETL + base + enc),
        "mdtrt_id": ids.text(ids.MDTRT + base + enc),
        "psn_no": pick(d.persons["psn_no"], e["person"][enc]),
        "pt": "2025",
    }
