"""Judging a lake: what is found, what is counted, what is left out, and what happens when it is done again."""

import os
import random
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.conftest import together, visit, write_lake
from yijian.city.schemes import RULES as LABELLED
from yijian.engine.audit import audit
from yijian.engine.doubts import MARKED
from yijian.engine.findings import export, read_coverage, read_findings
from yijian.engine.ledger import Ledger
from yijian.rulebook.library import load_rules
from yijian.rulebook.scaffold import scaffold
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

RULES = load_rules()
OF_LINES = {r: RULES[r] for r in ("amount_arithmetic", "late_upload", "overlapping_admissions")}

WRONG = {"cnt": "2", "pric": "100", "det_item_fee_sumamt": "250.00"}
LATE = {"crte_time": "2025-06-10 08:00:00"}


def lake_of(home: Home, people: int = 12) -> None:
    """Each third person has a wrong amount, each fourth a late upload, each fifth no upload time."""

    def second(n: int) -> dict[str, str | None]:
        return LATE if n % 4 == 0 else {"crte_time": None} if n % 5 == 0 else {}

    encounters = (visit(f"P{n}", f"{n:03}", [WRONG if n % 3 == 0 else {}, second(n)]) for n in range(people))
    write_lake(home, together(*encounters))


def found(home: Home, run, rule: str) -> dict[str, Decimal]:
    rows = read_findings(home, run, rule).to_pylist()
    return {r["evidence"]: r["amount"] for r in rows}


def test_findings_carry_law_sentence_and_hashes(home):
    lake_of(home)
    run = audit(home, OF_LINES)
    table = read_findings(home, run)
    assert table.schema == MARKED
    first = read_findings(home, run, "amount_arithmetic").to_pylist()[0]
    assert first["amount"] == Decimal("50.00")
    assert "应为 200 元，实际计 250 元" in first["explanation"]
    assert "第三十八条" in first["legal_basis"]
    assert len(first["rule_hash"]) == 16
    assert first["verdict"] == "violation"


def test_the_ledger_adds_up_for_every_rule(home):
    lake_of(home)
    run = audit(home, RULES)
    rows = read_coverage(home, run)
    assert {r.rule for r in rows} == {r.id for r in RULES.values() if r.declaration.status != "draft"}
    for row in rows:
        assert row.total == row.excluded + row.not_applicable + row.passed + row.found + row.not_judged, row
    late = next(r for r in rows if r.rule == "late_upload")
    assert (late.total, late.found, late.not_judged) == (24, 3, 2)
    assert late.causes == {"upload_day 缺失": 2}


def test_a_rule_whose_list_nobody_imported_judges_nothing_and_says_so(home):
    lake_of(home)
    run = audit(home, {"drug_sex": RULES["drug_sex"]})
    (row,) = read_coverage(home, run)
    assert row.found == row.passed == 0
    assert row.total == row.not_applicable + row.not_judged + row.excluded


def test_invalid_and_refunded_rows_are_out(home):
    refund = visit("P1", "9", [{"det_item_fee_sumamt": "-250.00", "cnt": "-2", "init_feedetl_sn": "L11"}],
                   refd_setl_flag="1", init_setl_id="S1", medfee_sumamt="-250.00")  # fmt: skip
    write_lake(
        home,
        together(
            visit("P1", "1", [WRONG], medfee_sumamt="250.00"),
            refund,
            visit("P2", "2", [WRONG | {"vali_flag": "0"}]),
            visit("P3", "3", [WRONG]),
        ),
    )
    run = audit(home, OF_LINES)
    assert set(found(home, run, "amount_arithmetic")) == {"L31"}
    row = next(r for r in read_coverage(home, run) if r.rule == "amount_arithmetic")
    assert (row.total, row.excluded, row.found) == (4, 3, 1)


def test_a_second_run_changes_nothing_and_judges_nothing_again(home):
    lake_of(home)
    first = audit(home, OF_LINES)
    before = {p: p.stat().st_mtime_ns for p in (home.findings / "units").rglob("*.parquet")}
    second = audit(home, OF_LINES)
    assert second.id == first.id
    assert {p: p.stat().st_mtime_ns for p in (home.findings / "units").rglob("*.parquet")} == before


def test_only_what_new_data_touches_is_judged_again(home):
    lake_of(home)
    first = audit(home, OF_LINES)
    lake_of(home, people=12)  # the same rows in a new commit
    assert audit(home, OF_LINES).units == first.units
    write_lake(home, together(*(visit(f"P{n}", f"{n:03}") for n in range(11)), visit("P11", "011", [WRONG])))
    assert set(found(home, audit(home, OF_LINES), "amount_arithmetic")) == {"L0111"}


def own_rule(root: Path, name: str, sql: tuple[str, str]) -> dict:
    """A rule of ours on every drug line, with one piece of its SQL replaced."""
    folder = scaffold(root, f"charging/{name}", None)
    text = (folder / "rule.sql").read_text(encoding="utf-8").replace("f.amount > $limit", "f.amount > $limit - 999")
    (folder / "rule.sql").write_text(text.replace(*sql), encoding="utf-8")
    toml = (folder / "rule.toml").read_text(encoding="utf-8").replace("draft", "trial").replace("'201'", "'101'")
    (folder / "rule.toml").write_text(toml, encoding="utf-8")
    return load_rules(root)


def test_a_rule_that_breaks_while_it_runs_stops_only_itself(home, tmp_path):
    write_lake(home, together(visit("P1", "1", [WRONG, WRONG])))
    run = audit(home, {**OF_LINES, **own_rule(tmp_path, "twice", ("f.row_id,\n", "'same' AS row_id,\n"))})
    errors = {r.rule: r.error for r in read_coverage(home, run)}
    assert "唯一" in errors["twice"]
    assert errors["amount_arithmetic"] == ""
    assert set(found(home, run, "amount_arithmetic")) == {"L11", "L12"}


def test_a_rule_with_an_unknown_column_is_reported_and_the_others_run(home, tmp_path):
    lake_of(home)
    run = audit(home, {**OF_LINES, **own_rule(tmp_path, "lost", ("f.name", "f.nome"))})
    rows = {r.rule: r for r in read_coverage(home, run)}
    assert "nome" in rows["lost"].error
    assert rows["amount_arithmetic"].found == 4


def test_an_area_may_set_a_parameter_and_the_hash_shows_it(home):
    lake_of(home)
    before = audit(home, OF_LINES)
    (home.path / "parameters.toml").write_text("[late_upload]\nmax_days = 8\n", encoding="utf-8")
    after = audit(home, OF_LINES)
    assert not found(home, after, "late_upload")
    assert before.rules["late_upload"].rule_hash != after.rules["late_upload"].rule_hash
    assert before.rules["amount_arithmetic"].rule_hash == after.rules["amount_arithmetic"].rule_hash


def test_a_parameter_that_no_rule_has_is_one_sentence(home):
    lake_of(home)
    (home.path / "parameters.toml").write_text("[late_upload]\nmax_dayz = 8\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"late_upload\.max_dayz"):
        audit(home, OF_LINES)


def test_without_a_lake_the_user_is_told_to_import(home):
    with pytest.raises(UserError, match="yijian import"):
        audit(home, OF_LINES)


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "xlsx"])
def test_findings_are_exported_in_each_format(home, tmp_path, form):
    lake_of(home)
    run = audit(home, OF_LINES)
    target = tmp_path / f"out.{form}"
    export(read_findings(home, run), form, target)
    assert target.stat().st_size > 100
    if form == "parquet":
        assert pq.read_table(target).num_rows == 7
    if form == "csv":
        assert target.read_text(encoding="utf-8").splitlines()[0].startswith('"rule","official_code","verdict","psn_no"')


def test_an_unknown_format_is_one_sentence(home, tmp_path):
    with pytest.raises(UserError, match="没有格式"):
        export(MARKED.empty_table(), "docx", tmp_path / "x")


KILLED = """
import sys
from pathlib import Path
from yijian.city.schemes import RULES
from yijian.engine.audit import audit
from yijian.rulebook.library import load_rules
from yijian.vocabulary.home import Home
loaded = load_rules()
audit(Home(Path(sys.argv[1])), {rule: loaded[rule] for rule in RULES}, threads=1)
"""


def files_of(home: Home) -> dict[str, bytes]:
    run = Ledger(home).current()
    assert run is not None
    return {u: Ledger(home).path(u).read_bytes() for u in run.units}


def done(home: Home) -> int:
    return len(list((home.findings / "units").rglob("*.parquet")))


def killed_in_the_middle(home: Home, after: float) -> bool:
    """Start an audit, let it commit something new, kill it a moment later; whether it was still at work."""
    before = done(home)
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", KILLED, str(home.path)],
        env={**os.environ, "PYTHONPATH": "src"},
        cwd=Path(__file__).parents[2],
    )
    while child.poll() is None and done(home) == before:
        time.sleep(0.005)
    time.sleep(after)
    child.send_signal(signal.SIGKILL)
    return child.wait() == -signal.SIGKILL


def test_killed_ten_times_and_resumed_gives_the_same_bytes(home, tmp_path):
    lake_of(home, people=40)
    whole = Home(tmp_path / "whole")
    whole.path.mkdir()
    (whole.path / "lake").symlink_to(home.lake)
    rules = {rule: RULES[rule] for rule in LABELLED}
    expected_run = audit(whole, rules)
    chance = random.Random(7)
    kills = [killed_in_the_middle(home, chance.uniform(0, 0.03)) for _ in range(10)]
    assert all(kills)
    assert 0 < done(home) < len(expected_run.units)  # the last kill still left work to do
    run = audit(home, rules)
    assert run.units == expected_run.units
    assert files_of(home) == files_of(whole)


lines = st.fixed_dictionaries({}, optional={
    "cnt": st.sampled_from(["0", "1", "2.5", None]), "pric": st.sampled_from(["0", "100", None]),
    "crte_time": st.sampled_from(["2025-06-02 12:00:00", "2025-07-01 00:00:00", None]),
    "fee_ocur_time": st.sampled_from(["2025-06-01 00:00:00", "2025-06-02 23:59:59"]),
    "det_item_fee_sumamt": st.sampled_from(["0.00", "100.00", "-5.00"]), "vali_flag": st.sampled_from(["0", "1", None]),
    "list_type": st.sampled_from(["101", "102", "201", None]), "prd_days": st.sampled_from(["0", "30", None]),
})  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["11", "21", "41"]), st.lists(lines, max_size=4)), max_size=5))
def test_whatever_the_rows_the_ledger_adds_up_and_no_rule_fails(tmp_path_factory, encounters):
    home = Home(tmp_path_factory.mktemp("any"))
    parts = [visit(p, str(n), given_lines, med_type=m) for n, (p, m, given_lines) in enumerate(encounters)]
    write_lake(home, together(*parts))
    for row in read_coverage(home, audit(home, RULES, threads=1)):
        assert row.error == ""
        assert row.total == row.excluded + row.not_applicable + row.passed + row.found + row.not_judged
        assert min(row.excluded, row.not_applicable, row.passed, row.found) >= 0
