"""Every check of intake by name: what is rejected stands in quarantine with file, line, column, value and reason."""

import pytest

from tests.claims.claims_cast import Bureau, Row
from yijian.claims.checks import checks
from yijian.claims.quarantine import Quarantine


@pytest.mark.parametrize(("bad", "check", "column", "value"), [
    ({"cnt": "两盒"}, "unreadable_value", "cnt", "两盒"),
    ({"fee_ocur_time": "2026-02-30"}, "unreadable_value", "fee_ocur_time", "2026-02-30"),
    ({"det_item_fee_sumamt": "12345678901234567.00"}, "unreadable_value", "det_item_fee_sumamt", "12345678901234567.00"),
    ({"list_type": "999"}, "unknown_code", "list_type", "999"),
    ({"psn_no": " "}, "missing_required", "psn_no", " "),
    ({"pric": None}, "missing_required", "pric", ""),
])  # fmt: skip
def test_a_bad_row_is_rejected_with_its_reason(bureau: Bureau, bad: Row, check: str, column: str, value: str) -> None:
    path = bureau.write("fee_list_d", [{"bkkp_sn": "L1"}, {"bkkp_sn": "L2", **bad}, {"bkkp_sn": "L3"}])
    done = bureau.take(path)
    assert bureau.counts(done, "fee_list_d") == {"new": 2, "rejected": 1, "suspect": 2}
    assert bureau.rows("fee_list_d", "bkkp_sn") == [("L1",), ("L3",)]
    (found,) = Quarantine(bureau.home).rejections()
    assert (found.file, found.line, found.check, found.column, found.value) == (str(path), 3, check, column, value)


def test_one_row_may_have_several_reasons(bureau: Bureau) -> None:
    bureau.take(bureau.write("fee_list_d", [{"cnt": "x", "pric": "y", "list_type": "z"}]))
    found = Quarantine(bureau.home).rejections()
    assert {(r.check, r.column) for r in found} == {
        ("unreadable_value", "cnt"), ("unreadable_value", "pric"), ("unknown_code", "list_type"),
    }  # fmt: skip
    assert len({r.row_id for r in found}) == 1


def test_a_line_with_too_few_columns_is_quarantined_and_the_others_load(bureau: Bureau) -> None:
    path = bureau.write("fee_list_d", [{"bkkp_sn": f"L{i}"} for i in range(4)])
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:2], "L1,broken", *lines[3:]]) + "\n")
    done = bureau.take(path)
    assert bureau.counts(done, "fee_list_d") == {"new": 3, "rejected": 1, "suspect": 3}
    (found,) = Quarantine(bureau.home).rejections()
    assert (found.check, found.line) == ("broken_row", 3)


def test_a_duplicate_key_with_other_content_is_rejected_with_its_line(bureau: Bureau) -> None:
    bureau.take(bureau.write("fee_list_d"))
    bureau.take(bureau.write("fee_list_d", [{"bkkp_sn": "L9"}, {"cnt": "7"}], "fee_list_d_2.csv"))
    (found,) = Quarantine(bureau.home).rejections()
    assert (found.check, found.line, found.value) == ("duplicate_key", 3, "L1|S1")


def test_more_decimals_than_the_column_has_are_loaded_and_reported(bureau: Bureau) -> None:
    bureau.write("fee_list_d", [{"det_item_fee_sumamt": "11.004", "pric": "5.50000000"}])
    bureau.write("setl_d")
    done = bureau.take()
    assert bureau.counts(done, "fee_list_d") == {"new": 1, "suspect": 1}
    (found,) = Quarantine(bureau.home).suspects()
    assert (found["check_name"], found["colm_name"], found["value"]) == (
        "rounded_value",
        "det_item_fee_sumamt",
        "11.004",
    )


def test_thousands_separators_are_read_and_other_commas_are_not(bureau: Bureau) -> None:
    rows = [{"bkkp_sn": "L1", "det_item_fee_sumamt": "1,234.50"}, {"bkkp_sn": "L2", "det_item_fee_sumamt": "1,2"}]
    bureau.take(bureau.write("fee_list_d", rows))
    assert [str(v) for (v,) in bureau.rows("fee_list_d", "det_item_fee_sumamt")] == ["1234.50"]


def test_a_line_without_its_settlement_and_a_wrong_total_are_suspect(bureau: Bureau) -> None:
    bureau.write("setl_d", [{"medfee_sumamt": "12.00"}, {"setl_id": "S2", "medfee_sumamt": "22.00"}])
    bureau.write("fee_list_d", [
        {}, {"bkkp_sn": "L2", "setl_id": "S2"}, {"bkkp_sn": "L3", "setl_id": "S2"}, {"bkkp_sn": "L4", "setl_id": "S9"},
        {"bkkp_sn": "L5", "vali_flag": "0"},
    ])  # fmt: skip
    done = bureau.take()
    found = {(s["check_name"], s["row_key"]) for s in Quarantine(bureau.home).suspects()}
    assert found == {("line_without_settlement", "L4|S9"), ("settlement_total", "S1")}
    assert {c.check: c.rows for c in done.manifest.checks} == {"line_without_settlement": 1, "settlement_total": 1}


def test_lines_that_come_after_their_settlement_complete_the_total(bureau: Bureau) -> None:
    bureau.take(bureau.write("setl_d", [{"medfee_sumamt": "22.00"}]))
    assert bureau.take(bureau.write("fee_list_d", [{}])).manifest.checks[0].check == "settlement_total"
    assert bureau.take(bureau.write("fee_list_d", [{"bkkp_sn": "L2"}], "fee_list_d_2.csv")).manifest.checks == []


def test_every_check_says_what_to_do() -> None:
    assert all(c.severity in ("rejected", "suspect") and c.title and c.do for c in checks().values())


def test_a_delivery_with_only_bad_rows_still_leaves_them_in_quarantine(bureau: Bureau) -> None:
    path = bureau.write("psn_info_b", [{"gend": "7"}])
    assert bureau.take(path).commit == 1
    assert bureau.take(path).commit == 0
    assert Quarantine(bureau.home).row_count() == 1


def test_values_that_differ_from_the_guess_far_down_a_file_are_loaded_and_checked(bureau: Bureau) -> None:
    """Columns that look constant are taken in a short cut; a row that deviates must fare as any other."""
    many = [{"bkkp_sn": f"L{i:05}", "memo": "x" * 200} for i in range(9000)]
    many[4321] |= {"prodname": "偏差", "inscp_amt": "3.5"}
    many[8000] |= {"inscp_amt": "three"}
    done = bureau.take(bureau.write("fee_list_d", many))
    assert bureau.counts(done, "fee_list_d")["rejected"] == 1
    assert bureau.rows("fee_list_d", "prodname, inscp_amt::VARCHAR")[4321] == ("偏差", "3.50")
