"""Limits that stand only in official Chinese text. The sentences are short quotes of published limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yijian.knowledge.limits import limits_of
from yijian.knowledge.lists import knowledge_lists

SENTENCES = [
    ("drug_institution_level", "限二级及以上医疗机构。", {"min_level": 2}),
    ("drug_institution_level", "限二级及以上医疗机构癌症患者。", {"min_level": 2}),
    ("drug_institution_level", "限三级医院。", {"min_level": 3}),
    ("drug_institution_level", "1.需三级综合医院眼科或二级及以上眼科专科医院医师处方；2.首次处方时", {"min_level": 2}),
    ("drug_institution_level", "首次处方时需由二级及以上医疗机构专科医师开具处方。", {"min_level": None}),
    ("drug_course_limit", "支付不超过14天。", {"max_days": 14}),
    ("drug_course_limit", "限新发的急性缺血性脑卒中患者在发作72小时内开始使用，支付不超过20天。", {"max_days": 20}),
    ("drug_course_limit", "住院方可支付，单次最多支付14天。", {"max_days": 14}),
    ("drug_course_limit", "短期治疗，单次住院支付不超过3天。", {"max_days": 3}),
    ("drug_course_limit", "限以下情况方可支付，且支付不超过12个月：1.新辅助治疗；2.辅助治疗。", {"max_days": None}),
    ("item_course_limit", "总时间不超过90天，评定间隔时间不短于14天。", {"max_days": 90, "min_gap_days": 14}),
    ("item_course_limit", "一个疾病过程支付不超过90天。", {"max_days": 90, "period_days": None}),
    ("item_course_limit", "支付不超过一年，每周最多支付一次。", {"max_days": 366}),
    ("item_course_limit", "30天内不超过10天。", {"max_days": 10, "period_days": 30}),
    ("drug_child_only", "限3-12岁特发性或先天性肺动脉高压患者。", {"min_age": 3, "max_age": 12}),
    ("drug_child_only", "限2岁至11岁儿童慢性便秘。", {"min_age": 2, "max_age": 11}),
    ("drug_child_only", "限5至12岁以下单纯性甲型和乙型流感儿童患者。", {"min_age": 5, "max_age": 12}),
    ("drug_child_only", "限3岁及3岁以上的儿童患者。", {"min_age": 3, "max_age": 17}),
    ("drug_child_only", "限：1.1岁至14岁儿童哮喘；2.2岁至14岁儿童季节性过敏性鼻炎。", {"min_age": 1, "max_age": 14}),
    ("drug_child_only", "限：1.预防⼉童肝脏移植术后的排斥反应。", {"min_age": 0, "max_age": 17}),
    ("drug_child_only_adult", "适用于11周岁以下患者维生素缺乏的预防。", {"min_age": 0, "max_age": 11}),
    ("drug_child_only_adult", "肠道感染。（药品说明书包含成人用法用量）", {"min_age": None, "max_age": None}),
    ("item_child_only_adult", "新生儿专用项目", {"min_age": 0, "max_age": 0}),
    ("item_child_only_adult", "婴幼儿专用项目", {"min_age": 0, "max_age": 2}),
    ("item_child_only_adult", "小儿专用项目", {"min_age": 0, "max_age": 17}),
    ("item_age_limit", "限法定就业年龄段患者", {"min_age": 16, "max_age": 63}),
    ("drug_encounter_type", "且不能经饮食或“肠内营养剂”补充足够营养的住院患者方予支付。", {"encounter": "inpatient"}),
    ("drug_encounter_type", "肿瘤患者，住院方可支付，单次最多支付14天。", {"encounter": "inpatient"}),
    ("drug_encounter_type", "限急诊或住院患者。", {"encounter": None}),
    ("drug_encounter_type", "限门诊使用。", {"encounter": "outpatient"}),
    ("drug_sex", "用于转移性去势抵抗性前列腺癌成人患者。", {"sex": "1"}),
    ("drug_sex", "用于月经不调。", {"sex": "2"}),
    ("drug_sex", "用于前列腺炎、阴道炎。", {"sex": None}),
]  # fmt: skip


@pytest.mark.parametrize(("list_id", "sentence", "limits"), SENTENCES)
def test_a_published_sentence_becomes_its_limits(list_id: str, sentence: str, limits: dict[str, object]) -> None:
    found = limits_of(knowledge_lists()[list_id], {}, sentence)
    assert {name: found[name] for name in limits} == limits


def test_a_cell_of_its_own_goes_before_the_sentence() -> None:
    found = limits_of(knowledge_lists()["drug_sex"], {"sex": "女"}, "用于前列腺炎")
    assert found == {"sex": "2"}


def test_where_the_basis_is_silent_the_detection_logic_is_read() -> None:
    found = limits_of(knowledge_lists()["drug_child_only_adult"], {}, "清肺，止咳。", "参保人年龄超出儿童年龄限制")
    assert found == {"min_age": 0, "max_age": 17}


def test_a_number_that_is_none_needs_a_person() -> None:
    kind = knowledge_lists()["item_daily_frequency"]
    limits = limits_of(kind, {"max_count": "若干"}, "")
    assert limits == {"max_count": None}
    assert kind.needs_person(limits)


@given(st.integers(1, 400))
def test_any_number_of_days_is_read_as_it_stands(days: int) -> None:
    assert limits_of(knowledge_lists()["drug_course_limit"], {}, f"支付不超过{days}天。")["max_days"] == days


@given(st.integers(0, 16), st.integers(0, 16))
def test_any_age_range_is_read_as_it_stands(low: int, more: int) -> None:
    found = limits_of(knowledge_lists()["drug_child_only"], {}, f"限{low}-{low + more}岁患者。")
    assert found == {"min_age": low, "max_age": low + more}


@given(st.integers(1, 60), st.integers(61, 90))
def test_two_different_answers_in_one_sentence_need_a_person(one: int, other: int) -> None:
    sentence = f"甲病支付不超过{one}天；乙病支付不超过{other}天。"
    assert limits_of(knowledge_lists()["drug_course_limit"], {}, sentence)["max_days"] is None


@given(st.sampled_from(list(knowledge_lists().values())), st.text())
def test_no_text_makes_reading_fail(kind: object, text: str) -> None:
    found = limits_of(kind, {}, text)  # type: ignore[arg-type]
    assert set(found) == {c.name for c in kind.limits}  # type: ignore[attr-defined]
