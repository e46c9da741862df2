"""Findings against labels, rule by rule.

A finding meets a label of its rule when the persons agree (where both name one) and they share an id of the label's
grain: the stay, the settlement, or any of the lines, settlements or goods rows. `labels.GRAINS` says which.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from yijian.city.labels import COLUMNS as LABEL_COLUMNS
from yijian.city.labels import GRAINS
from yijian.rulebook.library import load_rules
from yijian.vocabulary.errors import UserError

FINDING_COLUMNS = ("rule", "psn_no", "fixmedins_code", "mdtrt_id", "setl_id", "evidence")


@dataclass(frozen=True)
class Score:
    """One rule's result. `background`: findings that meet no hit label; a look-alike flagged is one of them."""

    rule: str
    violation: bool
    hits: int
    found: int
    near_misses: int
    near_misses_flagged: int
    background: int
    findings: int

    @property
    def recall(self) -> float:
        """Share of the hit labels that were found; 1 where there was nothing to find."""
        return self.found / self.hits if self.hits else 1.0

    @property
    def precision(self) -> float:
        """Share of the findings that meet a hit label; 1 where nothing was found."""
        return 1 - self.background / self.findings if self.findings else 1.0

    def row(self) -> list[object]:
        """As the command prints it."""
        return [
            self.rule, self.hits, self.found, f"{self.recall:.3f}", self.near_misses, self.near_misses_flagged,
            self.background, self.findings, f"{self.precision:.3f}",
        ]  # fmt: skip


COLUMNS = (*(f.name for f in fields(Score)), "recall", "precision")

Row = dict[str, str]


def score(labels: Path, findings: Iterable[Mapping[str, object]]) -> list[Score]:
    """A score for every rule that the labels or the findings name, by name.

    Raises: UserError when the labels cannot be read.
    """
    expected, found = defaultdict[str, list[Row]](list), defaultdict[str, list[Row]](list)
    for row in _rows(labels, LABEL_COLUMNS):
        expected[row["kind"]].append(row)
    for row in findings:
        words = {name: str(row[name] or "") for name in FINDING_COLUMNS}
        found[words["rule"]].append(words)
    rules = load_rules()
    if unknown := sorted(set(expected) - set(rules)):
        raise UserError(f"标签里有未知的规则 {unknown[0]}", where=str(labels), do="请用同一版本生成的 labels.csv")
    return [
        _score(rule, rules[rule].declaration.verdict == "violation", expected[rule], found[rule])
        for rule in sorted({*expected, *(set(found) & set(rules))})
    ]


def background_per_10_000(scores: Iterable[Score], settlements: int) -> float:
    """Findings of suspicion rules that meet no hit, for every 10,000 settlements."""
    return sum(one.background for one in scores if not one.violation) * 10_000 / max(settlements, 1)


def read_rows(findings: Path) -> list[Row]:
    """Findings from a CSV or Parquet file. Raises: UserError when it cannot be read or lacks a column."""
    return _rows(findings, FINDING_COLUMNS)


def _score(rule: str, violation: bool, labels: list[Row], findings: list[Row]) -> Score:
    hits = [row for row in labels if row["verdict"] == "hit"]
    near = [row for row in labels if row["verdict"] == "near_miss"]
    by_id = defaultdict[str, list[int]](list)
    for number, finding in enumerate(findings):
        for one in _ids(rule, finding, of_label=False):
            by_id[one].append(number)

    def meeting(label: Row) -> set[int]:
        numbers = {n for one in _ids(rule, label, of_label=True) for n in by_id.get(one, ())}
        return {n for n in numbers if _same_person(label, findings[n])}

    met = [meeting(label) for label in hits]
    true = set[int]().union(*met)
    # What a hit explains cannot at the same time be a false alarm: a look-alike may share a stay with a hit.
    flagged = sum(1 for label in near if meeting(label) - true)
    return Score(
        rule, violation, len(hits), sum(1 for m in met if m), len(near), flagged,
        len(findings) - len(true), len(findings),
    )  # fmt: skip


def _ids(rule: str, row: Row, *, of_label: bool) -> Iterable[str]:
    """The ids by which a label or a finding of the rule is known."""
    match GRAINS.get(rule, "line"):
        case "mdtrt":
            return row["mdtrt_id"].split()
        case "mdtrts":
            return row["mdtrt_id"].split() if of_label else row["evidence"].split()
        case "setl":
            return row["setl_id"].split()
        case "setls":
            return [*row["setl_id"].split(), *([] if of_label else row["evidence"].split())]
        case _:
            return row["bkkp_sns"].split() if of_label else row["evidence"].split()


def _same_person(label: Row, finding: Row) -> bool:
    if GRAINS.get(label["kind"]) in ("setls", "mdtrts", "rows"):
        return True
    return not label["psn_no"] or not finding["psn_no"] or label["psn_no"] == finding["psn_no"]


def _rows(path: Path, columns: Iterable[str]) -> list[Row]:
    try:
        table = pq.read_table(path) if path.suffix == ".parquet" else _text(path)
    except (OSError, pa.ArrowInvalid) as broken:
        raise UserError("文件无法读取", where=str(path), do="请给出 CSV 或 Parquet 文件") from broken
    missing = [c for c in columns if c not in table.column_names]
    if missing:
        raise UserError(f"缺少列 {'、'.join(missing)}", where=str(path), do="请给出 labels.csv 或 yijian findings 写出的文件")
    return [{k: "" if v is None else str(v) for k, v in row.items()} for row in table.select(list(columns)).to_pylist()]


def _text(path: Path) -> pa.Table:
    """A CSV with every column as text: ids are not numbers."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file), [])
    options = pa_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=True)
    return pa_csv.read_csv(path, parse_options=pa_csv.ParseOptions(newlines_in_values=True), convert_options=options)


def write_scores(path: Path, scores: list[Score]) -> None:
    """The scores as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        out.writeheader()
        for one in scores:
            out.writerow({**asdict(one), "recall": f"{one.recall:.4f}", "precision": f"{one.precision:.4f}"})
