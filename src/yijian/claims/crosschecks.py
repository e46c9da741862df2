"""Step 3 of an import: checks between tables, on what the lake will be once this import is committed.

    line_without_settlement   a new fee line whose settlement is not among its person's settlements
    settlement_total          a settlement that this import touched whose total is not the sum of its valid lines

Both are suspect: the rows are loaded, and each stands in the import's list of suspects.
"""

from collections.abc import Sequence

from yijian.claims.lake import DataFile
from yijian.claims.values import literal
from yijian.claims.work import Work

VALID = "coalesce(vali_flag, '1') = '1'"


def cross_check(work: Work) -> None:
    """Append what is suspect to the table `suspects` (check_name, tabl_name, row_key, colm_name, value, detail)."""
    fresh = {t: {f.bucket for f in work.new.get(t, ())} for t in ("fee_list_d", "setl_d")}
    for bucket in sorted(b for b in fresh["fee_list_d"] | fresh["setl_d"] if b is not None):
        lines = [f for f in _live(work, "fee_list_d") if f.bucket == bucket]
        settlements = [f for f in _live(work, "setl_d") if f.bucket == bucket]
        new_lines, new_settlements = work.delivered("fee_list_d", bucket), work.delivered("setl_d", bucket)
        if new_lines:
            _orphans(work, new_lines, settlements)
        if lines and settlements:
            _totals(work, lines, settlements, new_lines, new_settlements)


def _live(work: Work, table: str) -> list[DataFile]:
    return work.live.get(table, work.base.live(table))


def _scan(work: Work, files: Sequence[DataFile]) -> str:
    return f"read_parquet([{', '.join(literal(str(work.lake.folder / f.path)) for f in files)}])"


def _orphans(work: Work, lines: list[DataFile], settlements: list[DataFile]) -> None:
    known = f"ANTI JOIN {_scan(work, settlements)} s USING (setl_id)" if settlements else ""
    work.con.execute(f"""
        INSERT INTO suspects
        SELECT 'line_without_settlement', 'fee_list_d', bkkp_sn || '|' || setl_id, 'setl_id', setl_id,
               '人员 ' || psn_no || ' 的结算中没有该结算编号'
        FROM {_scan(work, lines)} {known}
    """)


def _totals(
    work: Work,
    lines: list[DataFile],
    settlements: list[DataFile],
    new_lines: list[DataFile],
    new_settlements: list[DataFile],
) -> None:
    touched = " UNION ".join(f"SELECT setl_id FROM {_scan(work, files)}" for files in (new_lines, new_settlements) if files)
    work.con.execute(f"""
        INSERT INTO suspects
        WITH sums AS (
            SELECT setl_id, sum(det_item_fee_sumamt) AS amount FROM {_scan(work, lines)} WHERE {VALID} GROUP BY setl_id)
        SELECT 'settlement_total', 'setl_d', setl_id, 'medfee_sumamt', s.medfee_sumamt::VARCHAR,
               '明细合计 ' || sums.amount::DECIMAL(18,2)
        FROM {_scan(work, settlements)} s JOIN sums USING (setl_id)
        WHERE {VALID} AND s.medfee_sumamt <> sums.amount AND setl_id IN ({touched})
    """)
