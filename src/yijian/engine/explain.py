"""explain: result rows of a rule → findings, each with its id and its sentence.

A finding's id is a hash of the rule and of what the finding is about, so that the same input gives the same ids.
Words of `explain`: a column as it is · `x_date`, `x_time` from the day or minute number `x_day`, `x_minute` · `x_name`
from the code `x`, by the code table that `names` gives for it (its own name otherwise).
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from string import Formatter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from yijian.engine.bind import BoundRule
from yijian.rulebook.check import KEYS
from yijian.vocabulary.codes import code_tables
from yijian.vocabulary.days import day_of, minute_of

FINDING = pa.schema(
    [
        ("rule", pa.string()),
        ("official_code", pa.string()),
        ("verdict", pa.string()),
        ("psn_no", pa.string()),
        ("fixmedins_code", pa.string()),
        ("mdtrt_id", pa.string()),
        ("setl_id", pa.string()),
        ("amount", pa.decimal128(16, 2)),
        ("evidence", pa.string()),
        ("explanation", pa.string()),
        ("legal_basis", pa.string()),
        ("rule_hash", pa.string()),
        ("knowledge_hash", pa.string()),
        ("finding_id", pa.string()),
        ("date", pa.date32()),
    ]
)
"""The columns of findings, wherever they are stored or exported. `date`: the first of the rows that the finding is about."""

CENT = Decimal("0.01")


class BrokenRule(Exception):
    """A rule gave something that cannot be a finding; the sentence says what."""


def _plain(value: Any) -> str:
    if value is None:
        return "（缺）"
    if isinstance(value, float | Decimal):
        text = f"{value:.6f}".rstrip("0").rstrip(".")
        return text or "0"
    return str(value)


def word_of(word: str, columns: set[str], names: Mapping[str, str]) -> tuple[str, Callable[[Any], str]]:
    """The column that a word of the sentence reads, and how its value is written."""
    if word == "amount" and word in columns:
        return word, lambda v: _plain(cents(v))
    if word in columns:
        return word, _plain
    stem, _, suffix = word.rpartition("_")
    if suffix == "date" and f"{stem}_day" in columns:
        return f"{stem}_day", lambda v: day_of(int(v)).isoformat() if v is not None else "（缺）"
    if suffix == "time" and f"{stem}_minute" in columns:
        return f"{stem}_minute", lambda v: f"{minute_of(int(v)):%Y-%m-%d %H:%M}" if v is not None else "（缺）"
    table = code_tables().get(names.get(stem, stem))
    if suffix == "name" and stem in columns and table:
        return stem, table.name_of
    raise BrokenRule(f"explain 用了查询没有返回的 {{{word}}}")


def sentences(bound: BoundRule, rows: pa.Table) -> list[str]:
    """The explanation of each row."""
    d, columns = bound.rule.declaration, set(rows.column_names)
    words = sorted({f for _, f, _, _ in Formatter().parse(d.explain) if f})
    filled: dict[str, list[str]] = {}
    for word in words:
        column, write = word_of(word, columns, d.names)
        filled[word] = [write(v) for v in rows.column(column).to_pylist()]
    return [d.explain.format(**dict(zip(words, values, strict=True))) for values in zip(*filled.values(), strict=True)] or (
        [d.explain] * rows.num_rows
    )


def about(grain: Iterable[str]) -> tuple[str, ...]:
    """The columns that say what a finding is about, in order; a rule returns those of them that it has."""
    return tuple(dict.fromkeys((*KEYS, *grain)))


def finding_id(rule: str, key: Iterable[object]) -> str:
    """The id of a rule's finding: a hash of the rule and of what the finding is about."""
    return hashlib.sha256("\x1f".join((rule, *("" if v is None else str(v) for v in key))).encode()).hexdigest()[:20]


def finding_ids(bound: BoundRule, rows: pa.Table) -> list[str]:
    """Ids of the rows. BrokenRule if two rows are about the same thing."""
    keys = [rows.column(c).to_pylist() for c in about(bound.rule.declaration.grain) if c in rows.column_names]
    ids = [finding_id(bound.rule.id, key) for key in zip(*keys, strict=True)]
    if len(set(ids)) != len(ids):
        raise BrokenRule(f"同一{'、'.join(bound.rule.declaration.grain)}返回了不止一行，每个发现必须唯一")
    return ids


def subjects(bound: BoundRule, rows: pa.Table) -> list[list[str]]:
    """For each finding the keys of the judged rows it is about: column `subjects`, else the view's key, else the evidence."""
    if "subjects" in rows.column_names:
        return [_split(v) for v in rows.column("subjects").to_pylist()]
    if bound.view.key in bound.rule.declaration.grain:
        return [[str(v)] for v in rows.column(bound.view.key).to_pylist()]
    return [_split(v) for v in rows.column("evidence").to_pylist()]


def _split(value: str | None) -> list[str]:
    return value.split(" ") if value else []


def cents(value: Any) -> Decimal | None:
    """Yuan rounded half up to cents. BrokenRule if it is not a number."""
    if isinstance(value, float) and not isfinite(value):
        raise BrokenRule("amount 不是一个数（除数为零？）")
    return (
        None
        if value is None
        else Decimal(str(round(value, 6)) if isinstance(value, float) else value).quantize(CENT, ROUND_HALF_UP)
    )


def _amounts(rows: pa.Table) -> pa.Array:
    """Yuan rounded half up to cents. Doubles go through their shortest decimal, so that every engine rounds alike."""
    return pa.array([cents(v) for v in rows.column("amount").to_pylist()], pa.decimal128(16, 2))


def _dates(bound: BoundRule, rows: pa.Table, days: Mapping[str, int | None]) -> pa.Array:
    """Of each finding the first day of its rows; where they have none, the column `day` if the rule gives one."""
    known = [[day for key in keys if (day := days.get(key)) is not None] for keys in subjects(bound, rows)]
    own = rows.column("day").to_pylist() if "day" in rows.column_names else [None] * rows.num_rows
    first = [min(each, default=said) for each, said in zip(known, own, strict=True)]
    return pa.array(first, pa.int32()).cast(pa.date32())


def explain(bound: BoundRule, rows: pa.Table, days: Mapping[str, int | None]) -> pa.Table:
    """Findings in the columns of FINDING, sorted by id. `days`: key of a judged row → its day number."""
    count, d = rows.num_rows, bound.rule.declaration
    constant = {
        "rule": d.id,
        "official_code": bound.rule.official_code,
        "verdict": d.verdict,
        "legal_basis": "；".join(d.legal_basis),
        "rule_hash": bound.rule_hash,
        "knowledge_hash": bound.knowledge_hash,
    }
    made: dict[str, pa.Array] = {
        "finding_id": pa.array(finding_ids(bound, rows), pa.string()),
        "explanation": pa.array(sentences(bound, rows), pa.string()),
        "amount": _amounts(rows),
        "date": _dates(bound, rows, days),
    }
    arrays: list[pa.Array] = []
    for field in FINDING:
        if field.name in made:
            arrays.append(made[field.name])
        elif field.name in constant:
            arrays.append(pa.repeat(pa.scalar(constant[field.name], pa.string()), count))
        elif field.name in rows.column_names:
            arrays.append(pc.cast(rows.column(field.name), field.type).combine_chunks())
        else:
            arrays.append(pa.nulls(count, field.type))
    return pa.Table.from_arrays(arrays, schema=FINDING).sort_by("finding_id")
