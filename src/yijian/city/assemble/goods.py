"""The books of goods as tables: invinfo_d, invchg_d, purcinfo_d, selinfo_d, drug_trac_d."""

import numpy as np
import pyarrow as pa

from yijian.city import ids
from yijian.city.assemble.columns import days, decimal, pick, table, times
from yijian.city.assemble.district import District
from yijian.city.background import DAY
from yijian.city.catalogue import Ints, data
from yijian.city.goods import COUNTS, QUARTERS, Books, sale_minute
from yijian.city.people import START

PURCHASE_SHARE = 85
"""Per cent of the sale price that the pharmacy pays."""
TRACE = 8 * 10**18


def _good(d: District, item: Ints) -> dict[str, pa.Array]:
    goods = d.world.cat.goods
    return {
        "med_list_codg": pick([g.code for g in goods], item),
        "fixmedins_hilist_id": pick([f"Y{i:05d}" for i in range(len(goods))], item),
        "fixmedins_hilist_name": pick([g.name for g in goods], item),
        "rx_flag": pick([g.prescription or "0" for g in goods], item),
    }


def _batch(rows: int, number: Ints) -> dict[str, pa.Array]:
    """Lot and dates of manufacture, plausible only."""
    made = np.full(rows, START - 200) - number % 90
    return {
        "manu_lotnum": pick([f"2024{n:02d}" for n in range(1, 13)], number % 12),
        "fixmedins_bchno": pick([f"P{n:03d}" for n in range(100)], number % 100),
        "manu_date": days(made),
        "expy_end": days(made + 900),
    }


def counts(d: District, books: Books) -> pa.Table:
    cells = len(books.inst)
    cell, q = np.repeat(np.arange(cells), QUARTERS + 1), np.tile(np.arange(QUARTERS + 1), cells)
    rid = ids.STOCK + d.number * ids.PER_DISTRICT + np.arange(len(cell))
    return table(
        "invinfo_d",
        len(cell),
        {
            **_good(d, books.item[cell]),
            **_batch(len(cell), cell),
            "rid": ids.text(rid),
            "fixmedins_code": pick(d.codes, books.inst[cell]),
            "invdate": days(COUNTS[q]),
            "inv_cnt": decimal(books.counted[cell, q] * 10_000, 16, 4),
        },
    )


def changes(d: District, books: Books) -> pa.Table:
    cell, n = books.change_cell, len(books.change_cell)
    item = books.item[cell]
    return table(
        "invchg_d",
        n,
        {
            **_good(d, item),
            "rid": ids.text(ids.CHANGE + d.number * ids.PER_DISTRICT + np.arange(n)),
            "fixmedins_code": pick(d.codes, books.inst[cell]),
            "inv_chg_type": pa.array(list(books.change_type), pa.string()),
            "fixmedins_bchno": "P001",
            "pric": decimal(d.world.cat.prices[0, item] * 100, 16, 6),
            "trdn_flag": "0",
            "cnt": decimal(books.change_units * 10_000, 16, 4),
            "inv_chg_time": times(books.change_day * DAY + 660),
            "inv_chg_opter_name": "库管员",
        },
    )


def deliveries(d: District, books: Books) -> pa.Table:
    cell, q, part = np.nonzero(books.bought)
    item, n, names = books.item[cell], len(cell), data("names")
    number = np.arange(n)
    return table(
        "purcinfo_d",
        n,
        {
            **_good(d, item),
            **_batch(n, cell),
            "rid": ids.text(ids.PURCHASE + d.number * ids.PER_DISTRICT + number),
            "fixmedins_code": pick(d.codes, books.inst[cell]),
            "spler_name": pick(names["suppliers"], cell % len(names["suppliers"])),
            "prdr_name": pick(names["makers"], item % len(names["makers"])),
            "aprvno": pick([f"示例准字{i:05d}" for i in range(len(d.world.cat.goods))], item),
            "finl_trns_pric": decimal(d.world.cat.prices[0, item] * PURCHASE_SHARE, 16, 6),
            "purc_retn_cnt": decimal(books.bought[cell, q, part] * 10_000, 16, 4),
            "purc_invo_no": ids.text(99_000_000 + number),
            "purc_retn_stoin_time": times(books.delivered[cell, q, part] * DAY + 600),
            "purc_retn_opter_name": "采购员",
            "prod_geay_flag": "0",
            "retn_flag": "0",
        },
    )


def sales(d: District, books: Books) -> pa.Table:
    """One row a line sold or returned by the customer; a return counts positive and says so."""
    line, e, sale = d.rows.line, d.rows.enc, books.sale
    enc, item, base = d.rows.encounter_of_lines()[sale], line["item"][sale], d.number * ids.PER_DISTRICT
    back = line["cnt"][sale] < 0
    staff = e["doctor"][enc]
    return table(
        "selinfo_d",
        len(sale),
        {
            **_good(d, item),
            **_batch(len(sale), item),
            "rid": ids.text(ids.SALE + base + sale),
            "fixmedins_code": pick(d.codes, e["inst"][enc]),
            "prsc_dr_name": pick(d.staff["name"], staff),
            "phar_name": pick(d.staff["name"], staff),
            "phar_prac_cert_no": pick(d.staff["code"], staff),
            "hi_feesetl_type": "1",
            "setl_id": ids.text(ids.settlement(d.number, line["setl"][sale])),
            "mdtrt_sn": ids.text(ids.MDTRT + base + enc),
            "psn_no": pick(d.persons["psn_no"], e["person"][enc]),
            "trdn_flag": "0",
            "finl_trns_pric": decimal(line["price"][sale] * 100, 16, 6),
            "rtal_docno": ids.text(ids.SETL + base + enc),
            "sel_retn_cnt": decimal(np.abs(line["cnt"][sale]) * 100, 16, 4),
            "sel_retn_time": times(sale_minute(d.rows, sale)),
            "sel_retn_opter_name": "营业员",
            "retn_flag": pick(("0", "1"), back.astype(np.int64)),
        },
    )


def traces(d: District, books: Books, staged: dict[int, str]) -> pa.Table:
    """A traceability code for every drug sold, the same code again when it comes back. `staged`: codes that schemes chose."""
    line, e = d.rows.line, d.rows.enc
    sale = books.sale[d.world.cat.is_drug[line["item"][books.sale]]]
    enc, base = d.rows.encounter_of_lines()[sale], d.number * ids.PER_DISTRICT
    origin = np.where(line["init"][sale] >= 0, line["init"][sale], sale)
    words = np.char.add("8", (TRACE + base + origin).astype("U19")).astype(object)
    for at in np.flatnonzero(np.isin(origin, np.array(sorted(staged), np.int64))).tolist():
        words[at] = staged[int(origin[at])]
    back = line["cnt"][sale] < 0
    return table(
        "drug_trac_d",
        len(sale),
        {
            "rid": ids.text(ids.TRACE + base + sale),
            "drug_trac_codg": pa.array(words, pa.string()),
            "med_list_codg": pick([g.code for g in d.world.cat.goods], line["item"][sale]),
            "fixmedins_code": pick(d.codes, e["inst"][enc]),
            "psn_no": pick(d.persons["psn_no"], e["person"][enc]),
            "setl_id": ids.text(ids.settlement(d.number, line["setl"][sale])),
            "bkkp_sn": ids.text(ids.LINE + base + sale),
            "trac_time": times(sale_minute(d.rows, sale)),
            "trac_type": pick(("4", "5"), back.astype(np.int64)),
        },
    )
