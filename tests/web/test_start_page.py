"""The first page: what is due, and what the role is there for."""

import shutil
from pathlib import Path

import pytest

import yijian.city
from tests.web.conftest import account, browser


def test_a_supervisor_sees_findings_money_and_the_map(decided, supervisor, area):
    borders = area.path / "area.geojson"
    shutil.copyfile(Path(yijian.city.__file__).parent / "data" / "area.geojson", borders)
    try:
        said = browser(supervisor).get("/").content.decode()
    finally:
        borders.unlink()
    for words in ("明确违规", "认定应退基金", "各区划疑点金额", "东城区"):
        assert words in said


def test_a_hospital_sees_what_was_sent_to_it_and_nothing_of_others(sent, clerk):
    said = browser(clerk).get("/").content.decode()
    assert "答复审核疑点" in said
    assert "示例市第二医院" not in said
    assert "未能判定" not in said


def test_the_finance_office_sees_the_ledger(decided, finance):
    said = browser(finance).get("/").content.decode()
    assert "认定应退基金" in said
    assert "明确违规" not in said


@pytest.mark.parametrize("role", ["supervisor", "head", "administrator", "auditor"])
def test_the_start_page_asks_few_questions(decided, bureau, role, django_assert_max_num_queries):
    page = browser(account("someone", "某人", role, bureau))
    with django_assert_max_num_queries(20):
        assert page.get("/").status_code == 200
