"""Past encounters sent again, for trying the gateway out: which are drawn, and what time their reminders bear."""

import csv
from datetime import datetime
from pathlib import Path

from starlette.testclient import TestClient

from tests.claims.claims_cast import Bureau
from tests.gateway.conftest import Serve
from tests.gateway.gateway_cast import message, order
from yijian.gateway.journal import export
from yijian.gateway.replay import Settled
from yijian.vocabulary.home import Home


def _rows(home: Home, folder: Path) -> list[dict[str, str]]:
    export(home, folder / "out.csv")
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _asked_once(client: TestClient) -> None:
    answer = client.post("/", json=message(order(), at=datetime(2025, 3, 1, 9, 30))).json()
    assert answer["infcode"] == 0
    assert answer["output"]["result"]


def test_a_replayed_reminder_bears_the_time_of_its_message(serve: Serve, home: Home, tmp_path: Path):
    client = serve(replay=True)
    _asked_once(client)
    client.__exit__(None, None, None)
    row = _rows(home, tmp_path)[0]
    assert row["reqt_time"] == "2025-03-01 09:30:00"
    assert row["rsp_time"].startswith("2025-03-01 09:30:0")
    assert float(row["ana_dura"]) < 60_000


def test_without_replay_it_bears_the_time_at_which_it_was_asked(serve: Serve, home: Home, tmp_path: Path):
    client = serve()
    _asked_once(client)
    client.__exit__(None, None, None)
    assert _rows(home, tmp_path)[0]["reqt_time"] > "2026"


def test_single_encounters_are_drawn_alike_each_time_beside_those_that_are_named(tmp_path: Path):
    bureau = Bureau(tmp_path)
    keys = [f"{n:02d}" for n in range(40)]
    who = {"psn_no": "P1"}
    bureau.write("psn_info_b")
    bureau.write("mdtrt_d", [{"mdtrt_id": f"M{k}", **who} for k in keys])
    bureau.write("setl_d", [{"mdtrt_id": f"M{k}", "setl_id": f"S{k}", **who} for k in keys])
    bureau.write("fee_list_d", [{"mdtrt_id": f"M{k}", "setl_id": f"S{k}", "bkkp_sn": f"L{k}", **who} for k in keys])
    bureau.take()

    def drawn(seed: int) -> set[str]:
        sent = Settled(bureau.home, single=5, seed=seed, also=["M07"]).messages()
        encounters = [m["input"]["data"]["patient_dtos"][0]["fsi_encounter_dtos"][0] for m in sent]
        assert all(len(e["fsi_order_dtos"]) == 1 for e in encounters)
        return {e["mdtrt_id"] for e in encounters}

    assert drawn(1) == drawn(1) != drawn(2)
    assert "M07" in drawn(1) & drawn(2)
    assert len(drawn(1)) in (5, 6)
