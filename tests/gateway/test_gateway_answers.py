"""A hospital's system speaks to the gateway, from the national interface alone."""

import copy
import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.cli.test_commands import yijian
from tests.gateway.conftest import Serve
from tests.gateway.gateway_cast import HOSPITAL, PATIENT, SCAN, WARD_VISIT, encounter_of, message, order, patient_of
from yijian.claims.lake import Lake
from yijian.gateway import packs
from yijian.gateway.access import issue, revoke
from yijian.gateway.answer import now
from yijian.gateway.journal import export
from yijian.gateway.pack import build
from yijian.rulebook.library import load_rules
from yijian.vocabulary.home import Home


def rules(answer: dict[str, Any]) -> list[str]:
    assert answer["infcode"] == 0, answer
    return sorted(r["rule_code"] for r in answer["output"]["result"])


def refused(answer: dict[str, Any]) -> str:
    assert answer["infcode"] != 0 and answer["output"] is None
    assert len(answer["err_msg"]) <= 200
    return answer["err_msg"]


def test_a_drug_for_women_ordered_for_a_man_is_advised_against_in_the_national_form(serve: Serve) -> None:
    answer = serve().post("/", json=message(order())).json()
    found = next(r for r in answer["output"]["result"] if r["rule_code"] == "drug_sex")
    assert found["rule_name"] == "药品区分性别使用"
    assert found["patn_id"] == PATIENT and found["mdtrt_id"] == "M1" and found["task_id"] == "T1"
    assert found["vola_amt"] == 12.5 and found["vola_amt_stas"] == "1" and found["vola_bhvr_type"] == "1"
    assert "条例" in found["vola_evid"] and "某药" in found["vola_cont"]
    (detail,) = found["judge_result_detail_dtos"]
    assert detail["rx_id"] == "R1" and detail["vola_item_type"] == "1" and detail["vola_amt"] == 12.5
    assert answer["inf_refmsgid"].startswith("999999") and len(answer["inf_refmsgid"]) == 30
    assert len(answer["refmsg_time"]) == len(answer["respond_time"]) == 17


@pytest.mark.parametrize("path", ["/", "/fsi/api/riskConService/beforeAnalyze"])
def test_lists_may_be_objects_and_names_may_be_spelled_otherwise(serve: Serve, path: str) -> None:
    said = message(order(hosplistCode="L2", unknown_field={"x": [1]}))
    data = said["input"]["data"]
    visit = encounter_of(said)
    visit["orderDtos"] = visit.pop("fsi_order_dtos")[0]
    visit["diagnoseDtos"] = visit.pop("fsi_diagnose_dtos")[0]
    visit["fsi_operation_dtos"] = None
    patient_of(said)["fsi_encounter_dtos"] = visit
    data["patient_dtos"] = data["patient_dtos"][0]
    data["patient_dtos"]["fsi_his_data_dto"] = None
    assert "drug_sex" in rules(serve().post(path, json=said).json())


def test_the_input_may_come_as_text_and_the_transaction_from_the_address(serve: Serve) -> None:
    said = message(order())
    del said["infno"]
    said["input"] = json.dumps(said["input"])
    assert "drug_sex" in rules(serve().post("/fsi/api/riskConService/beforeAnalyze", json=said).json())


def test_rule_ids_select_rules_by_code_title_or_id(serve: Serve) -> None:
    client, said = serve(), message(order(), order(2, SCAN, "201"), order(3, SCAN, "201"))
    everything = client.post("/", json=said).json()
    code = next(r["rule_id"] for r in everything["output"]["result"] if r["rule_code"] == "drug_sex")
    for given in (code, "药品区分性别使用", ["drug_sex"], "drug_sex，item_sex"):
        said["input"]["data"]["rule_ids"] = given
        assert rules(client.post("/", json=said).json()) == ["drug_sex"]
    said["input"]["data"]["rule_ids"] = ["no_such_rule"]
    assert rules(client.post("/", json=said).json()) == []


def test_what_is_missing_is_not_judged_and_is_named(serve: Serve) -> None:
    said = message(order())
    patient_of(said)["gend"] = ""
    answer = serve().post("/", json=said).json()
    assert "drug_sex" not in rules(answer)
    assert {"rule_id": "drug_sex", "reason": "性别不明"} in answer["output"]["not_judged"]


def test_advice_before_is_about_the_new_orders_only(serve: Serve) -> None:
    client = serve()
    old, new = order(curr_drord_flag="0"), order(2, "X-unknown")
    assert "drug_sex" not in rules(client.post("/", json=message(old, new)).json())
    assert "drug_sex" in rules(client.post("/", json=message(order(), new)).json())


def test_an_encounter_sent_along_counts_as_history(serve: Serve) -> None:
    said = message(order(1, SCAN, "201", chrg_type="03"))
    other = copy.deepcopy(encounter_of(said)) | {"mdtrt_id": "M0", "adm_date": "2026-02-27 08:00:00"}
    other["fsi_order_dtos"][0] |= {"drord_begn_date": "2026-02-27 09:00:00", "rx_id": "R0"}
    patient_of(said)["fsi_encounter_dtos"].append(other)
    assert rules(serve().post("/", json=said).json()) == ["repeated_examination"]


def test_twice_on_a_day_is_found_within_one_message(serve: Serve) -> None:
    stay = {"med_type": "21", "adm_date": "2026-03-01", "dscg_date": ""}
    twice = [order(n, WARD_VISIT, "201", chrg_type="02") for n in (1, 2)]
    assert rules(serve().post("/", json=message(*twice, scene="5", **stay)).json()) == ["item_daily_frequency"]


def test_feedback_is_kept_beside_the_reminder_and_can_be_exported(serve: Serve, home: Home, tmp_path: Path) -> None:
    client = serve()
    results = client.post("/", json=message(order())).json()["output"]["result"]
    jr_id = results[0]["jr_id"]

    def feed(*warns: dict[str, str], who: str = HOSPITAL) -> dict[str, Any]:
        said = message() | {"infno": "3103", "fixmedins_code": who, "input": {"data": {"warn_type": "1", "warns": list(warns)}}}
        return client.post("/", json=said).json()

    assert "处理原因" in refused(feed({"warn_rslt_id": jr_id, "dspo_way": "1"}))
    assert "处理方式" in refused(feed({"warn_rslt_id": jr_id, "dspo_way": "7"}))
    assert "warns" in refused(feed())
    assert "不是给本机构的提醒" in refused(feed({"warn_rslt_id": jr_id, "dspo_way": "2"}, who="H99999900002"))
    assert feed({"warn_rslt_id": jr_id, "dspo_way": "1", "dspo_way_rea": "病情需要"})["infcode"] == 0
    assert export(home, tmp_path / "out.csv") == len(results)
    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert "病情需要" in text and jr_id in text and "张某" not in text
    done = yijian("reminders", "import", home=home.path)
    assert done.returncode == 0, done.stderr
    assert Lake.open(home).snapshot().rows("bffact_warn_rslt_d") == len(results)


def test_an_institution_speaks_with_its_key_for_itself_once_and_on_time(serve: Serve, home: Home) -> None:
    client, key = serve(open=False, per_second=100), issue(home, HOSPITAL, 30)
    expired = issue(home, HOSPITAL, -1)
    time.sleep(1.1)

    def ask(said: dict[str, Any], with_key: str = key) -> dict[str, Any]:
        return client.post("/", json=said, headers={"X-Api-Key": with_key} if with_key else {}).json()

    said = message(order())
    assert "未认证" in refused(ask(said, ""))
    assert "未认证" in refused(ask(said, "wrong"))
    assert "到期" in refused(ask(said, expired))
    assert "drug_sex" in rules(ask(said))
    assert "重复" in refused(ask(said))
    assert "机构密钥不符" in refused(ask(message(order()) | {"fixmedins_code": "H99999900002"}))
    assert "不是本机构" in refused(ask(message(order(), medins_id="H99999900002")))
    assert "校准时钟" in refused(ask(message(order(), at=now() - timedelta(hours=3))))
    revoke(home, HOSPITAL)
    time.sleep(1.1)
    assert "未认证" in refused(ask(message(order())))


def test_one_institution_cannot_crowd_the_others_out(serve: Serve, home: Home) -> None:
    key = issue(home, HOSPITAL, 30)
    client = serve(open=False, per_second=1)
    answers = [
        client.post("/", json=message(order(), at=now() + timedelta(seconds=n)), headers={"apikey": key}).json() for n in range(4)
    ]
    assert answers[0]["infcode"] == 0
    assert "过于频繁" in refused(answers[-1])


def test_a_new_pack_is_taken_over_while_running_and_the_old_one_comes_back(serve: Serve, home: Home) -> None:
    client = serve()
    before = client.get("/health").json()["pack"]
    (home.path / "parameters.toml").write_text("[repeated_examination]\nperiod = 3\n", encoding="utf-8")
    build(home, load_rules(), home.path / "other.pack")

    def wait_for(version: str) -> bool:
        for _ in range(200):
            assert client.post("/", json=message(order())).json()["infcode"] == 0
            if client.get("/health").json()["pack"] == version:
                return True
            time.sleep(0.05)
        return False

    assert wait_for(packs.use(home, home.path / "other.pack").manifest.version)
    packs.back(home)
    assert wait_for(before)


def test_a_pack_that_was_changed_on_disk_is_not_taken_over(serve: Serve, home: Home) -> None:
    client = serve()
    before = client.get("/health").json()["pack"]
    (packs.folder(home) / "bad.pack").write_bytes(b"bad")
    packs.pointer(home).write_text('{"current": "bad.pack", "before": []}')
    time.sleep(1.5)
    assert client.get("/health").json()["pack"] == before
    assert "drug_sex" in rules(client.post("/", json=message(order())).json())


def test_a_rule_that_takes_too_long_is_named_and_the_answer_comes(serve: Serve) -> None:
    answer = serve(request_seconds=0.0).post("/", json=message(order())).json()
    assert rules(answer) == []
    assert {"rule_id": "drug_sex", "reason": "超出时限"} in answer["output"]["not_judged"]


def test_where_too_many_wait_the_answer_is_quick_and_without_advice(serve: Serve) -> None:
    client = serve(max_waiting=0)
    answer = client.post("/", json=message(order())).json()
    assert rules(answer) == [] and "未提供审核意见" in answer["warn_msg"]
    assert "yijian_overload_total" in client.get("/metrics").text


def test_whatever_is_wrong_with_a_message_is_said_with_the_field(serve: Serve) -> None:
    client = serve()

    def ask(change: Any) -> str:
        said = message(order())
        change(said)
        return refused(client.post("/", json=said).json())

    assert "infno" in ask(lambda m: m.update(infno="2207"))
    assert "msgid" in ask(lambda m: m.pop("msgid"))
    assert "inf_time" in ask(lambda m: m.update(inf_time="昨天"))
    assert "input" in ask(lambda m: m.update(input=None))
    assert "input" in ask(lambda m: m.update(input=[1]))
    assert "patient_dtos" in ask(lambda m: m["input"]["data"].update(patient_dtos=[]))
    assert "trig_scen" in ask(lambda m: m["input"]["data"].update(trig_scen="8"))
    assert "rule_ids" in ask(lambda m: m["input"]["data"].update(rule_ids=[1]))
    assert "patn_id" in ask(lambda m: patient_of(m).pop("patn_id"))
    assert "brdy" in ask(lambda m: patient_of(m).update(brdy=19600101.5))
    assert "curr_mdtrt_id" in ask(lambda m: patient_of(m).update(curr_mdtrt_id="M9"))
    assert "fsi_order_dtos[0].cnt" in ask(lambda m: encounter_of(m)["fsi_order_dtos"][0].update(cnt="many"))
    assert "fsi_order_dtos[1]" in ask(lambda m: encounter_of(m)["fsi_order_dtos"].append(7))
    assert "不符" in refused(client.post("/fsi/api/riskConService/courseAnalyze", json=message(order())).json())


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[1]", b'"x"', b"null", b"[" * 200_000, b'{"infno": ' + b"9" * 5000 + b"}", b"{" * 1_000_000],
)
def test_broken_bodies_get_a_clear_answer(serve: Serve, body: bytes) -> None:
    assert refused(serve().post("/", content=body).json())


def test_a_body_of_five_megabytes_is_refused(serve: Serve) -> None:
    assert "MB" in refused(serve().post("/", content=b" " * 5_000_000).json())


def test_lines_that_share_an_order_id_are_told_apart(serve: Serve) -> None:
    answer = serve().post("/", json=message(order(), order())).json()
    found = [r for r in answer["output"]["result"] if r["rule_code"] == "drug_sex"]
    assert len(found) == 2
    assert {d["rx_id"] for r in found for d in r["judge_result_detail_dtos"]} == {"R1"}


def test_every_answer_is_kept_in_the_journal_also_one_without_findings(serve: Serve, home: Home) -> None:
    client = serve()
    client.post("/", json=message(order(1, "X-unknown")))
    client.post("/", json=message(order()))
    client.__exit__(None, None, None)
    client.__enter__()
    rows = apsw.Connection(str(home.path / "gateway" / "journal.sqlite")).execute(
        "SELECT vola_flag, count(*) FROM warn_rslt GROUP BY 1"
    )
    counted = dict(rows.fetchall())
    assert counted["0"] == 1 and counted["1"] >= 1


def test_health_metrics_and_the_openapi_document_are_served(serve: Serve) -> None:
    client = serve()
    client.post("/", json=message(order()))
    assert client.get("/health").json()["status"] == "ok"
    assert 'yijian_requests_total{infno="3101",outcome="advised"}' in client.get("/metrics").text
    document = client.get("/openapi.json").json()
    assert "/fsi/api/riskConService/beforeAnalyze" in document["paths"]
    assert "hilist_code" in document["components"]["schemas"]["order"]["required"]


def test_the_example_of_the_guide_returns_a_finding(serve: Serve) -> None:
    example = Path(__file__).parents[2] / "docs" / "examples" / "3101.json"
    assert "drug_sex" in rules(serve().post("/", content=example.read_bytes()).json())
