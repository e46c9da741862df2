"""What the city's doctors send before they settle, and what they do with reminders."""

from typing import Any

from yijian.city.catalogue import catalogue, data
from yijian.city.doctors import SLIP, Doctors, labelled_encounters


def settled(number: int = 1, **more: Any) -> dict[str, Any]:
    """A 3102 of the city about an adult man's visit."""
    order = {"rx_id": f"L{number}", "hilist_type": "101", "hilist_code": "X", "hilist_name": "某药", "cnt": 1, "sumamt": 5.0}
    encounter = {
        "mdtrt_id": f"M{number}", "medins_id": "H99999900001", "medins_lv": "08", "med_type": "11", "dr_codg": "D1",
        "fsi_order_dtos": [order],
    }  # fmt: skip
    patient = {"patn_id": "P1", "gend": "1", "brdy": "1950-01-01", "fsi_encounter_dtos": [encounter | more]}
    return {
        "infno": "3102", "msgid": f"H99999900001{number:018d}",
        "inf_time": "2025-06-01 10:00:00", "fixmedins_code": "H99999900001",
        "input": {"data": {"trig_scen": "6", "patient_dtos": [patient]}},
    }  # fmt: skip


def orders(message: dict[str, Any]) -> list[dict[str, Any]]:
    return message["input"]["data"]["patient_dtos"][0]["fsi_encounter_dtos"][0]["fsi_order_dtos"]


def reminder(message: dict[str, Any], rule: str, rx_id: str) -> dict[str, Any]:
    return {"jr_id": f"J-{rx_id}", "rule_code": rule, "judge_result_detail_dtos": [{"rx_id": rx_id, "vola_item_type": "1"}]}


def test_a_draft_comes_before_the_settlement_and_leaves_it_as_it_was():
    after = settled()
    before = Doctors(1).draft(after)
    assert before is not None
    assert (before["infno"], before["input"]["data"]["trig_scen"]) == ("3101", "2")
    assert "2025-06-01 09:1" < before["inf_time"] < after["inf_time"]
    assert after == settled()


def test_slips_are_orders_that_were_taken_back_and_fit_the_patient():
    doctors, women_only = Doctors(1), {"黄体酮胶囊", "妇科千金片", "经阴道彩超"}
    drafts = [doctors.draft(settled(n)) for n in range(300)]
    slips = [o for d in drafts if d for o in orders(d) if o["rx_id"].startswith(SLIP)]
    assert 60 < sum(len(orders(d)) > 1 for d in drafts if d) < 150
    assert {o["hilist_name"] for o in slips} > women_only
    assert "非那雄胺片" not in {o["hilist_name"] for o in slips}
    assert all(len(orders(settled(n))) == 1 for n in range(300))


def test_the_same_seed_gives_the_same_drafts_and_another_others():
    def of(seed: int) -> list[Any]:
        return [Doctors(seed).draft(settled(n)) for n in range(40)]

    assert of(1) == of(1)
    assert of(1) != of(2)


def test_a_pharmacy_asks_only_at_the_till():
    sale = settled()
    sale["input"]["data"]["trig_scen"] = "10"
    assert Doctors(1).draft(sale) is None


def test_slips_are_changed_and_what_stays_is_gone_on_with_for_a_reason():
    doctors = Doctors(3)
    ways: dict[str, set[str]] = {"slip": set(), "kept": set()}
    silent = 0
    for number in range(200):
        asked = settled(number) | {"infno": "3101"}
        for kind, rx_id in (("slip", f"{SLIP}-1"), ("kept", "L1")):
            sent = doctors.feedback(asked, [reminder(asked, "drug_sex", rx_id)])
            if sent is None:
                silent += 1
                continue
            (warn,) = sent["input"]["data"]["warns"]
            ways[kind].add(warn["dspo_way"])
            assert (sent["infno"], sent["input"]["data"]["warn_type"]) == ("3103", "1")
            assert bool(warn.get("dspo_way_rea")) == (warn["dspo_way"] == "1")
    assert ways == {"slip": {"2"}, "kept": {"1"}}
    assert 0 < silent < 400


def test_before_and_during_a_doctor_says_the_same():
    doctors = Doctors(5)
    for number in range(60):
        before, after = settled(number) | {"infno": "3101"}, settled(number)
        said = [doctors.feedback(m, [reminder(m, "excess_dispensing", "L1")]) for m in (before, after)]
        assert (said[0] is None) == (said[1] is None)
        if said[0] and said[1]:
            assert said[0]["input"]["data"]["warns"] == said[1]["input"]["data"]["warns"]


def test_what_doctors_write_by_mistake_is_in_the_catalogue():
    said, goods = data("doctors"), catalogue().index
    for slip in said["slip"]:
        assert set(slip.get("add", [slip.get("again")])) <= set(goods)
    shares = [share for manner in said["manner"].values() for share in (manner.get("changed", 0), manner.get("goes_on", 0))]
    assert all(0 <= share <= 1 for share in shares)


def test_every_rule_is_asked_about_before_any_is_asked_about_again(tmp_path):
    lines = ["case_id,kind,verdict,psn_no,fixmedins_code,mdtrt_id,setl_id,bkkp_sns,amount,note"]
    lines += [f"c{n},drug_sex,hit,P,H,M{n},,,,x" for n in range(5)]
    lines += ["d,item_sex,near_miss,P,H,M8 M9,,,,x", "e,excess_dispensing,hit,P,H,M7,,,,x", "f,split_admission,hit,P,H,M6,,,,x"]
    (tmp_path / "labels.csv").write_text("\n".join(lines), encoding="utf-8")
    chosen = labelled_encounters(tmp_path, {"drug_sex", "item_sex", "excess_dispensing"}, 4)
    assert chosen == ["M7", "M0", "M9", "M1"]
