"""Reading a run again: its findings, its coverage, and both as files."""

import sys
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import xlsxwriter

from yijian.engine.doubts import RULE, mark
from yijian.engine.ledger import Counts, Ledger, Run, Tally
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

EXCEL_ROWS = 1_048_575
"""Rows that a sheet holds below its header."""


class CoverageRow(msgspec.Struct, frozen=True):
    """One rule's line in the coverage ledger: total = excluded + not_applicable + passed + found + not_judged."""

    rule: str
    title: str
    total: int
    excluded: int
    not_applicable: int
    passed: int
    found: int
    not_judged: int
    causes: dict[str, int]
    findings: int
    amount: Decimal
    error: str


def current_run(home: Home) -> Run | None:
    """The newest finished run, or None."""
    return Ledger(home).current()


def needed_run(home: Home) -> Run:
    """The newest finished run; UserError if there is none."""
    run = current_run(home)
    if run is None:
        raise UserError("这里还没有审核结果", where=str(home.path), do="请先运行 yijian audit")
    return run


def read_findings(home: Home, run: Run, rule: str | None = None) -> pa.Table:
    """Findings of a run in the columns of `doubts.MARKED`."""
    ledger = Ledger(home)
    return mark(ledger.findings(run, rule), ledger.findings(run, RULE))


def read_coverage(home: Home, run: Run) -> list[CoverageRow]:
    """The coverage ledger of a run, one line a rule; a rule that failed has zeros and its error."""
    by_rule: dict[str, list[Counts]] = {}
    for counts in Ledger(home).coverage(run):
        by_rule.setdefault(counts.rule, []).append(counts)
    return [_row(rule.id, rule.title, rule.error, by_rule.get(rule.id, [])) for rule in run.rules.values()]


def _row(rule: str, title: str, error: str, parts: list[Counts]) -> CoverageRow:
    whole = sum((p.tally() for p in parts), Tally())
    return CoverageRow(
        rule,
        title,
        whole.total,
        whole.excluded,
        whole.not_applicable,
        whole.passed,
        whole.found,
        whole.not_judged,
        whole.causes,
        sum(p.findings for p in parts),
        sum((Decimal(p.amount) for p in parts), Decimal("0.00")),
        error,
    )


def _csv(table: pa.Table) -> bytes:
    out = BytesIO()
    pa_csv.write_csv(table, out)
    return out.getvalue()


def _json(table: pa.Table) -> bytes:
    return b"[\n" + b",\n".join(_row_json(row) for row in table.to_pylist()) + b"\n]\n"


def _row_json(row: dict[str, object]) -> bytes:
    return msgspec.json.encode({k: float(v) if isinstance(v, Decimal) else v for k, v in row.items()})


def _parquet(table: pa.Table) -> bytes:
    out = BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def _xlsx(table: pa.Table) -> bytes:
    if table.num_rows > EXCEL_ROWS:
        raise UserError(
            f"有 {table.num_rows} 行，超过 Excel 一张表的 {EXCEL_ROWS} 行",
            do="请改用 --format csv 或 parquet，或用 --rule 分开导出",
        )
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "in_memory": False, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("findings")
    sheet.write_row(0, 0, table.column_names, book.add_format({"bold": True}))
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(zip(*(c.to_pylist() for c in table.columns), strict=True), 1):
        for column, value in enumerate(row):
            if isinstance(value, int | float | Decimal):
                sheet.write_number(number, column, float(value))
            elif value is not None:
                sheet.write_string(number, column, str(value))
    book.close()
    return out.getvalue()


FORMATS: dict[str, Callable[[pa.Table], bytes]] = {"csv": _csv, "json": _json, "parquet": _parquet, "xlsx": _xlsx}
"""Format → bytes of a table in it."""


def export(table: pa.Table, form: str, output: Path | None) -> None:
    """Write a table as csv, json, parquet or xlsx to a file, or to standard output. The file appears whole or not at all."""
    if form not in FORMATS:
        raise UserError(f"没有格式“{form}”", do=f"可用：{'、'.join(FORMATS)}")
    content = FORMATS[form](table)
    if output is None:
        sys.stdout.buffer.write(content)
        return
    temporary = output.with_name(f".{output.name}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(output)
    except OSError as error:
        raise UserError(f"写不进文件：{error.strerror}", where=str(output), do="请检查文件夹是否存在、磁盘是否已满") from error
