"""How a delivered value becomes a value of the lake, as DuckDB SQL: tolerant in form, strict in meaning.

Dates come as 2026-01-31, 2026/1/31, 20260131, with or without a time; numbers with thousands separators; Excel keeps dates as
serial numbers. What cannot be read is NULL here and `unreadable` there; a number with more decimals than its column is
rounded here and `rounded` there (less than a hundredth of the last place is the noise of floating point). Nothing is
repaired silently.
"""

from dataclasses import dataclass

from yijian.claims.tables import Column
from yijian.vocabulary.codes import code_tables

_DATE_FORMATS = "['%Y%m%d', '%Y%m%d%H%M%S', '%Y%m%d %H:%M:%S', '%Y年%m月%d日', '%Y.%m.%d']"
_TIME_FORMATS = "['%Y%m%d%H%M%S', '%Y%m%d', '%Y%m%d %H:%M:%S', '%Y年%m月%d日', '%Y年%m月%d日 %H:%M:%S', '%Y.%m.%d']"
_GROUPED = r"'^\s*[-+]?\d{1,3}([,，]\d{3})+(\.\d+)?\s*$|^\s*[-+]?\d{1,3}( \d{3})+(\.\d+)?\s*$'"
_SCALE = {"integer": 0, "number": 2, "degree": 8, "count": 4, "ratio": 4, "money": 2, "price": 6}
_EXACT = {"DATE": {"date", "time"}, "TIMESTAMP": {"time"}, "INTEGER": {"integer"}, "SMALLINT": {"integer"}}


def literal(text: str | None) -> str:
    """A value as a SQL literal."""
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def name(column: str) -> str:
    """A column name as a SQL identifier."""
    return '"' + column.replace('"', '""') + '"'


@dataclass(frozen=True)
class Value:
    """SQL for one column: its value, and conditions that are true where it is unreadable, of an unknown code, rounded."""

    sql: str
    unreadable: str = ""
    unknown: str = ""
    rounded: str = ""


def value_of(
    column: Column, raw: str, delivered: str = "VARCHAR", *, trim: bool = True, serials: bool = False, filled: bool = False
) -> Value:
    """How to read `raw` (SQL of the delivered value, of SQL type `delivered`) as `column`.

    `trim`: take spaces off text. `serials`: numbers may be Excel's dates. `filled`: it is never an empty text.
    """
    if column.type == "text":
        return _text(column, raw if delivered == "VARCHAR" else f"CAST({raw} AS VARCHAR)", trim, filled)
    if delivered == column.sql_type or column.type in _EXACT.get(delivered, ()):
        return Value(raw if delivered == column.sql_type else f"CAST({raw} AS {column.sql_type})")
    if delivered.startswith("TIMESTAMP") and column.type == "date":
        return Value(f"CAST({raw} AS DATE)")
    text = raw if delivered == "VARCHAR" else f"CAST({raw} AS VARCHAR)"
    if column.type in ("date", "time"):
        sql = _day(column, text, serials)
        return Value(sql, unreadable=_lost(text, sql))
    wide_type = f"DECIMAL(18,{_SCALE[column.type] + 2})"
    wide = f"coalesce(TRY_CAST({text} AS {wide_type}), {_grouped(text, wide_type)})"
    sql = f"TRY_CAST({wide} AS {column.sql_type})"
    return Value(sql, unreadable=_lost(text, sql), rounded=f"({sql}::{wide_type} <> {wide})")


def _text(column: Column, text: str, trim: bool, filled: bool) -> Value:
    sql = f"nullif(trim({text}), '')" if trim or column.codes else text if filled else f"nullif({text}, '')"
    table = code_tables().get(column.codes) if column.codes else None
    if table is None or table.open:
        return Value(sql)
    return Value(sql, unknown=f"{sql} NOT IN ({', '.join(literal(code) for code in table.values)})")


def _lost(text: str, sql: str) -> str:
    return f"(({sql}) IS NULL AND {text} IS NOT NULL AND trim({text}) <> '')"


def _day(column: Column, text: str, serials: bool) -> str:
    kind = column.sql_type
    formats = _DATE_FORMATS if column.type == "date" else _TIME_FORMATS
    plain = f"TRY_CAST({text} AS {kind})"
    if column.type == "time":  # a time with an offset is brought to local time by ICU, never silently taken as it stands
        plain = f"CASE WHEN contains({text}, '+') THEN TRY_CAST({text} AS TIMESTAMPTZ)::TIMESTAMP ELSE {plain} END"
    arms = [plain, f"CAST(try_strptime(trim({text}), {formats}) AS {kind})"]
    if serials:
        number = f"TRY_CAST({text} AS DOUBLE)"
        moment = f"TIMESTAMP '1899-12-30' + to_seconds(round({number} * 86400)::BIGINT)"
        arms.insert(0, f"CASE WHEN {number} BETWEEN 1 AND 109574 THEN CAST({moment} AS {kind}) END")
    return f"coalesce({', '.join(arms)})"


def _grouped(text: str, kind: str) -> str:
    bare = f"replace(replace(replace({text}, ',', ''), '，', ''), ' ', '')"
    return f"CASE WHEN regexp_matches({text}, {_GROUPED}) THEN TRY_CAST({bare} AS {kind}) END"
