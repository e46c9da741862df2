"""A hospital checks its own export by the bureau's pack."""

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.cli.test_commands import one_sentence, yijian
from tests.engine.conftest import together, visit
from tests.gateway.gateway_cast import MALE_DRUG_FOR_WOMEN
from yijian.claims.tables import tables

BASE = {
    "mdtrt_d": {
        "fixmedins_code": "H99999900001", "med_type": "11", "begntime": "2025-06-02 09:00:00", "endtime": "2025-06-02 10:00:00",
    },
    "setl_d": {
        "fixmedins_code": "H99999900001", "med_type": "11", "setl_time": "2025-06-02 10:00:00", "medfee_sumamt": "100.00",
        "gend": "1", "brdy": "1970-01-01", "hosp_lv": "05", "insutype": "310", "fund_pay_sumamt": "60", "hifp_pay": "60",
        "acct_pay": "0",
    },
    "fee_list_d": {
        "fixmedins_code": "H99999900001", "med_type": "11", "fee_ocur_time": "2025-06-02 09:30:00", "cnt": "1", "pric": "100",
        "det_item_fee_sumamt": "100.00", "inscp_amt": "100.00", "list_type": "101", "med_list_codg": MALE_DRUG_FOR_WOMEN,
        "hilist_name": "=某药", "med_chrgitm_type": "09",
    },
    "psn_info_b": {"gend": "1", "brdy": "1970-01-01", "surv_stas": "1"},
}  # fmt: skip


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Two visits of two men, one with a drug for women, as a hospital would export them."""
    folder = tmp_path / "export"
    folder.mkdir()
    rows = together(visit("P1", "1"), visit("P2", "2", [{"med_list_codg": "X9"}]))
    for name, given in rows.items():
        columns = [c.name for c in tables()[name].columns]
        full = [BASE[name] | row for row in given]
        text = "\n".join(",".join(str(row.get(c) or "") for c in columns) for row in full)
        (folder / f"{name}.csv").write_text(f"{','.join(columns)}\n{text}\n", encoding="utf-8")
    return folder


def test_the_workbook_names_the_finding_the_law_and_the_signer(export: Path, area_pack: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    done = yijian("selfcheck", area_pack, export, "-o", out)
    assert done.returncode == 0, done.stderr
    assert "2 名参保人" in done.stdout
    book = CalamineWorkbook.from_path(out)
    assert book.sheet_names == ["汇总", "疑点", "未能判定"]
    heads, *rows = book.get_sheet_by_name("疑点").to_python()
    found = [dict(zip(heads, row, strict=False)) for row in rows]
    (one,) = [f for f in found if f["规则"] == "药品区分性别使用"]
    assert one["人员编号"] == "P1" and one["涉及金额（元）"] == 100 and one["项目"] == "=某药"
    assert "条例" in one["依据与核对要点"]
    assert not (tmp_path / "yijian-home").exists()


def test_files_without_an_encounter_are_said_to_be_so(area_pack: Path, tmp_path: Path, export: Path) -> None:
    assert "没有可以审核的就诊" in one_sentence(
        yijian("selfcheck", area_pack, export / "psn_info_b.csv", "-o", tmp_path / "o.xlsx")
    )


def test_a_pack_of_another_signer_is_refused(export: Path, area_pack: Path, tmp_path: Path) -> None:
    wrong = yijian("selfcheck", area_pack, export, "-o", tmp_path / "o.xlsx", "--trust", "0000 0000 0000 0000")
    assert "不在受信任之列" in one_sentence(wrong)
    assert not (tmp_path / "o.xlsx").exists()
