"""What a supervisor sees of findings."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from yijian.web.findings.models import Finding, RuleResult


def one(rule: str) -> Finding:
    return Finding.objects.get(rule=rule)


def test_the_list_says_in_a_sentence_how_much_there_is_and_shows_each_finding(page):
    said = page.get("/findings/").content.decode()
    total = Finding.objects.count()
    assert total >= 3
    assert f"有 <b>{total}</b> 个疑点" in said
    for finding in Finding.objects.all():
        assert f"/findings/{finding.pk}/" in said


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ({"rule": "bed_days_over_stay"}, {"bed_days_over_stay"}),
        ({"institution": "H2", "verdict": "violation"}, {"amount_arithmetic", "overlapping_admissions"}),
        ({"least": "100"}, {"bed_days_over_stay", "overlapping_admissions"}),
        ({"text": "第二医院", "verdict": "violation"}, {"amount_arithmetic", "overlapping_admissions"}),
        ({"text": "腹部彩超", "rule": "amount_arithmetic", "institution": "H2"}, {"amount_arithmetic"}),
        ({"text": "腹部彩超", "rule": "amount_arithmetic", "institution": "H1"}, set()),
        ({"text": "腹部彩超"}, set()),
        ({"text": "M1"}, {"bed_days_over_stay"}),
        ({"month": "2026-02"}, {"amount_arithmetic"}),
        ({"month": "2026-03"}, set()),
    ],
)
def test_filters_of_the_address_narrow_the_list(page, words, rules):
    shown = page.get("/findings/", words).context["page"]
    assert {f.rule for f in shown} == rules


def test_an_amount_that_is_no_number_is_said_and_narrows_nothing(page):
    response = page.get("/findings/", {"least": "很多"})
    assert "不是数字" in response.content.decode()
    assert len(response.context["page"]) == Finding.objects.count()


def test_sorting_by_amount_goes_both_ways(page):
    up = [f.amount for f in page.get("/findings/", {"sort": "amount"}).context["page"]]
    down = [f.amount for f in page.get("/findings/", {"sort": "-amount"}).context["page"]]
    assert up == sorted(up)
    assert down == up[::-1]


def test_a_finding_shows_law_sql_and_the_marked_lines_of_its_encounter(page):
    response = page.get(f"/findings/{one('bed_days_over_stay').pk}/")
    said = response.content.decode()
    assert "医疗保障基金使用监督管理条例" in said
    assert "SELECT" in said
    (visit,) = response.context["evidence"].visits
    assert (visit.id, sum(line.marked for line in visit.lines)) == ("M1", 5)
    assert said.count("yj-marked") == 5
    assert response.context["timeline"].days == 6
    assert response.context["same_rule"]


def test_a_finding_over_two_encounters_lays_both_on_one_axis(page):
    response = page.get(f"/findings/{one('overlapping_admissions').pk}/")
    assert [v.id for v in response.context["evidence"].visits] == ["M1", "M2"]
    assert response.context["evidence"].lost == []


def test_every_finding_opens_with_all_of_its_evidence(page):
    for finding in Finding.objects.all():
        response = page.get(f"/findings/{finding.pk}/")
        assert response.status_code == 200
        assert response.context["evidence"].lost == []


def test_an_unknown_finding_is_a_friendly_page(page):
    response = page.get("/findings/nothing/")
    assert response.status_code == 404
    assert "没有编号为 nothing 的疑点" in response.content.decode()


def test_the_excel_file_names_its_filter_and_is_logged(page):
    response = page.get("/export/findings.xlsx", {"rule": "bed_days_over_stay"})
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0).to_python()
    assert rows[2][0].startswith("筛选条件：规则 床位费天数超过住院天数")
    assert rows[5][0] == one("bed_days_over_stay").pk
    assert "P1000000001" not in str(rows)
    from yijian.web.audit_log.models import LogEntry
    from yijian.web.exports.acts import Act

    assert "床位费" in LogEntry.objects.get(act=Act.EXPORT).purpose


def test_an_institution_is_compared_with_those_of_its_level(page):
    response = page.get("/institutions/H2/")
    assert response.context["totals"].count == 2
    assert [code for code, _, _ in response.context["peers"].rows] == ["H2", "H1"]
    assert "示例市第二医院" in response.content.decode()
    assert page.get("/institutions/nowhere/").status_code == 404


def test_a_pharmacy_without_settlements_has_no_peers(page):
    assert page.get("/institutions/Y1/").context["peers"] is None


def test_the_ledger_adds_up_for_every_rule(page):
    rows = page.get("/coverage/").context["rows"]
    assert len(rows) == 5
    for r in rows:
        assert r.total == r.excluded + r.not_applicable + r.passed + r.found + r.not_judged
    missing = RuleResult.objects.get(rule="item_over_unit_price")
    assert missing.passed == 0


@pytest.mark.parametrize("address", ["/", "/institutions/", "/rules/", "/rules/split_admission/", "/imports/", "/imports/1/"])
def test_every_other_page_opens(page, address):
    assert page.get(address).status_code == 200


def test_quarantined_rows_are_listed_with_their_reason(page):
    response = page.get("/quarantine/")
    (row,) = response.context["shown"]
    assert (row["line"], row["value"], row["title"]) == (9, "昨天上午", "值不能按该列的类型读取")


def test_a_finding_on_a_doubtful_mapping_says_so_and_can_be_left_out(page, loaded):
    doubt, single = Finding.objects.order_by("pk")[:2]
    Finding.objects.filter(pk=single.pk).update(mapping_error=doubt.pk)
    assert f"/findings/{doubt.pk}/" in page.get(f"/findings/{single.pk}/").content.decode()
    assert "先查对照" in page.get("/findings/").content.decode()
    everything = Finding.objects.count()
    assert page.get("/findings/?mapping=sound").context["page"].paginator.count == everything - 1
    assert [f.pk for f in page.get("/findings/?mapping=doubtful").context["page"]] == [single.pk]
