"""From delivered to typed rows in one pass, without paying for columns that say nothing.

Of 82 columns of a fee line about half are empty or constant in any one delivery. A look at lines from all over the files
guesses which (`Shape.fixed`); rows that bear the guess out carry no value for them, rows that do not carry theirs in
`_rest`. The guess only saves work: it never changes what is loaded.

The staged table of a claims table has its varying lake columns, and
    _bucket UTINYINT   bucket of the person (tables of persons)
    _rest VARCHAR[]    values of the fixed columns, where they are not what was guessed
    _ok, _note BOOLEAN row passed the checks of values; a number was rounded
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from yijian.claims.lake import bucket_sql
from yijian.claims.reading import Source
from yijian.claims.tables import Column, Table
from yijian.claims.values import Value, literal, name, value_of
from yijian.claims.vault import token_sql


@dataclass(frozen=True)
class Shape:
    """Which columns vary, and what the others were guessed to be (delivered text; None = empty)."""

    table: Table
    varying: tuple[Column, ...]
    fixed: dict[str, str | None]

    @classmethod
    def full(cls, table: Table) -> "Shape":
        """Nothing is taken to be fixed."""
        return cls(table, _plain(table), {})

    @classmethod
    def guess(cls, con: duckdb.DuckDBPyConnection, table: Table, sources: Sequence[Source]) -> "Shape":
        """What varies, by the samples of all the sources."""
        seen: dict[str, set[str | None]] = {c.name: set() for c in _plain(table)}
        for source in sources:
            headers = {name(h): h for h in source.layout.header}
            for column, values in seen.items():
                raw = source.raw.get(column)
                if raw is None:
                    values.add(None)
                elif raw.sql in headers:
                    values.update({record.get(headers[raw.sql]) for record in source.layout.sample})
                else:
                    values.update(("made", None))  # what a mapping makes is taken to vary
        sorted_by = {"psn_no", table.order, *table.key}
        fixed = {c: next(iter(v), None) for c, v in seen.items() if len(v) <= 1 and c not in sorted_by}
        fixed = {c: v for c, v in fixed.items() if _is_sound(con, table, c, v)}
        return cls(table, tuple(c for c in _plain(table) if c.name not in fixed), fixed)


def _plain(table: Table) -> tuple[Column, ...]:
    return tuple(c for c in table.columns if c.name not in table.identity)


def _is_sound(con: duckdb.DuckDBPyConnection, table: Table, column: str, text: str | None) -> bool:
    if text is None:
        return column not in table.required
    value = value_of(table.by_name[column], literal(text))
    return con.execute(f"SELECT {value.sql} IS NOT NULL AND {_passes([value], [])} AND NOT {_rounds([value])}").fetchall() == [
        (True,)
    ]


def _passes(values: Sequence[Value], required: Sequence[Value]) -> str:
    bad = [c for v in values for c in (v.unreadable, v.unknown) if c] + [f"({v.sql}) IS NULL" for v in required]
    return f"coalesce(NOT ({' OR '.join(bad)}), true)" if bad else "true"


def _rounds(values: Sequence[Value]) -> str:
    rounded = [v.rounded for v in values if v.rounded]
    return f"coalesce(({' OR '.join(rounded)}), false)" if rounded else "false"


def read_value(source: Source, column: Column, raw: str) -> Value:
    """How a column of a source reads, `raw` being SQL of its delivered value."""
    named = column.name in KEPT_TIDY or source.padded
    filled = column.name in source.raw and source.raw[column.name].filled
    return value_of(column, raw, source.type_of(column.name), trim=named, serials=source.serials, filled=filled)


_JOINED = "psn_no setl_id mdtrt_id bkkp_sn fixmedins_code med_list_codg init_setl_id init_feedetl_sn rid pt"
KEPT_TIDY = frozenset(_JOINED.split())
"""Text columns that rows are joined or bucketed by: spaces around them are always taken off."""


def typed_rows(source: Source, scan: str, shape: Shape, buckets: int, record: str = "") -> str:
    """SELECT of a source's staged rows. `record`: an expression over the scan to carry along as `_record`."""
    table = shape.table
    identity = [c for c in table.tokens if c in source.raw]
    listed = [c.name for c in _plain(table)] + identity
    inner = source.relation(scan, listed)
    if record:
        inner = inner.replace("SELECT ", f"SELECT {record} AS _record, ", 1)
    values = {c.name: read_value(source, c, f"r.{c.name}") for c in _plain(table)}
    varying = [values[c.name] for c in shape.varying]
    required = [values[c] for c in table.required if c not in shape.fixed]
    out = [f"{values[c.name].sql} AS {c.name}" for c in shape.varying]
    out += [
        f"{token_sql(f'CAST(r.{c} AS VARCHAR)') if c in identity else 'NULL::VARCHAR'} AS {t}" for c, t in table.tokens.items()
    ]
    if table.bucketed:
        out.append(f"{bucket_sql(values['psn_no'].sql, buckets)}::UTINYINT AS _bucket")
    ok, note = _passes(varying, required), _rounds(varying)
    if shape.fixed:
        conform = " AND ".join(_is_as_guessed(source, c, v) for c, v in shape.fixed.items())
        rest = ", ".join(f"CAST({values[c].sql} AS VARCHAR)" for c in shape.fixed)
        held = [values[c] for c in shape.fixed]
        kept = [values[c] for c in table.required if c in shape.fixed]
        out.append(f"CASE WHEN {conform} THEN NULL ELSE [{rest}] END AS _rest")
        ok = f"{ok} AND CASE WHEN {conform} THEN true ELSE {_passes(held, kept)} END"
        note = f"{note} OR CASE WHEN {conform} THEN false ELSE {_rounds(held)} END"
    else:
        out.append("NULL::VARCHAR[] AS _rest")
    out += [f"({ok}) AS _ok", f"({note}) AS _note"]
    if record:
        out.append("_record")
    return f"SELECT {', '.join(out)} FROM ({inner}) r"


def _is_as_guessed(source: Source, column: str, text: str | None) -> str:
    kind = source.type_of(column)
    if text is None:
        missing = column not in source.raw or source.raw[column].filled or kind != "VARCHAR"
        return f"r.{column} IS NULL" if missing else f"(r.{column} IS NULL OR r.{column} = '')"
    return f"r.{column} = {literal(text)}" if kind == "VARCHAR" else f"CAST(r.{column} AS VARCHAR) = {literal(text)}"


def guessed_row(shape: Shape) -> str:
    """SELECT of one row: the values that the fixed columns were guessed to have."""
    values = {c: value_of(shape.table.by_name[c], literal(v)).sql if v is not None else "NULL" for c, v in shape.fixed.items()}
    return f"SELECT {', '.join(f'CAST({v} AS {shape.table.by_name[c].sql_type}) AS {c}' for c, v in values.items())}"


def own_values(shape: Shape, rows: str) -> str:
    """SELECT of the fixed columns of staged rows that do not bear the guess out."""
    listed = [f"CAST(_rest[{i}] AS {shape.table.by_name[c].sql_type}) AS {c}" for i, c in enumerate(shape.fixed, 1)]
    return f"SELECT {', '.join(listed)} FROM {rows}"


def order_of(table: Table) -> str:
    """The order of rows inside a data file: person, time, key."""
    wanted = ["psn_no"] if table.bucketed else []
    wanted += [table.order] if table.order else []
    return ", ".join(dict.fromkeys([*wanted, *table.key]))
