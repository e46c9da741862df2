"""Before, during and after give one answer: settled encounters of a city replayed as messages, against the audit of the city.

2,000 encounters here; `YIJIAN_REPLAY=100000` replays as many (the city grows with it).
"""

import os
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import apsw
import pytest

from yijian.city.generate import make_city
from yijian.claims.intake import import_files
from yijian.engine.audit import audit
from yijian.engine.findings import needed_run, read_findings
from yijian.gateway.history import KEPT, OF_ENCOUNTER, Store, build, history_path, store_of
from yijian.gateway.judge import Found, Judge
from yijian.gateway.message import read, time_of
from yijian.gateway.pack import Pack
from yijian.gateway.pack import build as build_pack
from yijian.gateway.replay import Settled
from yijian.gateway.rows import Case, case_of
from yijian.knowledge.importing import import_knowledge
from yijian.rulebook.library import load_rules
from yijian.vocabulary.home import Home

ENCOUNTERS = int(os.environ.get("YIJIAN_REPLAY", "2000"))
SHARED = {r.id: r for r in load_rules().values() if {"mid", "post"} <= set(r.declaration.stages)}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A judged city with a pack; its history knows persons, doctors and places, and no encounter yet."""
    folder = tmp_path_factory.mktemp("replay")
    home = Home(folder / "home")
    make_city(folder / "city", persons=max(2_000, ENCOUNTERS // 5), seed=11)
    import_files(home, [folder / "city"], None)
    import_knowledge(home, [folder / "city" / "knowledge"])
    audit(home, SHARED)
    build_pack(home, SHARED, home.path / "area.pack")
    build(home)
    with apsw.Connection(str(history_path(home))) as db:
        for name in OF_ENCOUNTER:
            db.execute(f"DELETE FROM h_{name}")
    return home


def _judged(judge: Judge, settled: Settled, stage: str) -> Iterator[tuple[Case, list[Found]]]:
    for message in settled.messages():
        patient: dict[str, Any] = message["input"]["data"]["patient_dtos"][0]
        at = time_of(message["inf_time"])
        assert at is not None
        case = case_of(read("patient", patient), at)
        answer = judge.judge(case, stage)
        assert answer.failed == []
        yield case, answer.found


def test_messages_of_settled_encounters_find_what_the_audit_finds(city: Home) -> None:
    pack, store = Pack.open(city.path / "area.pack"), store_of(city)
    history = store.writer()
    judge = Judge(pack, store.reader(), rule_seconds=10.0, request_seconds=100.0)
    settled = Settled(city, encounters=ENCOUNTERS)
    during: dict[str, tuple[str, Decimal, str]] = {}
    encounters = 0
    for case, found in _judged(judge, settled, "mid"):
        during |= {f.finding_id: (f.rule.id, f.amount, " ".join(f.evidence)) for f in found}
        history.add([case])
        encounters += 1
    after = {
        row["finding_id"]: (row["rule"], row["amount"], row["evidence"])
        for row in read_findings(city, needed_run(city)).to_pylist()
        if row["psn_no"] in settled.persons and not set(str(row["setl_id"]).split()) & settled.left_out
    }
    assert encounters >= ENCOUNTERS * 0.9
    assert len(after) > 20
    assert during == after
    before = Judge(pack, store.reader(), rule_seconds=10.0, request_seconds=100.0)
    told = {
        f.finding_id: (f.rule.id, f.amount, " ".join(f.evidence)) for _, found in _judged(before, settled, "pre") for f in found
    }
    early = {r.id for r in pack.rules if r.within_visit and "pre" in r.stages}
    assert {k: v for k, v in told.items() if v[0] in early} == {k: v for k, v in after.items() if v[0] in early}
    for opened in (judge, before, history):
        opened.close()


def test_the_history_of_a_lake_holds_what_its_views_hold(city: Home, store: Store, history_url: str) -> None:
    counts = build(city, store, days=10_000)
    assert counts["settlement"] > 5_000 and counts["fee_line"] > counts["settlement"]
    assert counted(store, history_url) == counts


def counted(store: Store, url: str) -> dict[str, int]:
    """Rows of the store by view."""
    if url:
        import psycopg

        with psycopg.connect(url) as db:
            rows = [db.execute(f"SELECT COUNT(*) FROM yijian_history.h_{name}").fetchone() for name in KEPT]  # type: ignore[arg-type]
    else:
        with apsw.Connection(store.name) as db:
            rows = [db.execute(f"SELECT COUNT(*) FROM h_{name}").fetchall()[0] for name in KEPT]
    return {name: row[0] for name, row in zip(KEPT, rows, strict=True) if row}
