"""What a person had before: kept in the home's file or in PostgreSQL, with the same answers."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import apsw
import pytest

from tests.claims.claims_cast import Bureau
from tests.cli.test_commands import one_sentence, yijian
from tests.gateway.conftest import Serve
from tests.gateway.gateway_cast import HOSPITAL, PATIENT, SCAN, message, order, patient_of
from tests.gateway.history_cast import Look, add, asked, settled, visits
from tests.postgresql import needs_postgresql
from yijian.gateway.history import Store, StoreDown, build, history_path, store_of
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    """A lake with one visit, settled on 5 January 2026."""
    made = Bureau(tmp_path)
    for table in ("psn_info_b", "fixmedins_b", "mdtrt_d", "setl_d", "fee_list_d"):
        made.write(table)
    made.take()
    return made


def test_a_settled_encounter_is_history_once_however_often_it_is_told(store: Store) -> None:
    add(store, settled("P1", "A"), settled("P2", "B"))
    add(store, settled("P1", "A"), settled("P1", "C"))
    assert visits(store, "P1") == ["A", "C"] and visits(store, "P2") == ["B"]
    with closing(Look(store)) as look:
        found = look(asked("P1", without=("A",), views=("settlement", "person", "doctor")))
    assert found is not None and len(found["settlement"]) == 1 and len(found["person"]) == 1 and found["fee_line"] == []


def test_of_the_history_only_the_last_two_years_are_seen(store: Store) -> None:
    case = settled("P1", "A", "2023-01-05")
    add(store, case)
    with closing(Look(store)) as look:
        late, early = (look(asked("P1", since=case.day + n)) for n in (1, 0))
    assert late is not None and late["fee_line"] == []
    assert early is not None and len(early["fee_line"]) == 1


def test_a_new_history_keeps_what_the_lake_does_not_have_yet(bureau: Bureau, store: Store) -> None:
    add(store, settled("P1", "today", "2026-01-06"), settled("P1", "long ago", "2025-01-01"), settled("P1", "M1"))
    counts = build(bureau.home, store)
    assert counts["settlement"] == 1 and counts["place"] == 1
    assert visits(store, "P1") == ["M1", "today"]
    build(bureau.home, store)
    assert visits(store, "P1") == ["M1", "today"]


def test_a_visit_that_was_refunded_whole_leaves_the_history_with_the_next_build(bureau: Bureau, store: Store) -> None:
    add(store, settled("P1", "M1"), settled("P1", "M2"))
    build(bureau.home, store)
    assert visits(store, "P1") == ["M1", "M2"]
    refund = {"setl_id": "S9", "init_setl_id": "S1", "refd_setl_flag": "1", "medfee_sumamt": "-11.00"}
    bureau.write("setl_d", [{}, refund])
    back = {"bkkp_sn": "L9", "setl_id": "S9", "init_feedetl_sn": "L1", "cnt": "-2", "det_item_fee_sumamt": "-11.00"}
    bureau.write("fee_list_d", [{}, back])
    bureau.take()
    assert build(bureau.home, store)["settlement"] == 0
    assert visits(store, "P1") == ["M2"]


def test_a_history_of_an_earlier_program_is_made_anew_with_what_it_was_told(
    bureau: Bureau, store: Store, history_url: str
) -> None:
    add(store, settled("P1", "today", "2026-01-06"))
    for statement in ("ALTER TABLE {}h_fee_line DROP COLUMN local_name", "DROP TABLE {}h_registration"):
        if history_url:
            import psycopg

            with psycopg.connect(history_url) as db:
                db.execute(statement.format("yijian_history."))  # type: ignore[arg-type]
        else:
            with closing(apsw.Connection(store.name)) as file:
                file.execute(statement.format(""))
    with closing(Look(store)) as look:
        assert look(asked("P1")) is None
    with closing(store.writer()) as writer, pytest.raises(StoreDown):
        writer.add([settled("P1", "later", "2026-01-06")])
    build(bureau.home, store)
    assert visits(store, "P1") == ["M1", "today"]


def test_what_is_settled_while_the_history_is_built_anew_is_not_lost(bureau: Bureau, store: Store) -> None:
    told, stop = list[str](), threading.Event()

    def tell() -> None:
        with closing(store.writer()) as writer:
            while not stop.is_set():
                try:
                    writer.add([settled("P1", f"V{len(told):04d}")])
                except StoreDown:  # busy: told again, as the gateway does
                    continue
                told.append(f"V{len(told):04d}")

    add(store, settled("P1", "first"))
    telling = threading.Thread(target=tell)
    telling.start()
    for _ in range(3):
        build(bureau.home, store)
    stop.set()
    telling.join()
    assert len(told) > 3
    assert visits(store, "P1") == sorted(["M1", "first", *told])


def test_a_reader_sees_the_new_history_soon(bureau: Bureau, store: Store) -> None:
    add(store, settled("P1", "long ago", "2025-01-01"))
    with closing(Look(store)) as look:
        assert look(asked("P1")) != look(asked("P2"))
        build(bureau.home, store)
        look.reader.watch()
        found = look(asked("P1"))
    assert found is not None and [len(found[name]) for name in ("settlement", "place")] == [1, 1]


@needs_postgresql
def test_both_stores_give_a_request_the_same_rows(bureau: Bureau, database: str) -> None:
    stores = [store_of(bureau.home), store_of(bureau.home, database)]
    for store in stores:
        build(bureau.home, store)
        add(store, settled("P1", "A"), settled("P2", "B"))
    for person in ("P1", "P2", "nobody"):
        for places in ((HOSPITAL,), ("H1", HOSPITAL)):
            seen = []
            for store in stores:
                with closing(Look(store)) as look:
                    seen.append(look(asked(person, institutions=places)))
            assert seen[0] is not None and seen[0] == seen[1]


def test_an_examination_that_was_done_elsewhere_is_seen_once_it_was_settled(serve: Serve, history_url: str) -> None:
    client = serve(history=history_url)

    def rules(said: dict[str, Any]) -> list[str]:
        answer = client.post("/", json=said).json()
        assert answer["infcode"] == 0 and not answer.get("warn_msg"), answer
        return sorted(r["rule_code"] for r in answer["output"]["result"])

    scan = order(1, SCAN, "201", chrg_type="03")
    before = scan | {"drord_begn_date": "2026-02-27 09:00:00", "rx_id": "R0"}
    earlier = message(before, infno="3102", scene="7", mdtrt_id="M0", adm_date="2026-02-27 08:00:00")
    patient_of(earlier)["curr_mdtrt_id"] = "M0"
    assert rules(earlier) == []
    assert rules(message(scan)) == []  # what was only tried is no history
    earlier["input"]["data"]["trig_scen"] = "6"
    assert rules(earlier) == []
    until(lambda: rules(message(scan)) == ["repeated_examination"])
    (found,) = client.post("/", json=message(scan)).json()["output"]["result"]
    kinds = {d["rx_id"]: d["vola_item_type"] for d in found["judge_result_detail_dtos"]}
    assert kinds == {"R1": "1", "R0": "2"}


def until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


class Outage:
    """A store that can be taken away and given back; `url` is its address for the gateway."""

    def __init__(self, url: str, down: Callable[[], None], up: Callable[[], None]) -> None:
        self.url, self.down, self.up = url, down, up


@pytest.fixture
def outage(home: Home, history_url: str, tmp_path_factory: pytest.TempPathFactory) -> Outage:
    """For the file: it is broken and comes back. For PostgreSQL: its connections are cut and its socket is gone."""
    add(store_of(home, history_url), settled(PATIENT, "M0", "2026-02-27"))
    if not history_url:
        path = history_path(home)
        kept = path.with_name("kept")
        broken = b"this is no database, but long enough to be taken for a broken one" * 100

        def swap(content: bytes) -> None:
            fresh = path.with_name("fresh")
            fresh.write_bytes(content)
            fresh.replace(path)

        shutil.copy(path, kept)
        return Outage("", lambda: swap(broken), lambda: swap(kept.read_bytes()))
    folder, name = history_url.removeprefix("postgresql://tester@").split("/")
    link = tmp_path_factory.mktemp("pg") / "socket"
    link.symlink_to(unquote(folder))

    def cut() -> None:
        import psycopg

        link.unlink()
        with psycopg.connect(history_url, autocommit=True) as db:
            db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yijian-history'")

    return Outage(f"postgresql:///{name}?user=tester&host={link}", cut, lambda: link.symlink_to(unquote(folder)))


def test_while_the_store_is_down_rules_of_history_are_not_judged_and_afterwards_they_are(serve: Serve, outage: Outage) -> None:
    client, said = serve(history=outage.url), message(order(), order(2, SCAN, "201", chrg_type="03"))

    def judged() -> bool:
        answer = client.post("/", json=said).json()
        assert answer["infcode"] == 0
        assert "drug_sex" in [r["rule_code"] for r in answer["output"]["result"]]
        missing = {"rule_id": "repeated_examination", "reason": "没有就诊历史"} in answer["output"]["not_judged"]
        assert missing == (answer.get("warn_msg") == "部分规则未能判定")
        return not missing

    until(judged)
    outage.down()
    until(lambda: not judged())
    outage.up()
    until(judged)


@needs_postgresql
def test_what_was_settled_while_postgresql_was_down_is_written_when_it_is_back(
    serve: Serve, database: str, home: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, name = database.removeprefix("postgresql://tester@").split("/")
    link = tmp_path_factory.mktemp("pg") / "socket"
    client = serve(history=f"postgresql:///{name}?user=tester&host={link}")
    assert client.post("/", json=message(order(), infno="3102", scene="6")).json()["warn_msg"] == "部分规则未能判定"
    time.sleep(0.2)
    link.symlink_to(unquote(folder))
    store = store_of(home, database)
    with closing(Look(store)) as look:
        until(lambda: bool((look(asked(PATIENT)) or {}).get("fee_line")))


@pytest.fixture
def frozen(database: str) -> Iterator[Callable[[], None]]:
    """Stop the server's process of the gateway's reading connection, as a machine stops that hangs."""
    import psycopg

    stopped: list[int] = []

    def freeze() -> None:
        with psycopg.connect(database) as db:
            found = db.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'yijian-history'").fetchall()
        for (pid,) in found:
            os.kill(pid, signal.SIGSTOP)
            stopped.append(pid)

    yield freeze
    for pid in stopped:
        os.kill(pid, signal.SIGCONT)


@needs_postgresql
def test_a_postgresql_that_hangs_does_not_hold_the_hospital_up(serve: Serve, database: str, frozen: Callable[[], None]) -> None:
    client = serve(history=database, answer_seconds=0.5)
    add_to = message(order(), infno="3102", scene="6")
    assert client.post("/", json=add_to).json()["infcode"] == 0
    said = message(order(), order(2, SCAN, "201", chrg_type="03"))
    until(lambda: not client.post("/", json=said).json().get("warn_msg"))
    frozen()
    assert "未提供审核意见" in client.post("/", json=said).json()["warn_msg"]
    until(lambda: not client.post("/", json=said).json().get("warn_msg"))


def test_the_command_builds_the_history_where_the_environment_says(
    bureau: Bureau, store: Store, history_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIJIAN_HISTORY_URL", history_url)
    done = yijian("history", "build", home=bureau.home.path)
    assert done.returncode == 0, done.stderr
    assert store.name in done.stdout
    assert visits(store, "P1") == ["M1"]


@needs_postgresql
def test_a_database_that_is_not_there_is_one_sentence(bureau: Bureau, monkeypatch: pytest.MonkeyPatch, database: str) -> None:
    for url, said in ((f"{database}_no", "就诊历史没有建成"), ("postgresql://?x=y", "看不懂")):
        monkeypatch.setenv("YIJIAN_HISTORY_URL", url)
        assert said in one_sentence(yijian("history", "build", home=bureau.home.path))


@needs_postgresql
def test_two_builds_at_once_are_refused(bureau: Bureau, database: str) -> None:
    import psycopg

    from yijian.gateway.history_postgresql import BUILDING

    with psycopg.connect(database) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (BUILDING,))
        with pytest.raises(UserError, match="另一处正在重建"):
            build(bureau.home, store_of(bureau.home, database))
    build(bureau.home, store_of(bureau.home, database))
