"""What was asked, answered and done about it, in the shape of the national `bffact_warn_rslt_d`, in one SQLite file.

A thread writes behind the answers, in batches: an answer does not wait for the disk. What hospitals feed back (3103) is
written at once.
"""

import csv
import queue
import threading
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw
from apsw.bestpractice import connection_busy_timeout

from yijian.gateway.history import BadRow, Store, StoreDown
from yijian.gateway.rows import Case
from yijian.vocabulary.home import Home

COLUMNS = (
    "warn_rslt_id", "trig_scen", "med_type", "reqt_time", "rsp_time", "ana_dura", "vola_flag", "rule_id", "rule_code",
    "rule_name", "rule_sev_deg", "rule_warn_lv", "warn_cont", "medfee_sumamt", "vola_amt", "warn_dspo_way",
    "warn_dspo_way_dscr", "fixmedins_code", "psn_no", "mdtrt_id", "dr_code", "pack_version",
)  # fmt: skip
"""The columns of the national table, and whose reminder it was."""

BATCH, WAITING = 200, 50_000
RETRY = 1.0
"""Seconds until a store that was down is tried again."""


def journal_path(home: Home) -> Path:
    """Where a home keeps it."""
    return home.path / "gateway" / "journal.sqlite"


class Journal:
    """The file, open for writing. One connection a thread."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = apsw.Connection(str(path))
        connection_busy_timeout(self._db)
        self._db.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        spec = ", ".join(f"{c} {'REAL' if c.endswith('amt') or c == 'ana_dura' else 'TEXT'}" for c in COLUMNS[1:])
        self._db.execute(f"CREATE TABLE IF NOT EXISTS warn_rslt (warn_rslt_id TEXT PRIMARY KEY, {spec})")

    def close(self) -> None:
        self._db.close()

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Keep answered reminders. apsw.Error where they cannot be written."""
        marks = ", ".join("?" for _ in COLUMNS)
        with self._db:
            values = [tuple(row.get(c) for c in COLUMNS) for row in rows]
            self._db.executemany(f"INSERT OR REPLACE INTO warn_rslt VALUES ({marks})", values)

    def feed_back(self, institution: str, given: Iterable[tuple[str, str, str]]) -> list[str]:
        """Note what was done: (id, way, reason). The ids that this institution was never given; then nothing is noted."""
        given, unknown = list(given), list[str]()
        with self._db:
            unknown = [
                key
                for key, _, _ in given
                if not self._db.execute(
                    "SELECT 1 FROM warn_rslt WHERE warn_rslt_id = ? AND fixmedins_code = ?", (key, institution)
                ).fetchall()
            ]
            if not unknown:
                noted = [(way, reason, key) for key, way, reason in given]
                update = "UPDATE warn_rslt SET warn_dspo_way = ?, warn_dspo_way_dscr = ? WHERE warn_rslt_id = ?"
                self._db.executemany(update, noted)
        return unknown


def export(home: Home, target: Path) -> int:
    """All reminders as `bffact_warn_rslt_d.csv` for `yijian import`; how many."""
    path = journal_path(home)
    if not path.is_file():
        return 0
    with (
        closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as db,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = db.execute(f"SELECT {', '.join(COLUMNS)} FROM warn_rslt ORDER BY reqt_time, warn_rslt_id").fetchall()
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(["" if v is None else v for v in row] for row in rows)
    return len(rows)


class Recorder:
    """Writes behind: reminders into the journal, settled encounters into the history. `lost` counts what could not be kept."""

    def __init__(self, journal: Path, history: Store) -> None:
        self._journal, self._history = journal, history.writer()
        self._queue: queue.Queue[tuple[list[dict[str, Any]], Case | None] | threading.Event | None] = queue.Queue(WAITING)
        self._settled: list[Case] = []
        self.lost = 0
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def put(self, rows: list[dict[str, Any]], settled: Case | None) -> None:
        """Keep these soon."""
        try:
            self._queue.put_nowait((rows, settled))
        except queue.Full:
            self.lost += 1

    def flush(self, seconds: float = 2.0) -> None:
        """Wait until what was put so far is kept."""
        done = threading.Event()
        self._queue.put(done)
        done.wait(seconds)

    def close(self) -> None:
        """Keep the rest and stop."""
        self._queue.put(None)
        self._thread.join(10)

    def _run(self) -> None:
        journal: Journal | None = None
        stopping = False
        while not stopping:
            taken = self._take()
            stopping = None in taken
            items = [t for t in taken if isinstance(t, tuple)]
            try:
                journal = journal or Journal(self._journal)
                journal.add(row for rows, _ in items for row in rows)
            except apsw.Error:
                self.lost, journal = self.lost + len(items), None
            self._settled += [case for _, case in items if case is not None]
            self._keep_settled()
            for event in taken:
                if isinstance(event, threading.Event):
                    event.set()
        self.lost += len(self._settled)
        self._history.close()
        if journal is not None:
            journal.close()

    def _take(self) -> list[tuple[list[dict[str, Any]], Case | None] | threading.Event | None]:
        """What was put, up to a batch; nothing after a second in which settled encounters wait for the store."""
        try:
            taken = [self._queue.get(timeout=RETRY if self._settled else None)]
        except queue.Empty:
            return []
        while len(taken) < BATCH and not self._queue.empty():
            taken.append(self._queue.get_nowait())
        return taken

    def _keep_settled(self) -> None:
        """Settled encounters into the history; while it is down they wait, the oldest are given up beyond `WAITING`."""
        if not self._settled:
            return
        try:
            self._history.add(self._settled)
            self._settled = []
        except BadRow:
            self._settled = [case for case in self._settled if not self._add_one(case)]
        except StoreDown:
            self._give_up(len(self._settled) - WAITING)

    def _add_one(self, case: Case) -> bool:
        """Whether the case is done with: kept, or lost because it never can be kept."""
        try:
            self._history.add([case])
        except BadRow:
            self.lost += 1
        except StoreDown:
            return False
        return True

    def _give_up(self, number: int) -> None:
        if number > 0:
            self.lost += number
            del self._settled[:number]


def reminder_rows(
    case: Case, results: Iterable[Mapping[str, Any]], *, reference: str, scene: str, asked: datetime, answered: datetime,
    doctor: str, pack: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """The rows of one answer: one for each finding, or one that says that there was none."""
    shared = {
        "trig_scen": scene,
        "med_type": case.med_type,
        "reqt_time": f"{asked:%Y-%m-%d %H:%M:%S}",
        "rsp_time": f"{answered:%Y-%m-%d %H:%M:%S}",
        "ana_dura": round((answered - asked).total_seconds() * 1000, 1),
        "medfee_sumamt": case.medfee_sumamt,
        "fixmedins_code": case.institution,
        "psn_no": case.psn_no,
        "mdtrt_id": case.mdtrt_id,
        "dr_code": doctor,
        "pack_version": pack,
    }
    rows = [
        shared
        | {
            "warn_rslt_id": r["jr_id"],
            "vola_flag": "1",
            "rule_id": r["rule_id"],
            "rule_code": r["rule_code"],
            "rule_name": r["rule_name"],
            "rule_sev_deg": r["sev_deg"],
            "rule_warn_lv": r["sev_deg"],
            "warn_cont": r["vola_cont"],
            "vola_amt": r["vola_amt"],
        }
        for r in results
    ]
    return rows or [shared | {"warn_rslt_id": reference, "vola_flag": "0", "vola_amt": 0.0}]
