"""Which table a delivered file is, and which lake column each of its columns is. Nothing is guessed about a column:
a name that is neither the warehouse's nor the interface's, and that no mapping names, stops the import with one sentence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yijian.claims.mapping import FileMapping, Mapping
from yijian.claims.reading.excel import excel_layout
from yijian.claims.reading.parquet import parquet_layout
from yijian.claims.reading.source import Layout, Raw, Source
from yijian.claims.reading.text import text_layout
from yijian.claims.tables import Table, tables
from yijian.claims.values import literal, name
from yijian.claims.vault import token_sql
from yijian.vocabulary.errors import UserError

FORMS = {
    ".csv": "text", ".txt": "text", ".tsv": "text", ".dat": "text",
    ".xlsx": "excel", ".xls": "excel", ".xlsm": "excel", ".xlsb": "excel", ".parquet": "parquet",
}  # fmt: skip
NOT_CLAIMS = {"labels.csv": "答案表", "labels.parquet": "答案表", "knowledge": "知识库文件夹"}
"""What a city's folder holds beside its tables."""


@dataclass(frozen=True)
class Found:
    """The files to read, and sentences about those that are left out."""

    files: list[Path]
    notes: list[str]


def find_files(paths: Sequence[Path]) -> Found:
    """Files to import: those named, and all table files of the folders named. Raises UserError if one is missing."""
    files, notes = list[Path](), list[str]()
    for path in paths:
        if not path.exists():
            raise UserError("没有这个文件或文件夹", where=str(path), do="请核对路径")
        for one in sorted(path.iterdir()) if path.is_dir() else [path]:
            if one.name in NOT_CLAIMS:
                notes.append(f"跳过{NOT_CLAIMS[one.name]} {one.name}")
            elif one.is_file() and one.suffix.lower() in FORMS:
                files.append(one)
            elif one == path:
                raise UserError("不认识这种文件", where=str(path), do="请提供 CSV、Excel 或 Parquet 文件")
            elif not one.name.startswith("."):
                notes.append(f"跳过 {one.name}：不是 CSV、Excel 或 Parquet 文件")
    if not files:
        raise UserError("没有可导入的文件", where=" ".join(map(str, paths)), do="请提供 CSV、Excel 或 Parquet 文件")
    return Found(list(dict.fromkeys(f.resolve() for f in files)), notes)


def sources(files: Sequence[Path], mapping: Mapping | None = None) -> list[Source]:
    """Look at each file and say what it is. Raises UserError at the first that is not understood."""
    return [_source(path, mapping.of(path) if mapping else None) for path in files]


def _source(path: Path, mapped: FileMapping | None) -> Source:
    form = FORMS[path.suffix.lower()]
    by_name = tables()[mapped.table] if mapped else _by_name(path.stem)
    layout = _layout(path, form, mapped, by_name)
    return source_of(path, form, by_name or _by_header(layout.header, path), layout, mapped)


def source_of(path: Path, form: str, table: Table, layout: Layout, mapped: FileMapping | None = None) -> Source:
    """A file of a known table as a source. Raises UserError for a column that is not understood or is missing."""
    columns = _columns(path, table, layout, mapped)
    raw = {column: Raw(name(header), layout.types[header], header in layout.filled) for header, column in columns.items()}
    identity = {c: raw[c] for c in table.identity if c in raw}
    if mapped:
        raw |= _mapped(path, mapped, layout, raw)
        identity |= {c: Raw(name(_header(path, layout, h)), "VARCHAR") for c, h in mapped.identity.items()}
    missing = [c for c in table.required if c not in raw]
    if missing:
        titles = "、".join(f"{c}（{table.by_name[c].title}）" for c in missing)
        raise UserError(
            f"作为表 {table.name} 缺少必需的列 {titles}", where=str(path), do="请补上该列，或用 --mapping 映射文件写明"
        )
    return Source(path, form, table, layout, raw, identity, form == "excel", _padded(layout))


def _layout(path: Path, form: str, mapped: FileMapping | None, table: Table | None) -> Layout:
    if form == "parquet":
        return parquet_layout(path)
    if form == "excel":
        return excel_layout(path)
    if mapped:
        return text_layout(path, {h.lower() for h in _delivered(mapped)})
    known = {c for t in tables().values() for c in (*t.by_name, *t.aliases)}
    return text_layout(path, known, [c.name for c in table.columns] if table else None)


def _delivered(mapped: FileMapping) -> set[str]:
    named = {h for hs in mapped.digests.values() for h in hs if h != "*"}
    return {*mapped.columns, *mapped.ignore, *mapped.tokens.values(), *mapped.identity.values(), *named}


def _by_name(stem: str) -> Table | None:
    lower = stem.lower()
    named = [t for t in tables() if re.search(rf"(?<![a-z]){t}(?![a-z])", lower)]
    return tables()[max(named, key=len)] if named else None


def _by_header(header: list[str], path: Path) -> Table:
    names = [h.strip().lower() for h in header]
    fits = list[tuple[int, Table]]()
    for table in tables().values():
        known = {table.aliases.get(n, n) for n in names} & table.by_name.keys()
        if set(table.required) <= known and len(known) == len(names):
            fits.append((len(table.columns), table))
    if not fits:
        raise UserError(
            "从文件名和表头都认不出是哪张表",
            where=str(path),
            do="请以表名命名文件（如 fee_list_d.csv），或用 --mapping 映射文件写明",
        )
    return min(fits, key=lambda fit: fit[0])[1]


def _columns(path: Path, table: Table, layout: Layout, mapped: FileMapping | None) -> dict[str, str]:
    """Delivered column → lake column, for all that are taken."""
    found = dict[str, str]()
    taken = _delivered(mapped) if mapped else set[str]()
    for header in layout.header:
        lower = header.strip().lower()
        column = mapped.columns.get(header) if mapped else None
        column = column or (lower if lower in table.by_name else table.aliases.get(lower))
        if header in taken and column is None:
            continue
        if column is None:
            raise UserError(
                f"表 {table.name}（{table.title}）没有列 “{header}”",
                where=str(path),
                do="请用 --mapping 映射文件写明它对应哪一列，或列入映射文件的 ignore",
            )
        if column in found.values():
            raise UserError(f"有两列都是 {column}，其一为 “{header}”", where=str(path), do="请只保留其中一列")
        found[header] = column
    return found


def _header(path: Path, layout: Layout, wanted: str) -> str:
    if wanted not in layout.header:
        raise UserError(f"缺少映射文件用到的列 “{wanted}”", where=str(path), do="请补上该列或修改映射文件")
    return wanted


def _mapped(path: Path, mapped: FileMapping, layout: Layout, raw: dict[str, Raw]) -> dict[str, Raw]:
    """The columns that a mapping translates, sets, or makes from others."""
    made = dict[str, Raw]()
    for column, codes in mapped.codes.items():
        if column in raw:
            arms = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in codes.items())
            text = f"trim({raw[column].sql})"
            made[column] = Raw(f"CASE {text} {arms} ELSE {text} END")
    made |= {c: Raw(literal(v)) for c, v in mapped.constants.items()}
    made |= {c: Raw(token_sql(name(_header(path, layout, h)))) for c, h in mapped.tokens.items()}
    for column, named in mapped.digests.items():
        headers = layout.header if named == ["*"] else [_header(path, layout, h) for h in named]
        made[column] = Raw(_digest_sql(headers, numbered=named == ["*"]))
    return made


def _digest_sql(headers: list[str], *, numbered: bool) -> str:
    """A digest of what a row says; whole rows that say the same are told apart by counting them."""
    parts = [f"coalesce({name(h)}, '')" for h in headers]
    said = f"concat_ws(chr(31), {', '.join(parts)})"
    count = f" || '-' || row_number() OVER (PARTITION BY {', '.join(map(name, headers))})" if numbered else ""
    return f"substr(sha256({said}), 1, 24){count}"


def _padded(layout: Layout) -> bool:
    return any(v != v.strip() for record in layout.sample for v in record.values() if v)
