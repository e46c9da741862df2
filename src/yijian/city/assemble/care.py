"""ltc_assess_d, ltc_plan_d and ltc_serv_d of a district."""

import numpy as np
import pyarrow as pa

from yijian.city import ids
from yijian.city.assemble.columns import days, decimal, money, pick, table, times
from yijian.city.assemble.district import District
from yijian.city.care import (
    ASSESSORS,
    AT_THE_DOOR,
    ITEMS,
    LASTS,
    ORGANISATIONS,
    PROVIDERS,
    Care,
    assessor,
    caregiver,
    organisation,
    provider,
)
from yijian.city.people import END

REVIEWED_AFTER, PLANNED_AFTER = 730, 12
FEE, FUND = 6_500, 4_875
"""Cents of a visit, and what the fund pays of it."""


def assessments(d: District, care: Care) -> pa.Table:
    """By two of an organisation's assessors; who is not severely disabled is refused."""
    n = len(care.person)
    names = pa.array([assessor(d.number, o, a) for o in range(ORGANISATIONS) for a in range(ASSESSORS)])
    return table(
        "ltc_assess_d",
        n,
        {
            "rid": ids.text(ids.ASSESSMENT + d.number * ids.PER_DISTRICT + np.arange(n)),
            "ltc_apply_id": ids.text(ids.ASSESSMENT + 9 * 10**14 + d.number * ids.PER_DISTRICT + np.arange(n)),
            "psn_no": pick(d.persons["psn_no"], care.person),
            "dsblty_lv": pick(("0", "1", "2", "3", "4", "5"), care.level),
            "eval_date": days(care.assessed),
            "eval_org_code": pick([organisation(d.number, o) for o in range(ORGANISATIONS)], care.organisation),
            "assessor1": pick(names, care.organisation * ASSESSORS + care.assessors[:, 0]),
            "assessor2": pick(names, care.organisation * ASSESSORS + care.assessors[:, 1]),
            "eval_rslt": pick(("0", "1"), (care.level >= 3).astype(np.int64)),
            "review_date": days(care.assessed + REVIEWED_AFTER),
        },
    )


def plans(d: District, care: Care) -> pa.Table:
    """Two items for each who is entitled."""
    who, item = np.repeat(care.entitled, len(ITEMS)), np.tile(np.arange(len(ITEMS)), len(care.entitled))
    n = len(who)
    return table(
        "ltc_plan_d",
        n,
        {
            "rid": ids.text(ids.CARE_PLAN + d.number * ids.PER_DISTRICT + np.arange(n)),
            "psn_no": pick(d.persons["psn_no"], care.person[who]),
            "serv_org_code": pick(_providers(d), care.caregiver[who] % PROVIDERS),
            "serv_item_code": pick([code for code, _, _ in ITEMS], item),
            "serv_item_name": pick([name for _, name, _ in ITEMS], item),
            "freq_week": pa.array(np.array([times for _, _, times in ITEMS])[item].astype(np.int32)),
            "begndate": days(care.assessed[who] + PLANNED_AFTER),
            "enddate": days(np.full(n, END + 200)),
            "serv_lnt": decimal(care.home[who, 0], 12, 8),
            "serv_lat": decimal(care.home[who, 1], 12, 8),
        },
    )


def visits(d: District, care: Care) -> pa.Table:
    rng = np.random.Generator(np.random.PCG64([d.seed, d.number, 10]))
    n, who = len(care.client), care.caregiver[care.client]
    door = care.home[care.client] + rng.integers(-AT_THE_DOOR, AT_THE_DOOR, (n, 2))
    return table(
        "ltc_serv_d",
        n,
        {
            "rid": ids.text(ids.CARE_VISIT + d.number * ids.PER_DISTRICT + np.arange(n)),
            "psn_no": pick(d.persons["psn_no"], care.person[care.client]),
            "serv_org_code": pick(_providers(d), who % PROVIDERS),
            "serv_psn_no": pick([caregiver(d.number, i) for i in range(int(who.max(initial=0)) + 1)], who),
            "serv_item_code": pick([code for code, _, _ in ITEMS], care.item),
            "serv_item_name": pick([name for _, name, _ in ITEMS], care.item),
            "serv_begntime": times(care.minute),
            "serv_endtime": times(care.minute + LASTS),
            "serv_dura_min": pa.array(np.full(n, LASTS, np.int32)),
            "sign_lnt": decimal(door[:, 0], 12, 8),
            "sign_lat": decimal(door[:, 1], 12, 8),
            "det_item_fee_sumamt": money(np.full(n, FEE)),
            "ltc_fund_pay": money(np.full(n, FUND)),
            "psn_pay": money(np.full(n, FEE - FUND)),
        },
    )


def _providers(d: District) -> pa.Array:
    return pa.array([provider(d.number, i) for i in range(PROVIDERS)])
