"""Reading single encounters, people and institutions for pages: one bucket, one person's rows, typed values."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from yijian.claims.lake import Lake, Snapshot, bucket_of
from yijian.claims.tables import tables
from yijian.claims.values import literal
from yijian.vocabulary.home import Home

Row = dict[str, Any]
"""A row of the lake: column → typed value (str, date, datetime, Decimal, int or None)."""


@dataclass(frozen=True)
class Encounter:
    """All that the lake knows of one encounter, each list in order of time."""

    mdtrt_id: str
    psn_no: str
    mdtrt: Row | None
    settlements: list[Row]
    fee_lines: list[Row]
    diagnoses: list[Row]
    operations: list[Row]
    person: Row | None


class Reader:
    """Reads rows as of one commit; opens no more than the files of the bucket in question."""

    def __init__(self, home: Home) -> None:
        self._lake = Lake.open(home)
        self.snapshot: Snapshot = self._lake.snapshot()
        self._con = duckdb.connect(config={"threads": 1})

    def of_person(
        self, table: str, psn_no: str, where: str = "true", values: Sequence[str] = (), columns: str = "*"
    ) -> list[Row]:
        """A person's rows of a table that meet `where` (SQL with ? for `values`), in order of time."""
        files = self.snapshot.files(table, bucket_of(psn_no, self._lake.buckets))
        declared = tables()[table]
        order = ", ".join(dict.fromkeys(c for c in (declared.order, *declared.key) if c))
        return self._rows(files, f"psn_no = ? AND {where}", [psn_no, *values], columns, order)

    def by_key(self, table: str, value: str) -> Row | None:
        """The row of a table without persons by its key."""
        declared = tables()[table]
        rows = self._rows(self.snapshot.files(table), f"{declared.key[0]} = ?", [value], "*", declared.key[0])
        return rows[0] if rows else None

    def _rows(self, files: Sequence[Path], where: str, values: Sequence[str], columns: str, order: str) -> list[Row]:
        if not files:
            return []
        listed = ", ".join(literal(str(f)) for f in files)
        sql = f"SELECT {columns} FROM read_parquet([{listed}]) WHERE {where} ORDER BY {order}"
        cursor = self._con.execute(sql, list(values))
        names = [d[0] for d in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def encounter(home: Home, mdtrt_id: str, psn_no: str) -> Encounter:
    """One encounter of a person; `mdtrt` is None and lists are empty where the lake has nothing of it."""
    reader = Reader(home)
    settlements = reader.of_person("setl_d", psn_no, "mdtrt_id = ?", [mdtrt_id])
    numbers = [s["setl_id"] for s in settlements]
    of_settlements = f"(mdtrt_id = ? OR setl_id IN ({', '.join('?' * len(numbers)) or 'NULL'}))"
    mdtrt = reader.of_person("mdtrt_d", psn_no, "mdtrt_id = ?", [mdtrt_id])
    person = reader.of_person("psn_info_b", psn_no)
    return Encounter(
        mdtrt_id,
        psn_no,
        mdtrt[0] if mdtrt else None,
        settlements,
        reader.of_person("fee_list_d", psn_no, "mdtrt_id = ?", [mdtrt_id]),
        reader.of_person("setl_list_diag_d", psn_no, of_settlements, [mdtrt_id, *numbers]),
        reader.of_person("setl_list_oprn_d", psn_no, of_settlements, [mdtrt_id, *numbers]),
        person[0] if person else None,
    )


_BRIEF = (
    "mdtrt_id, psn_no, med_type, fixmedins_code, fixmedins_name, begntime, endtime, dscg_maindiag_code, "
    "dscg_maindiag_name, ipt_days, vali_flag"
)


def person_history(home: Home, psn_no: str) -> list[Row]:
    """A person's encounters in order of time, in brief: when, where, what kind, main diagnosis, `medfee_sumamt` settled."""
    reader = Reader(home)
    paid = dict[str, Any]()
    for setl in reader.of_person("setl_d", psn_no, columns="mdtrt_id, medfee_sumamt, setl_time, setl_id"):
        paid[setl["mdtrt_id"]] = paid.get(setl["mdtrt_id"], 0) + (setl["medfee_sumamt"] or 0)
    found = reader.of_person("mdtrt_d", psn_no, columns=_BRIEF)
    return [{**row, "medfee_sumamt": paid.get(row["mdtrt_id"])} for row in found]


def institution(home: Home, fixmedins_code: str) -> Row | None:
    """The register's row of an institution, or None."""
    return Reader(home).by_key("fixmedins_b", fixmedins_code)
