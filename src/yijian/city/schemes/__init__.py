"""What is played in the city: for each rule a function that puts its hits and its lawful look-alikes on stage.

To add a rule: write its scene beside its family's, name it in SCHEMES and in `labels.RULES` (and its grain in `labels.GRAINS`
if a finding is not about fee lines); put the goods and points it needs into `data/`. Each case takes a fresh person.

`stock_does_not_balance` has no scene: its losses are in the pharmacies' books (`goods.py`).
"""

from collections.abc import Callable

from yijian.city.schemes import admissions, charging, consistency, dispensing, payment
from yijian.city.stage import Stage

SCHEMES: dict[str, Callable[[Stage], None]] = {
    "drug_sex": consistency.drug_sex,
    "item_sex": consistency.item_sex,
    "service_after_death": consistency.service_after_death,
    "late_upload": consistency.late_upload,
    "drug_child_only": payment.drug_child_only,
    "item_child_only": payment.item_child_only,
    "drug_institution_level": payment.drug_institution_level,
    "drug_encounter_type": payment.drug_encounter_type,
    "drug_course_limit": payment.drug_course_limit,
    "drug_work_injury_only": payment.drug_work_injury_only,
    "drug_maternity_only": payment.drug_maternity_only,
    "tcm_slice_never_paid": payment.tcm_slice_never_paid,
    "tcm_slice_not_alone": payment.tcm_slice_not_alone,
    "duplicate_charge_pair": charging.duplicate_charge_pair,
    "item_daily_frequency": charging.item_daily_frequency,
    "item_period_frequency": charging.item_period_frequency,
    "operation_discount": charging.operation_discount,
    "item_over_unit_price": charging.item_over_unit_price,
    "bed_days_over_stay": charging.bed_days_over_stay,
    "charged_outside_stay": charging.charged_outside_stay,
    "amount_arithmetic": charging.amount_arithmetic,
    "split_admission": admissions.split_admission,
    "sham_admission": admissions.sham_admission,
    "overlapping_admissions": admissions.overlapping_admissions,
    "outpatient_during_stay": admissions.outpatient_during_stay,
    "group_admission": admissions.group_admission,
    "excess_dispensing": dispensing.excess_dispensing,
    "pooled_cards": dispensing.pooled_cards,
    "trace_code_repeated": dispensing.trace_code_repeated,
}


def play(stage: Stage) -> None:
    """All scenes, in this order, so that a city is the same every time."""
    for scene in SCHEMES.values():
        scene(stage)
