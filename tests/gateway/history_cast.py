"""Encounters that a store is told, and what a request would see of them."""

from contextlib import closing
from typing import Any

import apsw

from tests.gateway.gateway_cast import HOSPITAL, message, order, patient_of
from yijian.claims.views import views
from yijian.engine.backends.sqlite import AFFINITY
from yijian.gateway.history import KEPT, Asked, Store
from yijian.gateway.message import read, time_of
from yijian.gateway.rows import Case, case_of


def settled(person: str, visit: str, day: str = "2026-01-05") -> Case:
    """An encounter as a 3102 tells it."""
    said = message(order(drord_begn_date=f"{day} 09:00:00"), mdtrt_id=visit, adm_date=f"{day} 08:00:00")
    patient_of(said).update(patn_id=person, curr_mdtrt_id=visit)
    at = time_of(f"{day} 10:00:00")
    assert at is not None
    return case_of(read("patient", patient_of(said)), at)


def add(store: Store, *cases: Case) -> None:
    with closing(store.writer()) as writer:
        writer.add(cases)


def asked(person: str, **more: Any) -> Asked:
    given = {"views": KEPT, "since": 0, "without": ("NOW",), "institutions": (HOSPITAL,), "doctors": ("D1",)} | more
    return Asked(psn_no=person, **given)


class Look:
    """A reader with the tables that it fills, as the judging thread has them."""

    def __init__(self, store: Store) -> None:
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
        self._db, self.reader = apsw.Connection(":memory:", flags=flags), store.reader()
        for name in KEPT:
            spec = ", ".join(f"{c} {AFFINITY.get(col.sql_type, 'REAL')}" for c, col in views()[name].columns.items())
            self._db.execute(f"CREATE TABLE {name} ({spec})")

    def __call__(self, wanted: Asked) -> dict[str, list[Any]] | None:
        """What judging would see, by view; None where the store cannot be read."""
        for name in KEPT:
            self._db.execute(f"DELETE FROM {name}")
        if not self.reader.fill(self._db, wanted):
            return None
        return {name: sorted(self._db.execute(f"SELECT * FROM {name}").fetchall(), key=str) for name in KEPT}

    def close(self) -> None:
        self.reader.close()
        self._db.close()


def visits(store: Store, person: str) -> list[str]:
    """The encounters of a person that a request would see."""
    with closing(Look(store)) as look:
        found = look(asked(person))
    assert found is not None
    column = list(views()["settlement"].columns).index("mdtrt_id")
    lines = {row[list(views()["fee_line"].columns).index("mdtrt_id")] for row in found["fee_line"]}
    seen = sorted(row[column] for row in found["settlement"])
    assert lines == set(seen)
    return seen
