"""What the city knows to be there: one row for each expected finding (hit) and each lawful look-alike (near_miss)."""

import csv
from dataclasses import asdict, dataclass, fields
from pathlib import Path

GRAINS = {
    "split_admission": "mdtrt", "sham_admission": "mdtrt", "overlapping_admissions": "mdtrt", "group_admission": "mdtrt",
    "bed_days_over_stay": "mdtrt", "outpatient_during_stay": "setl", "service_after_death": "setl",
    "pooled_cards": "setls", "trace_code_repeated": "setls", "stock_does_not_balance": "rows",
}  # fmt: skip
"""What a finding of a rule is about, for matching: a stay, a settlement, one of several, goods rows; else fee lines."""

RULES = (
    "drug_sex", "item_sex", "drug_child_only", "item_child_only", "drug_institution_level", "drug_encounter_type",
    "drug_course_limit", "drug_work_injury_only", "drug_maternity_only", "tcm_slice_never_paid", "tcm_slice_not_alone",
    "duplicate_charge_pair", "item_daily_frequency", "item_period_frequency", "operation_discount", "item_over_unit_price",
    "bed_days_over_stay", "charged_outside_stay", "amount_arithmetic", "split_admission", "sham_admission",
    "overlapping_admissions", "outpatient_during_stay", "group_admission", "service_after_death", "excess_dispensing",
    "pooled_cards", "stock_does_not_balance", "trace_code_repeated", "late_upload",
)  # fmt: skip

SUSPICIONS = frozenset(
    ["split_admission", "sham_admission", "outpatient_during_stay", "group_admission", "excess_dispensing", "pooled_cards"]
)
"""Rules whose finding is only a lead: a look-alike may be flagged, and chance finds happen."""


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
        out.writerows(asdict(one) for one in sorted(labels, key=lambda one: (RULES.index(one.kind), one.case_id)))
