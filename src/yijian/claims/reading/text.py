"""Delimited text: what a file's encoding, delimiter and header are, and scanning it with DuckDB or, if not UTF-8, Arrow.

DuckDB's further encodings are an extension that an isolated network cannot download, so GBK and GB18030 go through
Arrow's CSV reader. Python's own `csv` module only looks at a header and at a few lines here and there.
"""

import codecs
import csv
import io
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pacsv

from yijian.claims.arrow import ArrowReader
from yijian.claims.reading.source import Layout, registered
from yijian.claims.values import literal
from yijian.vocabulary.errors import UserError

_HEAD = 1 << 20
_SPOT, _SPOTS = 1 << 16, 24
_DELIMITERS = (",", "\t", "\x01", "|", ";")
_NULLS = ["", "NULL", "null", r"\N"]


@dataclass(frozen=True)
class Dialect:
    """How a text file is written. `quoted`: double quotes enclose values (Hive's ^A files know none)."""

    encoding: str
    delimiter: str
    quoted: bool
    bom: int = 0


def text_layout(path: Path, known: set[str], positional: list[str] | None = None) -> Layout:
    """Look at a text file. `known`: column names by which its header is told from data; `positional`: columns of a file
    without header. Raises UserError if it is empty, no text, or has no header."""
    dialect, header = _look(path, known)
    headed = any(h.strip().lower() in known for h in header)
    if not headed and positional is not None and len(header) == len(positional):
        header = positional
    elif not headed:
        raise UserError("第一行没有一个认识的列名", where=str(path), do="请补上表头，或用 --mapping 映射文件写明各列对应什么")
    repeated = sorted({h for h in header if header.count(h) > 1})
    if repeated:
        raise UserError(f"表头中的列名 “{repeated[0]}” 出现了不止一次", where=str(path), do="请改正表头后重新导入")
    utf8 = dialect.encoding == "utf-8"
    scan = _duckdb_scan(path, dialect, header, headed)

    def whole(con: duckdb.DuckDBPyConnection) -> str:
        if utf8:
            return scan
        return registered(con, _arrow_reader(path, dialect, header, headed))

    sample = _spots(path, dialect, header, headed)
    return Layout(header, dict.fromkeys(header, "VARCHAR"), whole, sample, headed, filled=frozenset(header))


def _look(path: Path, known: set[str]) -> tuple[Dialect, list[str]]:
    with path.open("rb") as f:
        head = f.read(_HEAD)
    if not head.strip():
        raise UserError("文件是空的", where=str(path), do="请重新导出该文件")
    bom = 3 if head.startswith(codecs.BOM_UTF8) else 0
    encoding = "utf-8" if bom or (_decodes(head, "utf-8") and _is_utf8(path)) else "gb18030"
    if not _decodes(head[bom:], encoding) or b"\x00" in head:
        raise UserError("文件不是 UTF-8 或 GBK/GB18030 编码的文本", where=str(path), do="请另存为 CSV（UTF-8）后重新导入")
    text = head[bom:].decode(encoding, errors="ignore")
    best, header = _DELIMITERS[0], list[str]()
    for delimiter in _DELIMITERS:
        first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        score, lead = (sum(h.strip().lower() in known for h in x) for x in (first, header))
        if (score, len(first)) > (lead, len(header)):
            best, header = delimiter, first
    quoted = best != "\x01" or f'"{best}' in text or f'{best}"' in text
    return Dialect(encoding, best, quoted, bom), [h.strip() for h in header]


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head, final=len(head) < _HEAD)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(path: Path) -> bool:
    """Whole lines from many places are UTF-8: the first Chinese character may stand far down in a file."""
    size = path.stat().st_size
    with path.open("rb") as f:
        for spot in range(1, _SPOTS):
            f.seek(size * spot // _SPOTS)
            lines = f.read(_SPOT).split(b"\n")[1:-1]
            try:
                b"\n".join(lines).decode("utf-8")
            except UnicodeDecodeError:
                return False
    return True


def _duckdb_scan(path: Path, dialect: Dialect, header: list[str], headed: bool) -> str:
    quote = "quote='\"', escape='\"'" if dialect.quoted else "quote='', escape=''"
    columns = ", ".join(f"{literal(h)}: 'VARCHAR'" for h in header)
    nulls = ", ".join(literal(n) for n in _NULLS)
    return (
        f"read_csv({literal(str(path))}, auto_detect=false, header={str(headed).lower()}, delim={literal(dialect.delimiter)}, "
        f"{quote}, columns={{{columns}}}, nullstr=[{nulls}], store_rejects=true, rejects_limit=0, "
        f"max_line_size=16777216, null_padding=false)"
    )


def forget_broken_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Start a fresh list of lines that DuckDB cannot split."""
    con.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")


def broken_lines(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[int, str]]]:
    """(line, text) of lines that could not be split since, by file."""
    if not con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'").fetchall():
        return {}
    rows = con.execute(
        "SELECT file_path, line, any_value(coalesce(csv_line, '')) FROM reject_errors "
        "JOIN reject_scans USING (scan_id, file_id) GROUP BY ALL ORDER BY file_path, line"
    ).fetchall()
    found = dict[str, list[tuple[int, str]]]()
    for path, line, text in rows:
        found.setdefault(path, []).append((line, text))
    return found


def _arrow_reader(path: Path, dialect: Dialect, header: list[str], headed: bool) -> ArrowReader:
    types = {h: pa.string() for h in header}
    try:
        return pacsv.open_csv(
            path,
            read_options=pacsv.ReadOptions(
                encoding=dialect.encoding, column_names=header, skip_rows=1 if headed else 0, block_size=1 << 24
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char='"' if dialect.quoted else False,
                newlines_in_values=dialect.quoted,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=types, strings_can_be_null=True, null_values=_NULLS, quoted_strings_can_be_null=True
            ),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise unreadable_text(path, error) from None


def unreadable_text(path: Path, error: Exception) -> UserError:
    """The sentence for a text file that breaks off in the middle."""
    lines = str(error).strip().splitlines()
    said = lines[0][:120] if lines else ""
    return UserError(f"文件在中途无法读取：{said}", where=str(path), do="请核对编码、分隔符与引号后重新导出")


def _spots(path: Path, dialect: Dialect, header: list[str], headed: bool) -> list[dict[str, str | None]]:
    """Whole lines from many places of the file: a guess at what its columns hold, never relied upon."""
    size, found = path.stat().st_size, list[dict[str, str | None]]()
    with path.open("rb") as f:
        for spot in range(_SPOTS):
            start = dialect.bom if spot == 0 else size * spot // _SPOTS
            f.seek(start)
            text = f.read(_SPOT).decode(dialect.encoding, errors="ignore")
            lines = text.splitlines()[(1 if headed or spot else 0) : -1 if size > start + _SPOT else None]
            for record in csv.reader(lines, delimiter=dialect.delimiter):
                if len(record) == len(header):
                    found.append({h: (None if v in _NULLS else v) for h, v in zip(header, record, strict=True)})
            if size <= _SPOT:
                break
    return found
