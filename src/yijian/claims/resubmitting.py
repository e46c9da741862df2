"""Rejected rows leave quarantine as a CSV that a person corrects, and come back through the same checks as any delivery."""

import csv
from collections import defaultdict
from pathlib import Path

import pyarrow as pa

from yijian.claims.checks import checks
from yijian.claims.intake import Imported, import_sources
from yijian.claims.mapping import Mapping
from yijian.claims.quarantine import Quarantine, is_identity
from yijian.claims.reading.held import held_layout
from yijian.claims.reading.recognise import source_of
from yijian.claims.tables import tables
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.vocabulary.masking import masked

OURS = ("_row_id", "_reasons", "_line")
"""Columns of an exported file that are not the bureau's."""


def export_rows(home: Home, folder: Path, table: str = "", import_id: str = "", *, identity: bool = False) -> list[Path]:
    """Write open rows to `folder`, one CSV a table, with `_row_id` and `_reasons`; returns the files.

    Identity columns are masked unless `identity`; left as they are, re-submission puts the true values back.
    """
    quarantine = Quarantine(home)
    reasons = defaultdict[str, list[str]](list)
    places = defaultdict[str, set[str]](set)
    for r in quarantine.rejections(import_id, table):
        reasons[r.row_id].append(f"{r.column}：{checks()[r.check].title}" if r.column else checks()[r.check].title)
        places[r.table].add(r.import_id)
    folder.mkdir(parents=True, exist_ok=True)
    written = list[Path]()
    for named, imports in sorted(places.items()):
        rows = [row for i in sorted(imports) for row in quarantine.rows(i, named)]
        columns = list(dict.fromkeys(c for row in rows for c in row if c not in OURS))
        columns = columns or [c.name for c in tables()[named].columns]
        path = folder / f"{named}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as f:
            writer = csv.DictWriter(f, [*columns, *OURS])
            writer.writeheader()
            for row in rows:
                shown = {c: _shown(named, c, v, identity) for c, v in row.items()}
                writer.writerow({**shown, "_row_id": row["_row_id"], "_reasons": "；".join(reasons[str(row["_row_id"])])})
        written.append(path)
    return written


def _shown(table: str, column: str, value: str | None, identity: bool) -> str:
    if not value or identity or column == "_row_id" or not is_identity(table, column):
        return value or ""
    return "（含身份信息，加 --with-identity 导出）" if column == "_line" else masked(column, value)


def resubmit(home: Home, file: Path, mapping: Mapping | None = None) -> Imported:
    """Take a corrected export: its rows are checked and loaded anew, and settled in quarantine.

    A row that is still wrong is in quarantine again, under this import. Raises UserError if the file is no export.
    """
    rows, header = _read(file)
    table = next((t for t in tables().values() if file.stem.lower().startswith(t.name)), None)
    if table is None:
        raise UserError("从文件名认不出是哪张表", where=str(file), do="请保留导出时的文件名（表名开头）")
    quarantine = Quarantine(home)
    ids = [row["_row_id"] for row in rows]
    originals = {
        str(row["_row_id"]): row
        for i in dict.fromkeys(row_id.rsplit(".", 2)[0] for row_id in ids)
        for row in quarantine.rows(i, table.name)
    }
    unknown = next((i for i in ids if i not in originals), None)
    if unknown:
        raise UserError(f"隔离区没有行 {unknown}，或它已处理", where=str(file), do="请重新导出后再更正")
    columns = [c for c in header if c not in OURS]
    restored = {
        c: pa.array([_restored(table.name, c, row[c], originals[row["_row_id"]].get(c)) for row in rows], pa.string())
        for c in columns
    }
    source = source_of(
        file.resolve(), "resubmitted", table, held_layout(pa.table(restored)), mapping.of(file) if mapping else None
    )
    return import_sources(home, lambda _: ([source], []), resolves=ids)


def _read(file: Path) -> tuple[list[dict[str, str]], list[str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as f:
            reader = csv.DictReader(f)
            rows, header = list(reader), list(reader.fieldnames or [])
    except FileNotFoundError:
        raise UserError("没有这个文件", where=str(file), do="请核对路径") from None
    except (UnicodeDecodeError, csv.Error):
        raise UserError("文件不是导出时的 CSV（UTF-8）", where=str(file), do="请另存为 CSV UTF-8 后重试") from None
    if "_row_id" not in header or not rows or any(None in row or None in row.values() for row in rows):
        raise UserError("这不是隔离区导出的文件，或列数不齐", where=str(file), do="请先运行 yijian quarantine export")
    return rows, header


def _restored(table: str, column: str, value: str, original: str | None) -> str | None:
    if original and is_identity(table, column) and value == masked(column, original):
        return original
    return value or None
