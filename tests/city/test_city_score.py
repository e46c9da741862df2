"""Scoring: what was found, what was missed, which look-alikes were flagged; and the exit code that CI watches."""

import csv
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from yijian.city.labels import Label, write_labels
from yijian.city.score import FINDING_COLUMNS, Score, read_rows, score
from yijian.cli.score import run
from yijian.vocabulary.errors import UserError


def label(rule: str, verdict: str, number: int, **ids: str) -> Label:
    given = {"psn_no": "P1", "fixmedins_code": "H1", "mdtrt_id": f"M{number}", "setl_id": f"S{number}", "bkkp_sns": "", **ids}
    return Label(f"{rule}-{number}", rule, verdict, **given, amount="1.00", note="")


LABELS = [
    label("drug_sex", "hit", 1, bkkp_sns="L1"),
    label("drug_sex", "hit", 2, bkkp_sns="L2 L3"),
    label("drug_sex", "near_miss", 3, bkkp_sns="L9"),
    label("split_admission", "hit", 4),
    label("split_admission", "near_miss", 5),
    label("pooled_cards", "hit", 6, setl_id="S6 S7 S8"),
    label("stock_does_not_balance", "hit", 7, psn_no="", mdtrt_id="", setl_id="", bkkp_sns="K1 K2"),
]


def finding(rule: str, **ids: str) -> dict[str, str]:
    return dict.fromkeys(FINDING_COLUMNS, "") | {"rule": rule, "psn_no": "P1"} | ids


PERFECT = [
    finding("drug_sex", evidence="L1"),
    finding("drug_sex", evidence="L3"),
    finding("split_admission", mdtrt_id="M4", evidence="M5 M4"),
    finding("pooled_cards", psn_no="P7", setl_id="S7", evidence="S7 S8"),
    finding("stock_does_not_balance", psn_no="", evidence="K1 K2"),
]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    write_labels(tmp_path / "labels.csv", LABELS)
    return tmp_path / "labels.csv"


def write_findings(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, FINDING_COLUMNS)
        out.writeheader()
        out.writerows(rows)
    return path


def by_rule(labels: Path, rows: list[dict[str, str]]) -> dict[str, Score]:
    return {one.rule: one for one in score(labels, rows)}


def test_everything_found_and_nothing_else(labels: Path) -> None:
    scores = by_rule(labels, PERFECT)
    assert {rule: (one.recall, one.precision, one.near_misses_flagged) for rule, one in scores.items()} == dict.fromkeys(
        ("drug_sex", "split_admission", "pooled_cards", "stock_does_not_balance"), (1.0, 1.0, 0)
    )


def test_a_look_alike_flagged_and_a_stray_finding_count_against_the_rule(labels: Path) -> None:
    one = by_rule(labels, [finding("drug_sex", evidence="L9"), finding("drug_sex", evidence="L50")])["drug_sex"]
    assert (one.found, one.near_misses_flagged, one.background, one.precision) == (0, 1, 2, 0.0)


def test_a_stay_that_is_only_evidence_is_not_what_was_flagged(labels: Path) -> None:
    one = by_rule(labels, [finding("split_admission", mdtrt_id="M4", evidence="M5 M4")])["split_admission"]
    assert (one.found, one.near_misses_flagged) == (1, 0)


def test_another_persons_finding_does_not_meet_the_label(labels: Path) -> None:
    assert by_rule(labels, [finding("drug_sex", psn_no="P2", evidence="L1")])["drug_sex"].found == 0


def command(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(run)
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.output


def test_the_exit_code_says_whether_the_bar_was_met(labels: Path, tmp_path: Path) -> None:
    good = str(write_findings(tmp_path / "good.csv", PERFECT))
    missed = str(write_findings(tmp_path / "missed.csv", PERFECT[1:]))
    alarm = str(write_findings(tmp_path / "alarm.csv", [*PERFECT, finding("drug_sex", evidence="L9")]))
    bar = ("--min-recall", "0.98", "--no-near-miss-violations")
    assert command("--labels", str(labels), "--findings", good, *bar)[0] == 0
    assert command("--labels", str(labels), "--findings", missed, *bar)[0] == 1
    assert command("--labels", str(labels), "--findings", alarm, *bar)[0] == 1
    assert command("--labels", str(labels), "--findings", missed)[0] == 0


def test_a_suspicion_rule_may_flag_a_look_alike(labels: Path, tmp_path: Path) -> None:
    rows = write_findings(tmp_path / "f.csv", [*PERFECT, finding("split_admission", mdtrt_id="M5")])
    assert command("--labels", str(labels), "--findings", str(rows), "--no-near-miss-violations")[0] == 0


def test_the_scores_are_written_as_csv(labels: Path, tmp_path: Path) -> None:
    findings = write_findings(tmp_path / "f.csv", PERFECT)
    command("--labels", str(labels), "--findings", str(findings), "-o", str(tmp_path / "scores.csv"))
    with (tmp_path / "scores.csv").open(encoding="utf-8") as file:
        rows = {row["rule"]: row for row in csv.DictReader(file)}
    assert rows["drug_sex"]["recall"] == "1.0000"
    assert rows["drug_sex"]["hits"] == "2"


def test_a_file_that_is_no_findings_is_one_sentence(labels: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UserError, match="缺少列 rule"):
        read_rows(tmp_path / "x.csv")
    with pytest.raises(UserError, match="文件无法读取"):
        read_rows(tmp_path / "nothing.csv")
    with pytest.raises(UserError, match="文件无法读取"):
        score(tmp_path / "nothing.csv", [])
