"""A period of the past is judged by what was in force then: rule, points, prices, agreements, levels."""

import shutil
from datetime import date

import pytest

from tests.engine.conftest import together, visit, write_lake
from yijian.engine.audit import audit
from yijian.engine.evidence import pack, verify
from yijian.engine.findings import read_coverage, read_findings
from yijian.engine.impact import impact
from yijian.knowledge.importing import import_knowledge
from yijian.rulebook.check import check_rule
from yijian.rulebook.library import load_rules
from yijian.rulebook.scaffold import revise
from yijian.vocabulary.content import content
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.period import Period


def on(day, **line):
    """A visit's times on a day, and its line."""
    return {
        "lines": [{"fee_ocur_time": f"{day} 09:30:00", "crte_time": f"{day} 12:00:00", **line}],
        "begntime": f"{day} 09:00:00",
        "endtime": f"{day} 10:00:00",
        "setl_time": f"{day} 10:00:00",
    }


def knowledge(home, tmp_path, name, text):
    (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    import_knowledge(home, [tmp_path / f"{name}.csv"])


def found(home, rules, rule):
    return sorted(f["evidence"] for f in read_findings(home, audit(home, rules)).to_pylist() if f["rule"] == rule)


def one(name):
    return {name: load_rules()[name]}


def test_a_point_judges_the_days_on_which_it_was_valid(home, tmp_path):
    head = "point_id,code,name,sex,note,valid_from,valid_to,source,supersedes\n"
    knowledge(home, tmp_path, "drug_sex", head + "1,X1,某药,2,限女性,2018-01-01,2019-12-31,示例,\n")
    write_lake(
        home, together(*(visit(f"P{n}", f"{n}", **on(d)) for n, d in enumerate(("2019-06-01", "2019-12-31", "2020-01-01"))))
    )
    assert found(home, one("drug_sex"), "drug_sex") == ["L01", "L11"]


def test_a_price_is_the_ceiling_of_its_day(home, tmp_path):
    head = "point_id,code,name,level,max_price,note,valid_from,valid_to,source,supersedes\n"
    rows = "1,X1,某项,2,80,2019年价,2019-01-01,2020-12-31,示例,\n2,X1,某项,2,120,2021年价,2021-01-01,,示例,\n"
    knowledge(home, tmp_path, "item_price", head + rows)
    line = {"list_type": "201", "pric": "100"}
    write_lake(home, together(*(visit(f"P{n}", f"{n}", **on(d, **line)) for n, d in enumerate(("2019-06-01", "2021-06-01")))))
    assert found(home, one("item_over_unit_price"), "item_over_unit_price") == ["L01"]


def test_a_level_is_the_one_at_which_the_settlement_was_made(home, tmp_path):
    head = "point_id,code,name,min_level,note,valid_from,valid_to,source,supersedes\n"
    knowledge(home, tmp_path, "drug_institution_level", head + "1,X1,某药,2,限二级及以上,2018-01-01,,示例,\n")
    before, after = visit("P1", "1", hosp_lv="10", **on("2019-06-01")), visit("P1", "2", hosp_lv="05", **on("2021-06-01"))
    write_lake(home, together(before, after))
    assert found(home, one("drug_institution_level"), "drug_institution_level") == ["L11"]


def test_an_agreement_that_is_suspended_today_was_sound_in_2019(home):
    agreement = {"agre_no": "A1", "fixmedins_code": "H1", "begndate": "2018-01-01", "enddate": "2030-12-31",
                 "susp_begndate": "2021-06-01", "susp_enddate": "2021-08-31", "agre_stas": "1"}  # fmt: skip
    visits = [visit(f"P{n}", f"{n}", **on(d)) for n, d in enumerate(("2019-06-15", "2021-06-15"))]
    write_lake(home, together(*visits, {"agre_d": [agreement]}))
    run = audit(home, one("suspended_institution_paid"))
    assert [f["setl_id"] for f in read_findings(home, run).to_pylist()] == ["S1"]


@pytest.fixture
def revised(tmp_path):
    """late_upload: three days until 2020, one day since 2021."""
    folder = tmp_path / "rules" / "data_integrity" / "late_upload"
    shutil.copytree(content("rules") / "data_integrity" / "late_upload", folder)
    revise(folder, date(2021, 1, 1))
    path = folder / "rule.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("default = 3,", "default = 1,"), encoding="utf-8")
    return load_rules(tmp_path / "rules")


def two_days_late(home):
    """The same delay in 2019 and in 2021."""
    days = (("P1", "1", "2019-06-01", "2019-06-03"), ("P2", "2", "2021-06-01", "2021-06-03"))
    write_lake(home, together(*(visit(p, n, **on(d, crte_time=f"{up} 12:00:00")) for p, n, d, up in days)))


def test_each_version_of_a_rule_judges_its_own_days(home, revised, tmp_path):
    two_days_late(home)
    run = audit(home, revised)
    (finding,) = read_findings(home, run).to_pylist()
    assert finding["evidence"] == "L21"
    (row,) = read_coverage(home, run)
    assert (row.total, row.passed, row.found, row.not_applicable, row.excluded) == (2, 1, 1, 0, 0)
    pack(home, revised, [finding["finding_id"]], tmp_path / "p.zip")
    assert [f.differs for f in verify(tmp_path / "p.zip")[1]] == [""]


def test_a_change_is_looked_at_for_a_period_before_it_is_activated(home, revised):
    two_days_late(home)
    old = {"late_upload": load_rules()["late_upload"]}
    assert impact(home, old, revised, Period("2019-01", "2019-12")) == []
    (change,) = impact(home, old, revised, Period("2021-06", "2021-06"))
    assert (change.added, change.gone) == (1, 0)


def test_versions_whose_days_overlap_are_refused(revised):
    rule = revised["late_upload"]
    path = rule.folder / "earlier" / "1" / "rule.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("2020-12-31", "2021-01-01"), encoding="utf-8")
    again = load_rules(rule.folder.parent.parent)["late_upload"]
    assert any("一天只能有一版有效" in complaint for complaint in check_rule(again))


def test_a_new_version_cannot_begin_before_the_present_one(revised):
    with pytest.raises(UserError, match="新版不能更早"):
        revise(revised["late_upload"].folder, date(2021, 1, 1))
