"""What scenes write beside encounters and lines: single values of rows that the city writes anyway, and rows of small tables.

Values are text, day numbers, minutes, or whole numbers in the city's units (see `rows.py`); None = missing.
"""

from collections import defaultdict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yijian.city.assemble.columns import cells, pick, table
from yijian.city.catalogue import Ints
from yijian.claims.tables import Column, tables

Value = str | int | None


class Edits:
    """The edits of one district, kept by table until the tables are written."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, dict[int, Value]]] = defaultdict(lambda: defaultdict(dict))
        self._rows: dict[str, list[dict[str, Value]]] = defaultdict(list)

    def change(self, name: str, row: int, **values: Value) -> None:
        """Another value in a row of table `name`; which row a number means, the caller of `written` says."""
        for column, value in values.items():
            self._values[name][column][row] = value

    def add(self, name: str, **values: Value) -> None:
        """One more row."""
        self._rows[name].append(values)

    def written(self, name: str, rows: pa.Table, numbers: Ints | None = None) -> pa.Table:
        """The table with its edits. `numbers`: ascending, the number by which each row is known (None = its place)."""
        declared = {c.name: c for c in tables()[name].columns}
        for column, values in self._values[name].items():
            known = np.array(sorted(values), np.int64)
            at = known if numbers is None else np.searchsorted(numbers, known)
            new = [values[one] for one in known.tolist()]
            place = rows.schema.get_field_index(column)
            rows = rows.set_column(place, column, _changed(rows.column(place), at, declared[column], new))
        extra = self._rows[name]
        if not extra:
            return rows
        columns = {c: cells(declared[c], [one.get(c) for one in extra]) for c in {c for one in extra for c in one}}
        more = table(name, len(extra), columns).cast(rows.schema)
        # An empty first chunk makes Arrow's CSV writer begin the file with bytes of nothing.
        return pa.concat_tables([rows, more]) if rows.num_rows else more


def _changed(column: pa.ChunkedArray, at: Ints, declared: Column, values: list[Value]) -> pa.Array | pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):  # stays one: more words, and other indices at these places
        whole = column.combine_chunks()
        words = whole.dictionary.to_pylist()
        index = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        index[at] = [-1 if value is None else len(words) + n for n, value in enumerate(values)]
        return pick([*words, *(None if value is None else str(value) for value in values)], index)
    mask = np.zeros(len(column), bool)
    mask[at] = True
    return pc.call_function("replace_with_mask", [column, pa.array(mask), cells(declared, values)])
