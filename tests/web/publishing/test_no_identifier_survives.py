"""Whatever a record knows of persons, no text that leaves still says it: written apart, in wide digits, glued to other words."""

import re
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yijian.web.publishing.deidentify import (
    Known,
    left,
    looks_like_a_name,
    names_in,
    normal,
    pieces,
    replaced,
    shortened,
    shortened_institution,
)

HANZI = "明芳伟娜静丽强磊军洋勇艳杰娟涛超霞平刚桂英华玉萍红辉波"
WORDS = ["该院多收费用。", "经查，", "在骨科住院，", "由基金支付 1200.50 元；", "（见附件）", "\n", "签收", "2026年3月", "共三次"]
GAPS = ["", " ", "\u3000", "\u200b", "·", "-"]

names = st.builds(str.__add__, st.sampled_from(["张", "李", "王", "欧阳", "司马"]), st.text(HANZI, min_size=1, max_size=2))
numbers = st.text(string.digits, min_size=9, max_size=20) | st.builds(
    str.__add__, st.sampled_from(["P", "HZ", "ZF-"]), st.text(string.digits, min_size=5, max_size=12)
)
institutions = st.builds(
    lambda town, n, kind: f"{town}{n}{kind}", st.sampled_from(["示例市", "东城区"]), st.sampled_from(["第一", "康乐"]),
    st.sampled_from(["医院", "大药房", "诊所"]),
)  # fmt: skip
WIDE = {ord(c): chr(ord(c) + 0xFEE0) for c in string.ascii_letters + string.digits}


@st.composite
def records(draw):
    """A text that says everything of a record in one way or another, and the record."""
    known = Known(*(frozenset(draw(st.lists(one, min_size=1, max_size=3))) for one in (names, numbers, institutions)))
    said = []
    for value in [*known.names, *known.numbers, *known.institutions]:
        gap = draw(st.sampled_from(GAPS))
        value = gap.join(value)
        said.append(value.translate(WIDE) if draw(st.booleans()) else value)
    said += draw(st.lists(st.sampled_from(WORDS), max_size=8))
    return "".join(draw(st.permutations(said))), known


def bare(text):
    """As a reader takes it in: no gaps, no widths. Not by what is tested."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s·•\-\u200b]", "", text).upper()


@given(records())
def test_nothing_that_the_record_knows_survives(case):
    text, known = case
    made = replaced(text, known)
    for value in [*known.names, *known.numbers, *known.institutions]:
        assert bare(value) not in bare(made)
    assert left(made, known) == []
    assert replaced(made, known) == made


@given(records())
def test_what_still_stands_is_noticed(case):
    text, known = case
    assert set(left(text, known)) >= {"人员姓名", "机构名称"}
    assert left(text, Known(numbers=known.numbers))


@given(records())
def test_the_differences_add_up_to_both_texts(case):
    text, known = case
    found = pieces(normal(text), known)
    assert "".join(piece.old for piece in found) == normal(text)
    assert "".join(piece.new for piece in found) == replaced(text, known)
    assert all(piece.kind for piece in found if piece.old != piece.new)


@given(records(), st.sampled_from(["示例市第一医院", "东城区康乐诊所"]))
def test_one_institution_may_keep_its_name(case, keep):
    text, known = case
    made = replaced(f"{text}，{keep}。", Known(known.names, known.numbers, known.institutions | {keep}), keep)
    assert keep in made
    for other in known.institutions - {keep}:
        assert other not in made


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("身份证99999919900101001X", "身份证（略）"),
        ("持999999 19900101 001x就医", "持（证件号码略）就医"),
        ("打139-1234-5678找他", "打（电话略）找他"),
        ("打010-12345678找他", "打（电话略）找他"),
        ("卡6200 0000 0000 0000 000付款", "卡（编号略）付款"),
        ("住二病区12床", "住某病区某床"),
        ("住3号病房", "住某病房"),
        ("住人民路12号3栋", "（地址略）"),
        ("写信到 a.b@example.test", "写信到 （邮箱略）"),
        ("出生于1990年1月2日", "（出生日期略）"),
        ("病历号：A-77", "病历号（略）"),
        ("患者张三在三月住院", "患者张某在三月住院"),
        ("患者张三、李四娘均未到场，李四娘否认", "患者张某、李某均未到场，李某否认"),
        ("法定代表人：欧阳明明", "法定代表人：欧阳某"),
    ],
)
def test_without_a_record_what_looks_like_it_goes(text, becomes):
    assert replaced(text, Known()) == becomes


@pytest.mark.parametrize(
    "text",
    [
        "多收 1234567890.00 元", "损失120000000元", "开放床位50张", "二十床日",
        "依据《条例》第三十八条第（三）项", "医保罚字〔2026〕999900-1号",
        "负责人同意", "三人间床位费", "患者张某", "科长在场",
    ],
)  # fmt: skip
def test_what_identifies_nobody_stays(text):
    assert replaced(text, Known()) == text


def test_a_day_an_age_and_a_rare_disease_are_shown_to_a_person():
    found = pieces("2026年3月5日至3月9日，7岁儿童确诊罕见病", Known())
    assert [piece.kind for piece in found if piece.warn] == ["具体日期", "具体日期", "年龄", "特殊情形", "特殊情形"]
    assert all(piece.old == piece.new for piece in found)


def test_names_are_learned_from_the_record_and_not_from_departments():
    known = Known().with_names_in(["被询问人：周明，时间", "由科室负责人提供"])
    assert known.names == {"周明"}
    assert replaced("周明签字", known) == "周某签字"
    assert looks_like_a_name("周明") and not looks_like_a_name("收费科") and not looks_like_a_name("县医院收费科")


@pytest.mark.parametrize("sign", ["市", "市路", "1", "十", "A1", "a.", "1 ", "病历号是", "2026年"])
def test_a_long_text_of_one_sign_is_read_to_its_end(sign):
    assert replaced(sign * (20_000 // len(sign)) + "患者张三", Known()).endswith("患者张某")


def test_shortening():
    assert [shortened(name) for name in ("张三", "欧阳三", "人员one", "张某", "")] == ["张某", "欧阳某", "某人", "张某", "某人"]
    assert [shortened_institution(name) for name in ("示例市第一医院", "康乐大药房", "某站")] == ["某医院", "某大药房", "某机构"]
    assert names_in("无人") == set()
