"""Limits that are sentences: prefixes are proposed, corrected in a file, and kept as confirmed or not."""

import pytest

from yijian.knowledge.importing import import_knowledge
from yijian.knowledge.proposing import DiseaseNames, keep, kept, propose, read, settle, write
from yijian.knowledge.store import KnowledgeStore
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

NAMES = DiseaseNames(
    [
        ("I10.x00", "特发性(原发性)高血压"), ("I10.x01", "原发性高血压"), ("C34.900", "支气管或肺恶性肿瘤"),
        ("C61.x00", "前列腺恶性肿瘤"),
        ("G35.x00", "多发性硬化"), ("K72.900", "肝功能衰竭"), ("D66.x00", "遗传性因子Ⅷ缺乏症[血友病]"), ("X", "不是编码"),
    ]
)  # fmt: skip
HEAD = "point_id,code,name,diag_prefix,confirmed,note,valid_from,valid_to,source,supersedes\n"
POINTS = (
    "p1,X1,甲片,,,限原发性高血压。,2020-01-01,,示例,\np1,X2,甲片,,,限原发性高血压。,2020-01-01,,示例,\n"
    "p2,X3,乙注射液,,,限晚期非小细胞肺癌成人患者。,2020-01-01,,示例,\np3,X4,丙,,,限二线用药。,2020-01-01,,示例,\n"
)


@pytest.fixture
def store(tmp_path):
    (tmp_path / "drug_indication.csv").write_text(HEAD + POINTS, encoding="utf-8")
    home = Home(tmp_path / "home")
    import_knowledge(home, [tmp_path / "drug_indication.csv"])
    return KnowledgeStore.open(home)


@pytest.mark.parametrize(
    ("note", "categories"),
    [
        ("限原发性高血压。", {"I10"}),
        ("限：1.晚期非小细胞肺癌(NSCLC)患者；2.转移性前列腺癌患者。", {"C34", "C61"}),
        ("限血友病患者出血时使用", {"D66"}),
        ("限多发性硬化(肝功能衰竭者除外)", {"G35"}),
        ("限二线用药。", set()),
    ],
)
def test_diseases_of_a_sentence_become_categories(note, categories):
    assert {c for found in NAMES.in_sentence(note).values() for c in found} == categories


def test_a_name_of_many_diseases_names_none():
    names = DiseaseNames([(f"{c}.900", "综合征") for c in ("A10", "B10", "C10", "D10")])
    assert names.in_sentence("限综合征") == {}


def test_proposals_are_kept_for_all_codes_of_a_point_and_say_that_nobody_confirmed_them(store):
    keep(store, "drug_indication", propose(store, "drug_indication", NAMES))
    rows = [(r["code"], r["diag_prefix"], r["confirmed"]) for r in store.rows("drug_indication") if r["diag_prefix"]]
    assert sorted(rows) == [("X1", "I10", "0"), ("X2", "I10", "0"), ("X3", "C34", "0")]


def test_what_a_person_corrected_in_the_file_is_kept_and_outlives_a_new_proposal(store, tmp_path):
    path = tmp_path / "proposals.csv"
    path.write_bytes(write(propose(store, "drug_indication", NAMES)))
    lines = path.read_text("utf-8-sig").splitlines()
    assert lines[1] == "p1,甲片,限原发性高血压。,I10,原发性高血压→I10,0"
    corrected = [lines[0], lines[1].replace("I10,原发性高血压→I10,0", "I10 i15,原发性高血压→I10,1"), *lines[2:]]
    path.write_text("\n".join(corrected), encoding="utf-8-sig")
    keep(store, "drug_indication", read(path))
    again = {p.point_id: (p.prefixes, p.confirmed) for p in propose(store, "drug_indication", NAMES)}
    assert again == {"p1": (("I10", "I15"), True), "p2": (("C34",), False), "p3": ((), False)}


def test_settling_one_point_leaves_the_others(store):
    proposals = propose(store, "drug_indication", NAMES)
    keep(store, "drug_indication", proposals)
    one = proposals[1]
    settle(store, "drug_indication", type(one)(one.point_id, one.name, one.note, ("C34", "C78"), one.matched, True))
    assert {p.point_id: p.confirmed for p in kept(store, "drug_indication")} == {"p1": False, "p2": True}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("p1,甲,限,高血压,,0", "不是诊断编码的开头"),
        ("p1,甲,限,I10,,是", "confirmed 写成了"),
        ("p1,甲,限,,,1", "没有诊断前缀"),
    ],
)
def test_a_line_that_cannot_be_understood_is_said(tmp_path, line, sentence):
    (tmp_path / "x.csv").write_text(f"point_id,name,note,diag_prefix,matched,confirmed\n{line}\n", encoding="utf-8")
    with pytest.raises(UserError, match=sentence):
        read(tmp_path / "x.csv")


def test_a_list_of_other_limits_has_no_sentences(store):
    with pytest.raises(UserError, match="不是关于疾病的句子"):
        propose(store, "drug_sex", NAMES)
