"""What the city knows to be there: one row for each expected finding (hit) and each lawful look-alike (near_miss)."""

import csv
from dataclasses import asdict, dataclass, fields
from pathlib import Path

GRAINS = {
    "split_admission": "mdtrt", "sham_admission": "mdtrt", "overlapping_admissions": "mdtrt", "group_admission": "mdtrt",
    "bed_days_over_stay": "mdtrt", "outpatient_during_stay": "setl", "service_after_death": "setl",
    "suspended_institution_paid": "setl", "billed_for_undesignated": "setls", "service_during_custody_or_abroad": "setl",
    "diagnosis_sex": "setl", "diagnosis_age": "setl", "operation_sex": "setl",
    "pooled_cards": "setls", "trace_code_repeated": "setls", "stock_does_not_balance": "rows",
    # admissions, charging, data_integrity
    "low_standard_admission": "mdtrt", "transfer_cost_split": "mdtrt", "nursing_days_over_stay": "mdtrt",
    "induced_admission": "mdtrts", "frequent_admission": "setls", "frequent_outpatient": "setls", "frequent_pharmacy": "setls",
    "substituted_drug_package": "setls", "changed_after_settlement": "setl", "fee_detail_incomplete": "setl",
    "settlement_list_incomplete": "setl", "diagnosis_without_service": "setl", "operation_code_abnormal": "setl",
    "operation_diagnosis_mismatch": "setl",
    # card_use, pharmacy, person, special_disease
    "cash_out": "setls", "impossible_travel": "setl", "consumable_stock_does_not_balance": "rows", "insured_twice": "rows",
    "invoice_forged": "rows", "reimbursed_twice": "rows", "special_disease_review_overdue": "rows",
    "special_disease_without_evidence": "rows",
    # agency
    "false_enrolment": "rows", "false_contribution": "setl", "benefit_against_rules": "setl",
    "same_person_enters_and_reviews": "rows", "permission_conflict": "rows", "out_of_hours_operation": "rows",
    "first_review_missing": "setls", "second_review_short": "setls", "overpaid_institution": "rows",
    "payment_without_claim": "rows", "arrears_to_institution": "rows", "unusual_clearing": "rows", "payee_reused": "rows",
    "agreement_overdue": "setls",
    # long-term care
    "ltc_after_death_or_transfer": "rows", "ltc_fictitious_visit": "rows", "ltc_outside_plan": "rows",
    "ltc_substituted_item": "rows", "ltc_review_overdue": "rows", "ltc_assessor_conflict": "rows",
    "ltc_induced_entitlement": "rows", "ltc_level_mismatch": "rows",
    # indicators, and proxies; shares of costs are about the largest lines
    "unplanned_readmission_31d": "mdtrts", "hospital_infection_rate": "mdtrts", "special_disease_pass_rate": "rows",
    "proxy_without_holder": "setls",
}  # fmt: skip
"""What a finding of a rule is about, for matching; else fee lines.

    mdtrt, setl     the stay or the settlement that the finding names
    mdtrts, setls   any of the stays or settlements in its evidence (or the settlement that it names)
    rows            any of the other records in its evidence: counts of stock, registrations, reimbursements …
"""


@dataclass(frozen=True)
class Label:
    """A row of labels.csv. `mdtrt_id`, `setl_id` and `bkkp_sns` may hold several ids separated by spaces; `amount` in yuan.

    `bkkp_sns` holds the ids of whatever the finding is about where that is neither a stay nor a settlement.
    """

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
