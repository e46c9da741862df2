"""A finding's evidence, read from the lake: the encounters that it is about, their lines, and rows of others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import duckdb

from yijian.claims.encounter import Reader, Row
from yijian.claims.lake import Snapshot
from yijian.vocabulary.codes import code_tables
from yijian.vocabulary.home import Home
from yijian.web.findings.models import Finding

MOST_VISITS = 12
"""Encounters laid out in full; a rule over a year of refills may name more."""


FOLDED_LINES = 15
"""More lines than these are folded away where none of them is evidence."""


@dataclass(frozen=True)
class Line:
    """One fee line."""

    id: str
    time: datetime | None
    name: str
    code: str
    kind: str
    count: Decimal | None
    price: Decimal | None
    amount: Decimal | None
    department: str
    marked: bool
    note: str

    @property
    def day(self) -> date | None:
        return self.time.date() if self.time else None


@dataclass(frozen=True)
class Visit:
    """One encounter with its lines in order of time. `marked`: itself, or its settlement, is evidence."""

    id: str
    kind: str
    inpatient: bool
    institution: str
    institution_code: str
    begin: date | None
    end: date | None
    diagnosis: str
    fee: Decimal
    marked: bool
    main: bool
    lines: list[Line]

    @property
    def days(self) -> list[tuple[date | None, list[Line]]]:
        """Lines by day."""
        grouped: dict[date | None, list[Line]] = {}
        for line in self.lines:
            grouped.setdefault(line.day, []).append(line)
        return list(grouped.items())

    @property
    def folded(self) -> bool:
        """Many lines, none of them evidence: the encounter itself is what matters."""
        return len(self.lines) > FOLDED_LINES and not any(line.marked for line in self.lines)

    def listed(self, most: int) -> list[tuple[date | None, list[Line], int]]:
        """Days, their lines, and how many lines of the day are not listed: with more than `most` only evidence is."""
        if len(self.lines) <= most or self.folded:
            return [(day, lines, 0) for day, lines in self.days]
        marked = [(day, [line for line in lines if line.marked], len(lines)) for day, lines in self.days]
        return [(day, lines, whole - len(lines)) for day, lines, whole in marked if lines]


@dataclass(frozen=True)
class Other:
    """A row of evidence that is not of this person's encounters: another person's, or goods of an institution."""

    id: str
    kind: str
    psn_no: str
    institution: str
    time: datetime | date | None
    what: str
    amount: Decimal | None


@dataclass(frozen=True)
class Evidence:
    """All that shows a finding. `left` counts encounters that are not laid out; `lost` are ids that the lake no longer has."""

    visits: list[Visit] = field(default_factory=list[Visit])
    others: list[Other] = field(default_factory=list[Other])
    left: int = 0
    lost: list[str] = field(default_factory=list[str])


def evidence_of(home: Home, finding: Finding) -> Evidence:
    """Read it. UserError where there is no lake."""
    reader, ids = Reader(home), finding.evidence_ids
    visits, left, found = _visits(reader, finding, ids) if finding.psn_no else ([], 0, set[str]())
    others = _others(reader.snapshot, [i for i in ids if i not in found])
    lost = [i for i in ids if i not in found and i not in {o.id for o in others}]
    return Evidence(visits, others, left, lost)


def _visits(reader: Reader, finding: Finding, ids: Sequence[str]) -> tuple[list[Visit], int, set[str]]:
    """Encounters that hold evidence, in order of time; how many are left out; which ids were found."""
    wanted = set(ids)
    settlements = reader.of_person("setl_d", finding.psn_no)
    lines = reader.of_person("fee_list_d", finding.psn_no, f"bkkp_sn IN ({_marks(ids)})", ids, "bkkp_sn, mdtrt_id") if ids else []
    found = {r["bkkp_sn"] for r in lines} | {s["setl_id"] for s in settlements if s["setl_id"] in wanted}
    touched = {finding.mdtrt_id, *(r["mdtrt_id"] for r in lines), *(s["mdtrt_id"] for s in settlements if s["setl_id"] in wanted)}
    encounters = [m for m in reader.of_person("mdtrt_d", finding.psn_no) if m["mdtrt_id"] in touched | wanted]
    found |= {m["mdtrt_id"] for m in encounters if m["mdtrt_id"] in wanted}
    chosen = _first(encounters, finding.mdtrt_id)
    fee_lines = _lines_of(reader, finding.psn_no, [m["mdtrt_id"] for m in chosen])
    visits = [
        _visit(m, [s for s in settlements if s["mdtrt_id"] == m["mdtrt_id"]], fee_lines.get(m["mdtrt_id"], []), wanted, finding)
        for m in chosen
    ]
    return visits, len(encounters) - len(chosen), found


def _first(encounters: list[Row], main: str) -> list[Row]:
    """At most MOST_VISITS encounters, the finding's own among them."""
    if len(encounters) <= MOST_VISITS:
        return encounters
    kept = [m for m in encounters if m["mdtrt_id"] == main] + [m for m in encounters if m["mdtrt_id"] != main][-MOST_VISITS + 1 :]
    return sorted(kept, key=lambda m: str(m["begntime"] or "9999"))


def _lines_of(reader: Reader, psn_no: str, encounters: Sequence[str]) -> dict[str, list[Row]]:
    by_encounter: dict[str, list[Row]] = {}
    if encounters:
        for row in reader.of_person("fee_list_d", psn_no, f"mdtrt_id IN ({_marks(encounters)})", encounters):
            by_encounter.setdefault(row["mdtrt_id"], []).append(row)
    return by_encounter


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _visit(row: Row, settlements: Iterable[Row], lines: Iterable[Row], wanted: set[str], finding: Finding) -> Visit:
    settled = list(settlements)
    begin, end = row["begntime"], row["endtime"]
    return Visit(
        id=row["mdtrt_id"],
        kind=code_tables()["med_type"].name_of(row["med_type"]),
        inpatient=str(row["med_type"] or "")[:1] == "2" or row["med_type"] == "52",
        institution=row["fixmedins_name"] or row["fixmedins_code"],
        institution_code=row["fixmedins_code"],
        begin=begin.date() if begin else None,
        end=end.date() if end else None,
        diagnosis=row["dscg_maindiag_name"] or row["dise_name"] or "",
        fee=sum((s["medfee_sumamt"] or Decimal(0) for s in settled), Decimal(0)),
        marked=row["mdtrt_id"] in wanted or any(s["setl_id"] in wanted for s in settled),
        main=row["mdtrt_id"] == finding.mdtrt_id,
        lines=[_line(line, wanted) for line in lines],
    )


def _line(row: Row, wanted: set[str]) -> Line:
    amount = row["det_item_fee_sumamt"]
    note = "已作废" if row["vali_flag"] == "0" else "退费" if amount is not None and amount < 0 else ""
    return Line(
        id=row["bkkp_sn"],
        time=row["fee_ocur_time"],
        name=row["hilist_name"] or row["medins_list_name"] or row["med_list_codg"],
        code=row["med_list_codg"] or "",
        kind=code_tables()["med_chrgitm_type"].name_of(row["med_chrgitm_type"]),
        count=row["cnt"],
        price=row["pric"],
        amount=amount,
        department=row["bilg_dept_name"] or "",
        marked=row["bkkp_sn"] in wanted,
        note=note,
    )


# What a row of evidence outside of the person's encounters may be: table, key, kind, and its columns as SQL.
_OTHERS: tuple[tuple[str, str, str, str], ...] = (
    ("mdtrt_d", "mdtrt_id", "就诊", "psn_no, coalesce(fixmedins_name, fixmedins_code), begntime, dscg_maindiag_name, NULL"),
    ("setl_d", "setl_id", "结算", "psn_no, coalesce(fixmedins_name, fixmedins_code), setl_time, '', medfee_sumamt"),
    (
        "fee_list_d",
        "bkkp_sn",
        "费用",
        "psn_no, coalesce(fixmedins_name, fixmedins_code), fee_ocur_time, hilist_name, det_item_fee_sumamt",
    ),
    ("drug_trac_d", "rid", "追溯码", "psn_no, fixmedins_code, trac_time, drug_trac_codg, NULL"),
    ("invinfo_d", "rid", "盘存", "'', fixmedins_code, invdate, concat(fixmedins_hilist_name, ' 存 ', inv_cnt::DOUBLE), NULL"),
    (
        "purcinfo_d",
        "rid",
        "采购或退货",
        "'', fixmedins_code, purc_retn_stoin_time, concat(fixmedins_hilist_name, ' × ', purc_retn_cnt::DOUBLE), NULL",
    ),
    (
        "selinfo_d",
        "rid",
        "销售或退货",
        "psn_no, fixmedins_code, sel_retn_time, concat(fixmedins_hilist_name, ' × ', sel_retn_cnt::DOUBLE), NULL",
    ),
    ("invchg_d", "rid", "库存变更", "'', fixmedins_code, inv_chg_time, concat(fixmedins_hilist_name, ' × ', cnt::DOUBLE), NULL"),
)


def _others(snapshot: Snapshot, ids: Sequence[str]) -> list[Other]:
    """Rows of any person or institution by id: one table after the other until all are found."""
    found: list[Other] = []
    with duckdb.connect() as db:
        for table, key, kind, columns in _OTHERS:
            files = [str(path) for path in snapshot.files(table)]
            missing = [i for i in ids if i not in {o.id for o in found}]
            if not missing or not files:
                continue
            sql = f"SELECT {key}, {columns} FROM read_parquet($files) WHERE {key} IN (SELECT UNNEST($ids)) ORDER BY 4, 1"  # noqa: S608 - names from _OTHERS
            for row_id, psn_no, institution, time, what, amount in db.execute(sql, {"files": files, "ids": missing}).fetchall():
                found.append(Other(row_id, kind, psn_no or "", institution or "", time, what or "", amount))
    return found
