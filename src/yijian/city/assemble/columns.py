"""Columns of a claims table from arrays of integers. Look-ups are dictionary columns: a value is stored once."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

import numpy as np
import pyarrow as pa

from yijian.city.catalogue import Ints
from yijian.claims.tables import Column, tables

ARROW_TYPES = {
    "text": pa.string(),
    "date": pa.date32(),
    "time": pa.timestamp("s"),
    "integer": pa.int32(),
    "number": pa.decimal128(8, 2),
    "degree": pa.decimal128(12, 8),
    "count": pa.decimal128(16, 4),
    "ratio": pa.decimal128(5, 4),
    "money": pa.decimal128(16, 2),
    "price": pa.decimal128(16, 6),
}
"""Type words of the claims declaration as Arrow types."""
SCALES = {"number": 2, "count": 2, "ratio": 4, "money": 2, "price": 4, "degree": 8}
"""Decimals of the city's whole numbers: cents, hundredths, ten-thousandths of a yuan."""


def _words(values: Sequence[str | None] | pa.Array) -> pa.Array:
    return values if isinstance(values, pa.Array) else pa.array(list(values), pa.string())


def pick(values: Sequence[str | None] | pa.Array, index: Ints) -> pa.Array:
    """A text column whose row i is values[index[i]]; index -1 = missing."""
    words = _words(values)
    small = index.astype(np.int32)
    mask = small < 0
    if words.null_count:  # Parquet wants what is missing to be missing in the index, not among the words
        mask = mask | np.asarray(words.is_null())[np.maximum(small, 0)]
        words = words.fill_null("")
    return pa.DictionaryArray.from_arrays(pa.array(small, mask=mask if mask.any() else None), words, safe=False)


def decimal(values: Ints, precision: int, scale: int) -> pa.Array:
    """Whole numbers of 10 ** -scale as decimals."""
    wide = np.empty((len(values), 2), np.int64)
    wide[:, 0] = values
    wide[:, 1] = values >> 63
    return pa.Array.from_buffers(pa.decimal128(precision, scale), len(values), [None, pa.py_buffer(wide)])


def money(cents: Ints) -> pa.Array:
    return decimal(cents, 16, 2)


def known_money(cents: Ints) -> pa.Array:
    """Cents; -1 = missing."""
    return _or_missing(money(np.maximum(cents, 0)), cents)


def number(values: Ints) -> pa.Array:
    """Hundredths as N8,2; -1 = missing."""
    return _or_missing(decimal(np.maximum(values, 0), 8, 2), values)


def _or_missing(whole: pa.Array, values: Ints) -> pa.Array:
    if not (values < 0).any():
        return whole
    validity = np.packbits(values >= 0, bitorder="little")
    return pa.Array.from_buffers(whole.type, len(values), [pa.py_buffer(validity), whole.buffers()[1]])


def days(values: Ints) -> pa.Array:
    """Day numbers as dates; -1 = missing."""
    return pa.array(values.astype(np.int32), pa.int32(), mask=values < 0).view(pa.date32())


def cells(column: Column, values: Sequence[str | int | None]) -> pa.Array:
    """Single values as a column: text, day numbers, minutes, or whole numbers in the city's units (cents, hundredths …)."""
    to = ARROW_TYPES[column.type]
    if column.type in SCALES:
        shift = SCALES[column.type]
        return pa.array([None if v is None else Decimal(v).scaleb(-shift) for v in values], to)
    if column.type == "date":
        return pa.array(values, pa.int32()).view(to)
    if column.type == "time":
        return pa.array([None if v is None else int(v) * 60 for v in values], pa.int64()).view(to)
    return pa.array(values, to)


def births(values: Ints) -> pa.Array:
    """Day numbers as dates; negative ones lie before 1970 and none is missing."""
    return pa.array(values.astype(np.int32), pa.int32()).view(pa.date32())


def times(minutes: Ints) -> pa.Array:
    """Minutes since 1970-01-01 as times; -1 = missing."""
    return pa.array(minutes * 60, pa.int64(), mask=minutes < 0).view(pa.timestamp("s"))


@cache
def _columns(table: str) -> tuple[Column, ...]:
    return tables()[table].columns


def table(name: str, rows: int, known: Mapping[str, pa.Array | str]) -> pa.Table:
    """The claims table `name` with `rows` rows: a known column is an array, or one text for all rows.

    Raises: KeyError for a column that the table does not have.
    """
    zero = np.zeros(rows, np.int64)
    unknown = set(known) - {c.name for c in _columns(name)}
    if unknown:
        raise KeyError(f"{name} has no columns {sorted(unknown)}")

    def column(one: Column) -> pa.Array:
        value = known.get(one.name)
        if value is None:
            return pa.nulls(rows, ARROW_TYPES[one.type])
        return pick([value], zero) if isinstance(value, str) else value

    return pa.table([column(c) for c in _columns(name)], names=[c.name for c in _columns(name)])
