"""What the city knows to be there: one row for each expected finding (hit) and each lawful look-alike (near_miss)."""

import csv
from dataclasses import asdict, dataclass, fields
from pathlib import Path

GRAINS = {
    "split_admission": "mdtrt", "sham_admission": "mdtrt", "overlapping_admissions": "mdtrt", "group_admission": "mdtrt",
    "bed_days_over_stay": "mdtrt", "outpatient_during_stay": "setl", "service_after_death": "setl",
    "diagnosis_sex": "setl", "diagnosis_age": "setl", "operation_sex": "setl",
    "pooled_cards": "setls", "trace_code_repeated": "setls", "stock_does_not_balance": "rows",
}  # fmt: skip
"""What a finding of a rule is about, for matching: a stay, a settlement, one of several, goods rows; else fee lines."""


@dataclass(frozen=True)
class Label:
    """A row of labels.csv. `setl_id` and `bkkp_sns` may hold several ids separated by spaces; `amount` in yuan."""

    case_id: str
    kind: str
    verdict: str
    psn_no: str
    fixmedins_code: str
    mdtrt_id: str
    setl_id: str
    bkkp_sns: str
    amount: str
    note: str


COLUMNS = tuple(f.name for f in fields(Label))


def write_labels(path: Path, labels: list[Label]) -> None:
    """labels.csv, sorted by rule and case."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        out.writeheader()
        out.writerows(asdict(one) for one in sorted(labels, key=lambda one: (one.kind, one.case_id)))
