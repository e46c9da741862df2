"""The command line as a user meets it: what it prints, where, and with which exit code."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from yijian.cli import COMMANDS, GROUPS

ROOT = Path(__file__).parents[2]


def yijian(*arguments: object, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, as from a shell."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "200"}
    more = ["--home", str(home)] if home else []
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "yijian.cli", *map(str, arguments), *more],
        capture_output=True, text=True, encoding="utf-8", env=env, cwd=ROOT, check=False,
    )  # fmt: skip


def one_sentence(result: subprocess.CompletedProcess[str]) -> str:
    """What went wrong, if it was said as it must be: one line, no traceback, exit code 2."""
    assert result.returncode == 2, result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.stderr
    assert lines[0].endswith("。")
    return lines[0]


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Path:
    """A judged city of 1,500 people, made once by the commands themselves."""
    folder = tmp_path_factory.mktemp("city")
    home = folder / "home"
    for command in (
        ("city", folder / "city", "--persons", 1500, "--seed", 3),
        ("knowledge", "import", folder / "city" / "knowledge", "--home", home),
        ("import", folder / "city", "--home", home),
        ("audit", "--home", home),
    ):
        done = yijian(*command)
        assert done.returncode == 0, done.stderr
    return folder


def test_help_names_every_command():
    said = yijian("--help").stdout
    for command in (*COMMANDS, *GROUPS):
        assert command in said


def test_every_command_takes_a_home(tmp_path):
    for command in (("rules", "check"), ("city", tmp_path / "city", "--persons", 1000), ("docs", tmp_path / "docs")):
        assert yijian(*command, home=tmp_path / "home").returncode == 0


@pytest.mark.parametrize("command", [("audit",), ("findings",), ("coverage",), ("report",)])
def test_an_empty_home_is_one_sentence_that_says_what_to_do(tmp_path, command):
    assert "yijian" in one_sentence(yijian(*command, home=tmp_path / "nothing"))


def test_a_path_that_is_not_there_is_one_sentence(tmp_path):
    assert "nowhere.csv" in one_sentence(yijian("import", tmp_path / "nowhere.csv", home=tmp_path / "home"))


def test_a_broken_workbook_is_one_sentence_and_nothing_is_kept(tmp_path):
    (tmp_path / "fee_list_d.xlsx").write_bytes(b"PK not a workbook")
    assert "fee_list_d.xlsx" in one_sentence(yijian("import", tmp_path / "fee_list_d.xlsx", home=tmp_path / "home"))
    one_sentence(yijian("audit", home=tmp_path / "home"))


def test_a_lake_of_another_version_is_one_sentence(tmp_path):
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "lake.toml").write_text("format = 99\nbuckets = 16\n", encoding="utf-8")
    assert "99" in one_sentence(yijian("audit", home=tmp_path))


def test_findings_go_to_standard_output_as_csv_with_the_promised_columns(city):
    done = yijian("findings", home=city / "home")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(rows[0]) == [
        "rule", "official_code", "verdict", "psn_no", "fixmedins_code", "mdtrt_id", "setl_id", "amount", "evidence",
        "explanation", "legal_basis", "rule_hash", "knowledge_hash", "finding_id",
    ]  # fmt: skip
    assert len({r["finding_id"] for r in rows}) == len(rows) > 40


def test_findings_of_one_rule_and_an_unknown_one(city):
    done = yijian("findings", "--rule", "drug_sex", home=city / "home")
    assert {r["rule"] for r in csv.DictReader(io.StringIO(done.stdout))} == {"drug_sex"}
    assert "no_such_rule" in one_sentence(yijian("findings", "--rule", "no_such_rule", home=city / "home"))


def test_a_folder_that_is_not_there_is_one_sentence(city, tmp_path):
    assert "没有" not in one_sentence(yijian("findings", "-o", tmp_path / "no" / "x.csv", home=city / "home"))


def test_the_ledger_can_be_printed_and_exported(city, tmp_path):
    assert "未能判定" in yijian("coverage", home=city / "home").stdout
    assert yijian("coverage", "-o", tmp_path / "c.csv", home=city / "home").returncode == 0
    rows = list(csv.DictReader((tmp_path / "c.csv").open(encoding="utf-8")))
    assert len(rows) >= 30
    for row in rows:
        parts = ("excluded", "not_applicable", "passed", "found", "not_judged")
        assert int(row["total"]) == sum(int(row[p]) for p in parts), row


def test_every_scheme_of_a_small_city_is_found_and_no_look_alike_called_a_violation(city, tmp_path):
    assert yijian("findings", "-o", tmp_path / "f.csv", home=city / "home").returncode == 0
    scored = yijian(
        "score", "--labels", city / "city" / "labels.csv", "--findings", tmp_path / "f.csv",
        "--min-recall", "0.98", "--no-near-miss-violations",
    )  # fmt: skip
    assert scored.returncode == 0, scored.stdout


def test_importing_the_same_city_again_changes_nothing(city):
    done = yijian("import", city / "city", home=city / "home")
    assert "没有新数据" in done.stdout


def test_a_rule_is_explained_with_its_law_and_its_sql():
    said = yijian("rules", "explain", "split_admission").stdout
    assert "第三十八条" in said
    assert "SELECT" in said


def test_the_demo_refuses_a_home_with_another_city(tmp_path):
    (tmp_path / "demo.json").write_text('{"persons": 9000, "seed": 1}', encoding="utf-8")
    assert "9000" in one_sentence(yijian("demo", "--persons", 2000, "--no-serve", home=tmp_path))
