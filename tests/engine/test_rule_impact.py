"""Before a change of rules is activated: which findings it adds, which it takes away, and the money."""

import shutil
from decimal import Decimal

from tests.engine.conftest import together, visit, write_lake
from yijian.engine.audit import audit
from yijian.engine.findings import current_run
from yijian.engine.impact import impact
from yijian.rulebook.library import load_rules
from yijian.vocabulary.content import content


def changed_library(tmp_path, old, new):
    """The shipped late_upload rule alone, and the same with one thing changed."""
    for name in ("old", "new"):
        target = tmp_path / name / "data_integrity" / "late_upload"
        shutil.copytree(content("rules") / "data_integrity" / "late_upload", target)
    path = tmp_path / "new" / "data_integrity" / "late_upload" / "rule.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return load_rules(tmp_path / "old"), load_rules(tmp_path / "new")


def test_a_stricter_limit_adds_findings_and_money_by_institution(home, tmp_path):
    late = [{"crte_time": f"2025-06-0{day} 08:00:00", "det_item_fee_sumamt": "10.00"} for day in (4, 5, 6, 7)]
    write_lake(home, together(visit("P1", "1", late), visit("P2", "2", fixmedins_code="H2")))
    old, new = changed_library(tmp_path, "default = 3,", "default = 1,")
    shown = audit(home, old)
    (change,) = impact(home, old, new)
    assert (change.rule, change.institution, change.added, change.gone) == ("late_upload", "H1", 2, 0)
    assert (change.old_amount, change.new_amount, change.moved) == (Decimal("20.00"), Decimal("40.00"), Decimal("20.00"))
    assert current_run(home) == shown  # looking at a change changes nothing


def test_the_same_rules_have_no_impact(home):
    write_lake(home, together(visit("P1", "1", [{"crte_time": "2025-07-01 00:00:00"}])))
    rules = {"late_upload": load_rules()["late_upload"]}
    assert impact(home, rules, rules) == []
