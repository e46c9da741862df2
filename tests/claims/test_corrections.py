"""The same rows again change nothing; a later row replaces an earlier one and leaves its trace; anything else is refused."""

from decimal import Decimal

from tests.claims.claims_cast import Bureau
from yijian.claims.lake import Lake

LATER, LATEST = "2026-02-01 08:00:00", "2026-03-01 08:00:00"


def test_a_file_imported_twice_changes_nothing(bureau: Bureau) -> None:
    path = bureau.write("fee_list_d", [{"bkkp_sn": f"L{i}"} for i in range(50)])
    assert bureau.take(path).commit == 1
    again = bureau.take(path)
    assert again.commit == 0
    assert "已导入过" in again.notes[0]
    assert Lake.open(bureau.home).snapshot().number == 1


def test_the_same_rows_in_another_file_change_nothing(bureau: Bureau) -> None:
    rows = [{"bkkp_sn": f"L{i}", "psn_no": f"P{i}"} for i in range(50)]
    bureau.take(bureau.write("fee_list_d", rows))
    before = Lake.open(bureau.home).snapshot()
    done = bureau.take(bureau.write("fee_list_d", rows[::-1], "fee_list_d_again.csv", delimiter="\t"))
    assert bureau.counts(done, "fee_list_d") == {"unchanged": 50}
    assert Lake.open(bureau.home).snapshot().digest() == before.digest()
    assert len(list(bureau.home.lake.rglob("*.parquet"))) == len(before.files("fee_list_d"))


def test_equal_rows_in_one_file_are_one_row(bureau: Bureau) -> None:
    done = bureau.take(bureau.write("fee_list_d", [{}, {}, {}]))
    assert bureau.counts(done, "fee_list_d") == {"new": 1, "unchanged": 2, "suspect": 1}


def test_new_rows_join_the_old_ones(bureau: Bureau) -> None:
    bureau.take(bureau.write("fee_list_d", [{"bkkp_sn": "L1"}, {"bkkp_sn": "L2"}]))
    done = bureau.take(bureau.write("fee_list_d", [{"bkkp_sn": "L2"}, {"bkkp_sn": "L3"}], "fee_list_d_2.csv"))
    assert bureau.counts(done, "fee_list_d") == {"new": 1, "unchanged": 1, "suspect": 1}
    assert bureau.rows("fee_list_d", "bkkp_sn") == [("L1",), ("L2",), ("L3",)]


def test_a_later_row_replaces_the_earlier_and_leaves_the_old_values(bureau: Bureau) -> None:
    bureau.take(bureau.write("fee_list_d", [{}, {"bkkp_sn": "L2"}]))
    corrected = {"cnt": "1", "det_item_fee_sumamt": "5.50", "updt_time": LATER, "opter_id": "O7"}
    done = bureau.take(bureau.write("fee_list_d", [corrected], "fee_list_d_2.csv"))
    assert bureau.counts(done, "fee_list_d") == {"replaced": 1, "suspect": 1}
    assert bureau.rows("fee_list_d", "bkkp_sn, cnt") == [("L1", Decimal("1.0000")), ("L2", Decimal("2.0000"))]
    changes = bureau.rows("row_chg_d", "tabl_name, row_key, colm_name, old_val, new_val, opter_id")
    assert sorted(changes, key=str) == [
        ("fee_list_d", "L1|S1", "cnt", "2.0000", "1.0000", "O7"),
        ("fee_list_d", "L1|S1", "det_item_fee_sumamt", "11.00", "5.50", "O7"),
        ("fee_list_d", "L1|S1", "opter_id", None, "O7", "O7"),
        ("fee_list_d", "L1|S1", "updt_time", "2026-01-06 08:00:00", LATER, "O7"),
    ]


def test_versions_of_one_delivery_are_taken_in_order_of_their_time(bureau: Bureau) -> None:
    rows = [{"cnt": "3", "updt_time": LATEST}, {"cnt": "2", "updt_time": LATER}, {"cnt": "1"}]
    done = bureau.take(bureau.write("fee_list_d", rows))
    assert bureau.counts(done, "fee_list_d") == {"new": 1, "replaced": 2, "suspect": 1}
    assert bureau.rows("fee_list_d", "cnt") == [(Decimal("3.0000"),)]
    changes = [c for c in bureau.rows("row_chg_d", "colm_name, old_val, new_val") if c[0] == "cnt"]
    assert sorted(changes) == [("cnt", "1.0000", "2.0000"), ("cnt", "2.0000", "3.0000")]


def test_other_content_without_a_later_time_is_rejected(bureau: Bureau) -> None:
    bureau.take(bureau.write("fee_list_d", [{"updt_time": LATER}]))
    for name, time in (("a", LATER), ("b", "2026-01-01 00:00:00"), ("c", "")):
        path = bureau.write("fee_list_d", [{"cnt": "9", "updt_time": time}], f"fee_list_d_{name}.csv")
        assert bureau.counts(bureau.take(path), "fee_list_d") == {"rejected": 1}
    assert bureau.rows("fee_list_d", "cnt") == [(Decimal("2.0000"),)]
    assert bureau.rows("row_chg_d") == []


def test_a_register_without_update_time_takes_what_a_later_import_says(bureau: Bureau) -> None:
    bureau.take(bureau.write("psn_info_b", [{}, {"psn_no": "P2"}]))
    died = {"surv_stas": "2", "die_date": "2026-05-01"}
    done = bureau.take(bureau.write("psn_info_b", [died], "psn_info_b_2.csv"))
    assert bureau.counts(done, "psn_info_b") == {"replaced": 1}
    assert bureau.rows("psn_info_b", "psn_no, surv_stas") == [("P1", "2"), ("P2", "1")]
    assert {c for (c,) in bureau.rows("row_chg_d", "colm_name")} == {"surv_stas", "die_date"}


def test_a_commit_replaced_is_still_readable_for_a_while(bureau: Bureau) -> None:
    bureau.take(bureau.write("fee_list_d"))
    old = Lake.open(bureau.home).snapshot()
    bureau.take(bureau.write("fee_list_d", [{"cnt": "1", "updt_time": LATER}], "fee_list_d_2.csv"))
    assert all(path.exists() for path in old.files("fee_list_d"))
