"""Intake: `yijian import` of a delivery with 82 text columns a fee line, against DuckDB merely parsing the same files as text.

    python -m bench.intake --lines 1000000

The baseline reads every column of every line as text and materialises it: `sum(hash(all columns))` over `read_csv(all_varchar)`,
with the same two threads. `yijian import` runs whole: process start, recognising, typing, checks, tokens, sorting into buckets,
checking lines against settlements, identities into the vault, hashing the files, commit.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.measure import ROOT, show
from yijian.claims.lake import Lake
from yijian.claims.tables import tables
from yijian.vocabulary.home import Home

THREADS = 2
FORMS = {"csv": "CSV", "parquet": "Parquet (all text)", "typed": "Parquet (natural types)"}
VISIT = "(i // 6)"
DAY = "(DATE '2026-01-01' + (i * 365 // {n})::INT)"
MADE = f"strftime({DAY}::TIMESTAMP + INTERVAL 1 DAY, '%Y-%m-%d %H:%M:%S')"


def _pick(by: str, *values: str) -> str:
    return f"[{', '.join(repr(v) for v in values)}][(1 + hash({by}) % {len(values)})::BIGINT]"


def _padded(prefix: str, by: str, digits: int) -> str:
    return f"'{prefix}' || lpad(({by})::VARCHAR, {digits}, '0')"


ITEM, PERSON, PLACE = "hash(i * 13) % 8000", f"hash({VISIT}) % {{persons}}", f"hash({VISIT}) % 300"
CENTS = "(hash(i * 3) % 100000)"
FEE = {
    "bkkp_sn": _padded("3702", "i", 16), "mdtrt_id": _padded("M", VISIT, 14), "setl_id": _padded("S", VISIT, 14),
    "fee_ocur_time": f"strftime({DAY}::TIMESTAMP + INTERVAL (hash(i) % 86400) SECOND, '%Y-%m-%d %H:%M:%S')",
    "rx_drord_no": "'R' || (i // 3)::VARCHAR", "fixmedins_code": _padded("H3702", PLACE, 7),
    "fixmedins_name": f"'第' || ({PLACE})::VARCHAR || '人民医院'", "psn_no": _padded("37020000", PERSON, 12),
    "psn_insu_rlts_id": _padded("37029", PERSON, 12), "insu_admdvs": "'370200'", "pay_loc": "'2'",
    "med_type": _pick(VISIT, "11", "14", "21", "41"), "cnt": "(1 + hash(i) % 9)::VARCHAR",
    "pric": f"({CENTS} / 100)::DECIMAL(16,4)::VARCHAR",
    "det_item_fee_sumamt": f"({CENTS} * (1 + hash(i) % 9) / 100)::DECIMAL(16,2)::VARCHAR", "pric_uplmt_amt": "'0.00'",
    "selfpay_prop": _pick("i * 5", "0", "0.1", "0.2", "1"), "fulamt_ownpay_amt": "'0.00'", "overlmt_selfpay": "'0.00'",
    "preselfpay_amt": "((hash(i * 9) % 10000) / 100)::DECIMAL(16,2)::VARCHAR",
    "inscp_amt": f"({CENTS} * (1 + hash(i) % 9) / 100)::DECIMAL(16,2)::VARCHAR", "cvlserv_bedfee_amt": "'0'",
    "medins_disc_amt": "'0'", "chrgitm_lv": _pick("i * 11", "01", "02", "03"), "hilist_code": _padded("XA", ITEM, 18),
    "hilist_name": f"'药品名称' || ({ITEM})::VARCHAR", "list_type": _pick("i * 13", "101", "102", "201", "301"),
    "med_list_codg": _padded("XA", ITEM, 18), "medins_list_codg": f"'Y' || ({ITEM})::VARCHAR",
    "medins_list_name": f"'院内名称' || ({ITEM})::VARCHAR", "med_chrgitm_type": _pick("i * 13", "09", "03", "05", "08"),
    "prodname": f"'商品' || ({ITEM})::VARCHAR", "spec": "'0.25g*' || (hash(i * 13) % 48)::VARCHAR",
    "dosform_name": _pick("i * 13", "片剂", "胶囊", "注射液"), "bilg_dept_codg": f"'A0' || (hash({VISIT}) % 40)::VARCHAR",
    "bilg_dept_name": f"'内科' || (hash({VISIT}) % 40)::VARCHAR", "bilg_dr_code": _padded("D3702", f"hash({VISIT}) % 3000", 8),
    "bilg_dr_name": f"'医师' || (hash({VISIT}) % 3000)::VARCHAR", "acord_dept_codg": f"'A0' || (hash({VISIT}) % 40)::VARCHAR",
    "lmt_used_flag": "'0'", "hosp_prep_flag": "'0'", "hosp_appr_flag": "'1'", "chld_medc_flag": "'0'", "etip_flag": "'0'",
    "list_sp_item_flag": "'0'", "reim_prop": "'0.85'", "sin_dos_dscr": "'0.25g'",
    "used_frqu_dscr": _pick("i * 13", "qd", "bid", "tid"), "prd_days": "(1 + hash(i) % 14)::VARCHAR", "vali_flag": "'1'",
    "rid": _padded("370200", "i", 30), "updt_time": MADE, "crter_id": "'C001'", "crter_name": "'系统'", "crte_time": MADE,
    "crte_optins_no": "'370200'", "opter_id": f"'O' || ({PLACE})::VARCHAR", "opter_name": "'经办'", "opt_time": MADE,
    "optins_no": "'370200'", "poolarea_no": "'370200'", "chrg_bchno": f"'B' || {VISIT}::VARCHAR",
    "pt": f"strftime({DAY}, '%Y%m')",
}  # fmt: skip
"""The 63 columns of a fee line that bureaus fill, about a third of them with the same value in every line; the rest is empty."""
SETTLEMENT = {
    **{c: FEE[c] for c in ("mdtrt_id", "setl_id", "psn_no", "fixmedins_code", "fixmedins_name", "med_type", "updt_time")},
    "setl_time": FEE["fee_ocur_time"], "psn_name": f"'甲' || ({PERSON})::VARCHAR", "certno": _padded("999999", PERSON, 12),
    "gend": "'1'", "insutype": "'310'", "vali_flag": "'1'",
    "medfee_sumamt": f"(SELECT sum(({CENTS} * (1 + hash(i) % 9) / 100)::DECIMAL(16,2))::VARCHAR)",
}  # fmt: skip


def _rows(table: str, fill: dict[str, str], lines: int, form: str) -> str:
    kinds = {c.name: c.sql_type if form == "typed" else "VARCHAR" for c in tables()[table].columns}
    listed = ", ".join(f"CAST({fill.get(c, 'NULL')} AS {kind}) AS {c}" for c, kind in kinds.items())
    return listed.replace("{n}", str(lines)).replace("{persons}", str(max(lines // 60, 10)))


def deliver(folder: Path, lines: int, form: str) -> list[Path]:
    """Write `fee_list_d` with so many lines, and the settlements they belong to: `csv`, `parquet` (all text), `typed` Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    suffix = "csv" if form == "csv" else "parquet"
    fees, settlements = folder / f"fee_list_d.{suffix}", folder / f"setl_d.{suffix}"
    how = "HEADER true" if form == "csv" else "COMPRESSION zstd"
    con = duckdb.connect()
    con.execute(f"COPY (SELECT {_rows('fee_list_d', FEE, lines, form)} FROM range({lines}) r(i)) TO '{fees}' ({how})")
    total = SETTLEMENT["medfee_sumamt"].removeprefix("(SELECT ").removesuffix(")")
    columns = _rows("setl_d", {**SETTLEMENT, "medfee_sumamt": "amount"}, lines, form)
    sums = f"SELECT {VISIT} AS visit, {total} AS amount FROM range({lines}) r(i) GROUP BY 1"
    visits = f"SELECT (visit * 6)::BIGINT AS i, amount FROM ({sums})"
    con.execute(f"COPY (SELECT {columns} FROM ({visits})) TO '{settlements}' ({how})")
    return [fees, settlements]


@dataclass(frozen=True)
class Run:
    """One run: seconds, peak resident memory in GB, seconds of processor time (steadier on a machine shared with others)."""

    seconds: float
    peak_gb: float
    cpu: float


def _process(*words: object) -> Run:
    begun = time.perf_counter()
    child = subprocess.Popen(list(map(str, words)), cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{words} ended with {child.returncode}")
    return Run(time.perf_counter() - begun, usage.ru_maxrss / 1024**2, usage.ru_utime + usage.ru_stime)


def parse_as_text(paths: list[Path]) -> Run:
    """What DuckDB needs to parse the files as text, all columns materialised."""
    con = duckdb.connect(config={"threads": THREADS})
    begun, worked = time.perf_counter(), time.process_time()
    for path in paths:
        columns = ", ".join(c.name for c in tables()[path.stem].columns)
        con.execute(f"SELECT sum(hash({columns})) FROM read_csv('{path}', all_varchar = true, header = true)").fetchall()
    return Run(time.perf_counter() - begun, 0.0, time.process_time() - worked)


def take(home: Path, folder: Path, lines: int) -> Run:
    """`yijian import` in a process of its own, into an empty home."""
    shutil.rmtree(home, ignore_errors=True)
    run = _process(sys.executable, "-m", "yijian.cli", "import", folder, "--home", home)
    found = Lake.open(Home(home)).snapshot().rows("fee_list_d")
    if found != lines:
        raise RuntimeError(f"{found} lines in the lake, {lines} delivered")
    return run


def main(folder: Path, lines: int, rounds: int = 1) -> None:
    """Measure the forms and print the table. Leaves nothing in `folder`."""
    place, home = folder / "intake-delivery", folder / "intake-home"
    rows = list[tuple[str, ...]]()
    for form, named in FORMS.items():
        shutil.rmtree(place, ignore_errors=True)
        files = deliver(place, lines, form)
        size = sum(f.stat().st_size for f in files) / 1e6
        ours, theirs = list[Run](), list[Run]()
        for _ in range(rounds):  # taken in turn, so that a busy machine disturbs both alike
            theirs += [parse_as_text(files)] if form == "csv" else []
            ours.append(take(home, place, lines))
        for what, runs in ((f"DuckDB parses {named} as text", theirs), (f"yijian import, {named}", ours)):
            if runs:
                best, cpu = min(r.seconds for r in runs), min(r.cpu for r in runs)
                peak = max(r.peak_gb for r in runs)
                ratios = (
                    [f"{best / min(t.seconds for t in theirs):.2f}", f"{cpu / min(t.cpu for t in theirs):.2f}"]
                    if theirs
                    else ["", ""]
                )
                memory = f"{peak:.2f}" if peak else ""
                rows.append((what, f"{size:,.0f}", f"{best:.2f}", f"{cpu:.2f}", f"{lines / best:,.0f}", memory, *ratios))
    show(f"Intake of {lines:,} fee lines", ["", "MB", "seconds", "CPU s", "lines/s", "peak GB", "times parsing", "in CPU"], rows)
    for used in (place, home):
        shutil.rmtree(used, ignore_errors=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("bench-home"))
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    main(given.folder.absolute(), given.lines, given.rounds)
