"""What went in comes out: for pages, for reports, and value by value."""

import csv
import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.claims.claims_cast import Bureau
from yijian.claims.encounter import encounter, institution, person_history
from yijian.claims.timeliness import timeliness
from yijian.vocabulary.masking import masked


def test_an_encounter_with_all_that_belongs_to_it(bureau: Bureau) -> None:
    bureau.write("mdtrt_d", [{}, {"mdtrt_id": "M2", "begntime": "2026-01-04 08:00:00"}, {"mdtrt_id": "M3", "psn_no": "P2"}])
    bureau.write("setl_d", [{}, {"setl_id": "S3", "mdtrt_id": "M3", "psn_no": "P2"}])
    bureau.write("fee_list_d", [{"bkkp_sn": "L2"}, {"bkkp_sn": "L1", "fee_ocur_time": "2026-01-05 09:00:00"},
                                {"bkkp_sn": "L3", "mdtrt_id": "M2"}])  # fmt: skip
    bureau.write("setl_list_diag_d", [{"mdtrt_id": None}])
    bureau.write("psn_info_b")
    bureau.write("fixmedins_b")
    bureau.take()
    one = encounter(bureau.home, "M1", "P1")
    assert one.mdtrt
    assert one.mdtrt["begntime"] == dt.datetime(2026, 1, 5, 9)
    assert [s["setl_id"] for s in one.settlements] == ["S1"]
    assert [(f["bkkp_sn"], f["cnt"]) for f in one.fee_lines] == [("L1", Decimal(2)), ("L2", Decimal(2))]
    assert [d["diag_code"] for d in one.diagnoses] == ["I10"]
    assert one.person == {**one.person, "psn_no": "P1", "brdy": dt.date(1990, 1, 1)} if one.person else False
    assert [(r["mdtrt_id"], r["medfee_sumamt"]) for r in person_history(bureau.home, "P1")] == [
        ("M2", None), ("M1", Decimal("11.00")),
    ]  # fmt: skip
    found = institution(bureau.home, "H1")
    assert found
    assert (found["fixmedins_name"], "tel" in found) == ("第一医院", False)
    assert encounter(bureau.home, "M1", "P9").fee_lines == []


def test_timeliness_by_institution(bureau: Bureau) -> None:
    late = {"crte_time": "2026-01-20 00:00:00"}
    bureau.write("fee_list_d", [{"bkkp_sn": "L1", **late}, {"bkkp_sn": "L2"}, {"bkkp_sn": "L3", "fixmedins_code": "H2"}])
    bureau.take()
    one, other = timeliness(bureau.home)
    assert (one.fixmedins_code, one.lines, one.amount, one.latest_day) == ("H1", 2, Decimal("22.00"), "2026-01-05")
    assert (one.late, other.late) == (0.5, 0.0)
    assert 0.9 < one.missing < 1


TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"], include_characters="\n,\"'"), max_size=20)
MONEY = st.decimals("-99999999999999.99", "99999999999999.99", places=2)
TIMES = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)).map(lambda t: t.replace(microsecond=0))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(st.tuples(TEXT, MONEY, TIMES), min_size=1, max_size=20),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
)
def test_values_come_back_from_the_lake_as_they_were(rows: list[tuple[str, Decimal, dt.datetime]], encoding: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bureau = Bureau(Path(folder))
        given_rows = [
            {"bkkp_sn": f"L{i:03}", "memo": text, "det_item_fee_sumamt": money, "fee_ocur_time": time}
            for i, (text, money, time) in enumerate(rows)
        ]
        bureau.take(bureau.write("fee_list_d", given_rows, encoding=encoding))
        found = bureau.rows("fee_list_d", "memo, det_item_fee_sumamt, fee_ocur_time")
        assert [(m, t) for _, m, t in found] == [(m, t) for _, m, t in rows]
        assert [(x or "").strip() for x, _, _ in found] == [("" if x in ("NULL", "null") else x).strip() for x, _, _ in rows]


@given(st.text(max_size=30))
def test_a_masked_value_is_as_long_and_never_whole(value: str) -> None:
    for column in ("psn_name", "certno"):
        shown = masked(column, value)
        assert len(shown) == len(value)
        assert len(value) < 2 or shown != value or set(value[1:]) == {"*"} or "*" in value


def test_the_commands_end_to_end(bureau: Bureau, tmp_path: Path) -> None:
    import typer

    from yijian.cli import import_, intake_report, quarantine

    app = typer.Typer()
    app.command("import")(import_.run)
    app.command("report")(intake_report.run)
    app.add_typer(quarantine.app, name="quarantine")
    run, home = CliRunner(), ["--home", str(bureau.home.path)]
    bureau.write("fee_list_d", [{}, {"bkkp_sn": "L2", "cnt": "x"}])
    assert "第 1 版" in run.invoke(app, ["import", str(bureau.folder), *home]).output
    assert "没有新数据" in run.invoke(app, ["import", str(bureau.folder), *home]).output
    assert "共 1 行" in run.invoke(app, ["quarantine", "list", *home]).output
    assert "费用明细没有对应" in run.invoke(app, ["quarantine", "list", "--suspect", *home], env={"COLUMNS": "300"}).output
    run.invoke(app, ["quarantine", "export", "-o", str(tmp_path / "out"), *home])
    path = tmp_path / "out" / "fee_list_d.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(",x,", ",1,"), encoding="utf-8-sig")
    assert "第 2 版" in run.invoke(app, ["quarantine", "resubmit", str(path), *home]).output
    run.invoke(app, ["report", "-o", str(tmp_path / "report.csv"), *home])
    with (tmp_path / "report.csv").open(encoding="utf-8-sig") as f:
        assert [r["费用明细行数"] for r in csv.DictReader(f)] == ["2"]


@pytest.mark.parametrize("bad", ["no-such-folder", "x.docx"])
def test_a_wrong_path_on_the_command_line_is_a_user_s_mistake(bureau: Bureau, tmp_path: Path, bad: str) -> None:
    from yijian.vocabulary.errors import UserError

    path = tmp_path / bad
    if "." in bad:
        path.write_text("x")
    with pytest.raises(UserError, match=bad):
        bureau.take(path)
