"""Rows → findings, by a pack, in milliseconds: one connection in memory with the pack and the history attached.

Rules are asked only where they can find something: their stage, a subject's row at hand, a code of their list in the message.
A rule that fails, or takes longer than its time, is not judged and says why; the others answer.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from string import Formatter
from typing import Any

import apsw

from yijian.claims.views import views
from yijian.engine.backends.sqlite import AFFINITY
from yijian.engine.explain import BrokenRule, about, cents, finding_id, word_of
from yijian.gateway.history import KEPT, LOOK_BACK, Asked, Reader
from yijian.gateway.pack import Pack, PackedRule, code_columns
from yijian.gateway.rows import Case, Row, tuples
from yijian.gateway.span import OF_VISITS
from yijian.rulebook.check import list_columns

FROM_STORE = frozenset({"person", "registration", "place", "agreement", "absence"})
"""Views without which a rule cannot judge where the store is down; doctors come with the message, too."""
NO_STORE = "没有就诊历史"
OVER_TIME = "超出时限"
STEPS = 20_000
"""Steps of SQLite's machine between two looks at the clock."""


@dataclass(frozen=True)
class Found:
    """A finding about the present encounter. `subjects`: keys of the rows it is about; `evidence`: keys that show it."""

    rule: PackedRule
    finding_id: str
    amount: Decimal
    sentence: str
    subjects: tuple[str, ...]
    evidence: tuple[str, ...]
    mdtrt_id: str
    row: Mapping[str, Any]


@dataclass
class Judgement:
    """What a pack says of a case: findings, and rules that could not judge with the cause.

    failed: of the latter those where the fault is ours (an error, the time, the store), not in what was sent.
    """

    found: list[Found] = field(default_factory=list[Found])
    not_judged: dict[str, str] = field(default_factory=dict[str, str])
    failed: list[str] = field(default_factory=list[str])
    asked: int = 0

    def fail(self, rule: str, why: str) -> None:
        self.not_judged[rule] = why
        self.failed.append(rule)


class Judge:
    """One thread's connection. Not to be shared between threads; `close` it when the pack is put away."""

    def __init__(
        self,
        pack: Pack,
        history: Reader | None = None,
        *,
        rule_seconds: float = 0.05,
        request_seconds: float = 0.3,
        causes: bool = True,
    ) -> None:
        self.pack, self._history = pack, history
        self._rule_seconds, self._request_seconds, self._causes = rule_seconds, request_seconds, causes
        self._deadline = 0.0
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
        self._db = apsw.Connection(":memory:", flags=flags, statementcachesize=600)
        self._db.execute("PRAGMA case_sensitive_like = ON; PRAGMA journal_mode = OFF; PRAGMA temp_store = MEMORY")
        self._db.execute("ATTACH ? AS pack", (pack.uri,))
        self._used = sorted({v for r in pack.rules for v in r.reads}, key=lambda v: (v not in OF_VISITS, v))
        self._writers: dict[tuple[str, int], _Writer] = {}
        self._codes = {name: self._codes_of(name) for name in {r.scope_list for r in pack.rules if r.scope_list}}
        self._make_tables()
        self._db.set_progress_handler(self._is_late, STEPS)

    def close(self) -> None:
        if self._history:
            self._history.close()
        self._db.close()

    def watch(self) -> None:
        """Called about every second by another thread: look after the store."""
        if self._history:
            self._history.watch()

    def _is_late(self) -> bool:
        return time.perf_counter() > self._deadline

    def _codes_of(self, list_id: str) -> frozenset[str]:
        columns = code_columns(list_columns(list_id))
        rows = self._db.execute(" UNION ".join(f"SELECT {c} FROM kb_{list_id}" for c in columns))
        return frozenset(str(row[0]) for row in rows)

    def _make_tables(self) -> None:
        for name in self._used:
            columns = {c: col.sql_type for c, col in views()[name].columns.items()}
            spec = ", ".join(f"{c} {AFFINITY.get(t, 'REAL')}" for c, t in columns.items())
            for table in (name, f"{name}_now") if name in OF_VISITS else (name,):
                self._db.execute(f"CREATE TABLE {table} ({spec})")
                keys = [c for c in ("code", "mdtrt_id", "setl_id") if c in columns]
                for column in keys:
                    self._db.execute(f"CREATE INDEX {table}_{column} ON {table} ({column})")
        self._db.execute("CREATE TABLE hit (list_id TEXT, code TEXT, PRIMARY KEY (list_id, code)) WITHOUT ROWID")
        for name in self._codes:
            self._db.execute(
                f"CREATE VIEW fee_line_in_{name} AS SELECT f.* FROM hit AS h CROSS JOIN fee_line AS f "
                f"WHERE h.list_id = '{name}' AND f.code = h.code"
            )
        self._db.execute("ANALYZE main")
        for name in self._used:  # so that the planner knows: our tables are small, those of the pack may be large
            for table, rows in ((name, 200), (f"{name}_now", 50)):
                self._db.execute("DELETE FROM main.sqlite_stat1 WHERE tbl = ?", (table,))
                if name in OF_VISITS or table == name:
                    asked = "SELECT name FROM main.sqlite_schema WHERE type = 'index' AND tbl_name = ?"
                    indexes = self._db.execute(asked, (table,))
                    for (index,) in indexes.fetchall():
                        self._db.execute("INSERT INTO main.sqlite_stat1 VALUES (?, ?, ?)", (table, index, f"{rows} 4"))
        self._db.execute("ANALYZE main.sqlite_schema")

    def judge(self, case: Case, stage: str, only: Iterable[str] = ()) -> Judgement:
        """Findings about the case's present encounter. stage: `pre`, `mid` or '' (both); only: rules by id, code or title."""
        wanted = frozenset(only)
        began = time.perf_counter()
        self._deadline = began + 60.0
        result = Judgement()
        self._put_present(case)
        rules = [r for r in self.pack.rules if (not stage or stage in r.stages) and (not wanted or wanted & _names(r))]
        codes = {line["code"] for line in case.now.get("fee_line", ())}
        asked = [r for r in rules if case.now.get(r.view) and not (r.scope_list and codes.isdisjoint(self._codes[r.scope_list]))]
        wide = [r for r in asked if not r.within_visit]
        reads_store = [r for r in asked if not r.within_visit or FROM_STORE.intersection(r.reads)]
        usable = self._fill(case, bool(reads_store), bool(wide))
        if wide:
            self._hit({r.scope_list for r in wide if r.scope_list}, codes)
        for rule in asked:
            if not usable and rule in reads_store:
                result.fail(rule.id, NO_STORE)
            elif time.perf_counter() - began > self._request_seconds:
                result.fail(rule.id, OVER_TIME)
            else:
                self._ask(rule, case, result)
        return result

    def _put_present(self, case: Case) -> None:
        for name in self._used:
            if name in OF_VISITS:
                self._fill_table(f"{name}_now", name, case.now.get(name, []))

    def _fill_table(self, table: str, view: str, rows: list[Row]) -> None:
        self._db.execute(f"DELETE FROM {table}")
        self._insert(table, view, rows)

    def _insert(self, table: str, view: str, rows: list[Row]) -> None:
        if rows:
            marks = ", ".join("?" for _ in views()[view].columns)
            self._db.executemany(f"INSERT INTO {table} VALUES ({marks})", tuples(view, rows))

    def _fill(self, case: Case, store: bool, wide: bool) -> bool:
        """The tables of the person: history, what was sent along, the present. False if the store should be there and is not."""
        filled = [name for name in self._used if wide or name not in OF_VISITS]
        for name in filled:
            self._db.execute(f"DELETE FROM {name}")
        usable = not (store and self._history) or self._history.fill(self._db, _asked(case, filled))
        for name in filled:
            if name in OF_VISITS:
                self._insert(name, name, case.earlier.get(name, []))
                self._insert(name, name, case.now.get(name, []))
            else:
                self._add_context(name, case)
        return usable

    def _add_context(self, name: str, case: Case) -> None:
        """What the message itself says of the person and the doctors, where the store knows nothing of them."""
        key = views()[name].key
        known = {row[0] for row in self._db.execute(f"SELECT {key} FROM {name}")} if case.context.get(name) else set[Any]()
        self._insert(name, name, [row for row in case.context.get(name, []) if row[key] not in known])

    def _hit(self, lists: Iterable[str], codes: set[str]) -> None:
        """Of each list that is asked about, the codes that stand on any of the person's lines."""
        known = codes | {str(r[0]) for r in self._db.execute("SELECT DISTINCT code FROM fee_line")}
        self._db.execute("DELETE FROM hit")
        self._db.executemany(
            "INSERT INTO hit VALUES (?, ?)", [(name, code) for name in lists for code in known & self._codes[name]]
        )

    def _ask(self, rule: PackedRule, case: Case, result: Judgement) -> None:
        self._deadline = time.perf_counter() + self._rule_seconds
        result.asked += 1
        try:
            found = self._found(rule, case)
            cause = self._cause(rule) if self._causes and rule.has_needs else ""
        except apsw.InterruptError:
            result.fail(rule.id, OVER_TIME)
        except (apsw.Error, BrokenRule):
            result.fail(rule.id, "规则运行出错")
        else:
            result.found += found
            if cause:
                result.not_judged[rule.id] = cause
        finally:
            self._deadline = time.perf_counter() + 60.0

    def _found(self, rule: PackedRule, case: Case) -> list[Found]:
        cursor = self._db.execute(rule.found)
        writer: _Writer | None = None
        found: list[Found] = []
        for row in cursor:
            writer = writer or self._writer(rule, cursor)
            made = writer.found(row)
            if self._concerns(case, made):
                found.append(made)
        return found

    def _writer(self, rule: PackedRule, cursor: apsw.Cursor) -> "_Writer":
        key = (rule.id, rule.version)
        if key not in self._writers:
            self._writers[key] = _Writer(rule, [str(d[0]) for d in cursor.get_description()])
        return self._writers[key]

    @staticmethod
    def _concerns(case: Case, found: Found) -> bool:
        """Whether the finding is about the present encounter, and where orders are marked as new, about one of those."""
        if case.whole:
            return True
        touched = {*found.subjects, *found.evidence}
        if case.judged & touched:
            return True
        if case.lines.keys() & touched:
            return False
        return found.mdtrt_id == case.mdtrt_id or bool({case.mdtrt_id, case.setl_id} & touched)

    def _cause(self, rule: PackedRule) -> str:
        """Why some of the present rows are not judged; '' if all are."""
        row = next(iter(self._db.execute(rule.unjudged)), None)
        return str(row[1]) if row else ""


def _asked(case: Case, used: Iterable[str]) -> Asked:
    """What the store is asked about a case. Of encounters that the message tells itself the message counts."""
    sent_along = case.earlier.get("settlement", [])
    return Asked(
        views=tuple(name for name in used if name in KEPT),
        psn_no=case.psn_no,
        since=case.day - LOOK_BACK,
        without=tuple(dict.fromkeys((case.mdtrt_id, *(row["mdtrt_id"] for row in sent_along)))),
        institutions=tuple(dict.fromkeys((case.institution, *(row["fixmedins_code"] for row in sent_along)))),
        doctors=tuple(sorted({line["bilg_dr_code"] or "" for line in case.now.get("fee_line", [])})),
    )


def _names(rule: PackedRule) -> frozenset[str]:
    return frozenset({rule.id, rule.official_code, rule.official_title} - {""})


class _Writer:
    """How one rule's result rows become findings; the columns are known once the rule has found something."""

    def __init__(self, rule: PackedRule, columns: list[str]) -> None:
        self._rule, self._columns = rule, columns
        self._about = [columns.index(c) for c in about(rule.grain) if c in columns]
        words = sorted({f for _, f, _, _ in Formatter().parse(rule.explain) if f})
        self._words: list[tuple[str, int, Callable[[Any], str]]] = []
        for word in words:
            column, write = word_of(word, set(columns), rule.names)
            self._words.append((word, columns.index(column), write))

    def found(self, row: tuple[Any, ...]) -> Found:
        """A result row as a finding. BrokenRule if its amount is no number."""
        rule, values = self._rule, dict(zip(self._columns, row, strict=True))
        evidence = _split(values.get("evidence"))
        if "subjects" in values:
            subjects = _split(values["subjects"])
        elif rule.key in rule.grain:
            subjects = (str(values[rule.key]),)
        else:
            subjects = evidence
        return Found(
            rule,
            finding_id(rule.id, (row[i] for i in self._about)),
            cents(values.get("amount")) or Decimal("0.00"),
            rule.explain.format(**{word: write(row[i]) for word, i, write in self._words}),
            subjects,
            evidence,
            str(values.get("mdtrt_id") or ""),
            values,
        )


def _split(value: str | None) -> tuple[str, ...]:
    return tuple(value.split(" ")) if value else ()
