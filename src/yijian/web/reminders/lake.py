"""What the lake says of reminders (`bffact_warn_rslt_d`), a month at a time."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb

from yijian.claims.lake import Snapshot
from yijian.web.reminders.models import Done

TABLE = "bffact_warn_rslt_d"
FORMAT = 1
"""Raised when a month is to be taken over in another way: then all are read again."""

CHUNK = 10_000

_VIEW = """
CREATE VIEW warned AS SELECT *, CAST(date_trunc('month', reqt_time) AS DATE) AS month,
  COALESCE(rule_code, rule_id, rule_name) AS rule,
  COALESCE(vola_flag, IF(rule_id IS NULL AND rule_code IS NULL, '0', '1')) = '1' AND rule IS NOT NULL AS reminds,
  CASE WHEN TRY_CAST(trig_scen AS INTEGER) BETWEEN 1 AND 5 THEN 'pre'
       WHEN TRY_CAST(trig_scen AS INTEGER) BETWEEN 6 AND 10 THEN 'mid' ELSE '' END AS stage
FROM read_parquet({files}) AS w
"""
_MONTHS = "SELECT month, COUNT(*), bit_xor(md5_number_lower(CAST(warned AS VARCHAR))) FROM warned GROUP BY month ORDER BY month"
_REMINDERS = """
SELECT warn_rslt_id, month, reqt_time, ana_dura, stage, trig_scen, rule, rule_id, rule_name, rule_sev_deg, warn_cont, vola_amt,
       medfee_sumamt, warn_dspo_way, warn_dspo_way_dscr, fixmedins_code, dr_code, psn_no, mdtrt_id, pack_version
FROM warned WHERE month = $month AND reminds
"""
_ASKED = """
SELECT stage, fixmedins_code AS institution, COALESCE(dr_code, '') AS doctor, COUNT(*) AS requests,
       COUNT(*) FILTER (reminded) AS reminded
FROM (SELECT stage, fixmedins_code, dr_code, bool_or(reminds) AS reminded FROM warned WHERE month = $month
      GROUP BY stage, fixmedins_code, dr_code, psn_no, mdtrt_id, reqt_time, trig_scen)
GROUP BY ALL
"""
"""A request has as many rows as reminders, and one where there is none; who, about which encounter and when tell it apart."""


class Lake:
    """The reminders of a snapshot. Close it after use (`contextlib.closing`)."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._db = duckdb.connect()
        self.files = [str(path) for path in snapshot.files(TABLE)]
        if self.files:
            self._db.execute(_VIEW.format(files=self.files))  # paths of our own; a view takes no parameters

    def close(self) -> None:
        self._db.close()

    def months(self) -> dict[date, str]:
        """Month → digest of its rows, whatever their order."""
        rows = self._db.execute(_MONTHS).fetchall() if self.files else []
        return {month: f"{FORMAT}/{count}/{digest:x}" for month, count, digest in rows}

    def institutions(self) -> set[str]:
        """Codes of institutions that asked."""
        rows = self._db.execute("SELECT DISTINCT fixmedins_code FROM warned").fetchall() if self.files else []
        return {code for (code,) in rows}

    def rules(self) -> list[dict[str, str]]:
        """code, name and official code of each rule that reminders name, as the newest of them has it."""
        if not self.files:
            return []
        rows = self._db.execute(
            "SELECT rule, arg_max(COALESCE(rule_name, rule), reqt_time), arg_max(COALESCE(rule_id, ''), reqt_time) "
            "FROM warned WHERE reminds GROUP BY rule ORDER BY rule"
        ).fetchall()
        return [{"code": rule, "name": name, "official_code": "" if code == rule else code} for rule, name, code in rows]

    def reminders(self, month: date) -> Iterator[dict[str, Any]]:
        """Fields of `models.Reminder`; `asked` without a zone, in the time of the area."""
        for batch in self._db.sql(_REMINDERS, params={"month": month}).to_arrow_reader(CHUNK):
            yield from map(_fields, batch.to_pylist())

    def asked(self, month: date) -> list[dict[str, Any]]:
        """Fields of `models.Asked`, without the month."""
        return self._db.sql(_ASKED, params={"month": month}).to_arrow_table().to_pylist()


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["warn_rslt_id"],
        "month": row["month"],
        "asked": row["reqt_time"],
        "took": None if row["ana_dura"] is None else float(row["ana_dura"]),
        "stage": row["stage"],
        "scene": row["trig_scen"] or "",
        "rule_id": row["rule"],
        "severity": row["rule_sev_deg"] or "",
        "text": row["warn_cont"] or "",
        "amount": row["vola_amt"],
        "fee": row["medfee_sumamt"],
        "done": done_as(row["warn_dspo_way"]),
        "reason": tidy(row["warn_dspo_way_dscr"] or ""),
        "institution_id": row["fixmedins_code"],
        "doctor": row["dr_code"] or "",
        "psn_no": row["psn_no"] or "",
        "mdtrt_id": row["mdtrt_id"] or "",
        "pack": row["pack_version"] or "",
    }


def done_as(way: str | None) -> str:
    """`warn_dspo_way` → `Done`. Numbers that are not national are another way."""
    return Done.NOTHING if not way else way if way in (Done.GONE_ON, Done.CHANGED) else Done.OTHER


def tidy(reason: str) -> str:
    """A reason so that the same words are the same reason: width of letters and digits, blanks and the full stop do not count.

    >>> tidy(" 病情 需要。 "), tidy("病情　需要"), tidy("（１）复诊！"), tidy("Ｔ1 N0，化疗")
    ('病情需要', '病情需要', '（1）复诊', 'T1 N0，化疗')
    """
    words = " ".join(reason.translate(_NARROW).split()).strip(_ENDS)
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", words)[:500]


_NARROW = {wide: wide - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ") for wide in range(ord(first), ord(last) + 1)}
_ENDS = " 。.！!；;，,、"
