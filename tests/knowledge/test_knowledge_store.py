"""Importing lists: nothing twice, nothing by halves, in any order; later batches close earlier points."""

import itertools
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.knowledge.knowledge_files import WriteWorkbook
from yijian.knowledge.importing import import_knowledge
from yijian.knowledge.lists import knowledge_lists
from yijian.knowledge.store import EMPTY, KnowledgeStore
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

LEVEL = "药品限医疗机构级别"
NEW_HEADER = ["序号", "药品通用名", "检出逻辑", "逻辑依据（2025版国家药品目录备注）", "知识点对应药品代码数量"]


def tree(home: Home) -> dict[str, bytes]:
    files = [p for p in home.knowledge.rglob("*") if p.is_file()] if home.knowledge.exists() else []
    return {str(p.relative_to(home.knowledge)): p.read_bytes() for p in files}


@pytest.fixture
def batches(drug_workbook: WriteWorkbook) -> list[Path]:
    old = [("甲片", "限二级及以上医疗机构。", ["XA01", "XA02"]), ("乙片", "限三级医院。", ["XB01"])]
    new = [("甲片", "限二级及以上医疗机构。", ["XA01", "XA03"])]
    revision = [*NEW_HEADER]
    return [
        drug_workbook("第五批 药品限医疗机构级别.xlsx", LEVEL, old),
        drug_workbook("2026年1月更新-7.药品限医疗机构级别.xlsx", LEVEL, new, header=revision),
    ]


def test_a_home_without_knowledge_has_no_lists(home: Home) -> None:
    store = KnowledgeStore.open(home)
    assert store.lists() == {}
    assert store.path("drug_sex") is None
    assert store.digest("drug_sex") == EMPTY
    assert not home.knowledge.exists()


def test_a_file_imported_twice_changes_nothing(home: Home, batches: list[Path]) -> None:
    import_knowledge(home, batches)
    before = tree(home)
    changes = import_knowledge(home, batches)
    assert tree(home) == before
    assert {change.outcome for change in changes} == {"unchanged"}


def test_the_order_of_import_does_not_matter(tmp_path: Path, batches: list[Path]) -> None:
    digests = set()
    for at, order in enumerate(itertools.permutations(batches)):
        home = Home(tmp_path / str(at))
        for path in order:
            import_knowledge(home, [path])
        digests.add(KnowledgeStore.open(home).digest("drug_institution_level"))
    assert len(digests) == 1


def test_a_whole_revision_ends_what_it_replaces_and_what_it_leaves_out(home: Home, batches: list[Path]) -> None:
    changes = import_knowledge(home, batches)
    store = KnowledgeStore.open(home)
    found = {(r["point_id"], r["code"]): r for r in store.rows("drug_institution_level")}
    old, new = "drug_institution_level:第五批:1", "drug_institution_level:2026年1月更新-7:1"
    assert found[old, "XA02"]["valid_from"] == date(2025, 1, 1)
    assert {str(r["valid_to"]) for key, r in found.items() if key[0] != new} == {"2025-12-31"}
    assert found[new, "XA03"]["supersedes"] == old
    assert (found[new, "XA03"]["valid_from"], found[new, "XA03"]["valid_to"]) == (date(2026, 1, 1), date(9999, 12, 31))
    effect = next(c.effect for c in changes if c.source.key.startswith("2026"))
    assert (effect.replaced, effect.ended) == (1, ["乙片"])


def test_a_partial_revision_leaves_the_others_in_force(home: Home, drug_workbook: WriteWorkbook) -> None:
    header = ["序号", "药品通用名", "检出逻辑", "逻辑依据（药品说明书适应症）", "知识点对应药品代码数量"]
    title = "药品区分性别使用"
    points = [("甲丸", "用于痛经", ["ZA01", "ZA02"]), ("乙丸", "用于月经不调", ["ZB01"])]
    old = drug_workbook("第一批-1.药品区分性别使用.xlsx", title, points, header=header)
    new = drug_workbook("2026年1月更新-1.药品区分性别使用.xlsx", title, [("甲丸", "用于痛经", ["ZA01"])], header=header)
    changes = import_knowledge(home, [old, new])
    rows = KnowledgeStore.open(home).rows("drug_sex")
    in_2027 = {r["code"] for r in rows if r["valid_from"] <= date(2027, 1, 1) <= r["valid_to"]}  # type: ignore[operator]
    in_2024 = {r["code"] for r in rows if r["valid_from"] <= date(2024, 1, 1) <= r["valid_to"]}  # type: ignore[operator]
    assert in_2027 == {"ZA01", "ZB01"}
    assert in_2024 == {"ZA01", "ZA02", "ZB01"}
    assert next(c.effect.still_open for c in changes if c.source.key.startswith("2026")) == ["乙丸"]


def test_a_corrected_file_of_the_same_batch_replaces_it_and_the_old_version_stays(
    home: Home, drug_workbook: WriteWorkbook
) -> None:
    name = "第五批 药品限医疗机构级别.xlsx"
    import_knowledge(home, [drug_workbook(name, LEVEL, [("甲片", "限三级医院。", ["XA01"])])])
    changes = import_knowledge(home, [drug_workbook(name, LEVEL, [("甲片", "限二级及以上医疗机构。", ["XA01"])])])
    store = KnowledgeStore.open(home)
    first, second = store.versions("drug_institution_level")
    assert [c.outcome for c in changes] == ["replaced"]
    assert store.rows("drug_institution_level", first.sha256)[0]["min_level"] == 3
    assert store.rows("drug_institution_level", second.sha256)[0]["min_level"] == 2
    assert store.digest("drug_institution_level") == second.sha256


def test_a_bad_file_among_good_ones_leaves_everything_as_it_was(home: Home, batches: list[Path], tmp_path: Path) -> None:
    import_knowledge(home, batches[:1])
    before = tree(home)
    (tmp_path / "drug_sex.csv").write_text("code,sex\nXA01,中\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"drug_sex\.csv，第 2 行"):
        import_knowledge(home, [batches[1], tmp_path / "drug_sex.csv"])
    assert tree(home) == before


def test_a_local_list_comes_from_csv_in_gbk_with_chinese_titles(home: Home, tmp_path: Path) -> None:
    text = '编码,名称,机构级别,最高单价（元）,生效日期,失效日期\n0011,"某项目,甲",三级,12.5,2024-01-01,2024/12/31\n'
    (tmp_path / "item_price.csv").write_bytes(text.encode("gbk"))
    import_knowledge(home, [tmp_path / "item_price.csv"])
    (row,) = KnowledgeStore.open(home).rows("item_price")
    assert (row["code"], row["name"], row["level"]) == ("0011", "某项目,甲", 3)
    assert row["max_price"] == Decimal("12.5")
    assert (row["valid_from"], row["valid_to"]) == (date(2024, 1, 1), date(2024, 12, 31))


def test_one_local_file_may_speak_of_several_lists(home: Home, tmp_path: Path) -> None:
    (tmp_path / "本地补充.csv").write_text("list,code,name\ndrug_maternity_only,XA01,甲\n药品限工伤保险,XB01,乙\n", "utf-8")
    changes = import_knowledge(home, [tmp_path / "本地补充.csv"])
    assert {c.source.list_id for c in changes} >= {"drug_maternity_only", "drug_work_injury_only"}


def test_a_local_point_that_names_a_national_one_ends_it(home: Home, batches: list[Path], tmp_path: Path) -> None:
    point = "drug_institution_level:第五批:2"
    text = f"code,name,min_level,valid_from,supersedes\nXB01,乙片,2,2025-07-01,{point}\n"
    (tmp_path / "drug_institution_level.csv").write_text(text, encoding="utf-8")
    import_knowledge(home, [batches[0], tmp_path / "drug_institution_level.csv"])
    ends = {r["point_id"]: r["valid_to"] for r in KnowledgeStore.open(home).rows("drug_institution_level")}
    assert ends[point] == date(2025, 6, 30)
    assert ends["drug_institution_level:第五批:1"] == date(9999, 12, 31)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("drug_sex.csv", "code,sex\n,1\n", "编码为空"),
        ("drug_sex.csv", "code,sex,colour\nX,1,red\n", "colour"),
        ("drug_sex.csv", "name,sex\n甲,1\n", "缺少编码列"),
        ("drug_sex.csv", "code,sex,valid_from\nX,1,明天\n", "明天"),
        ("drug_sex.csv", "code,sex,valid_from,valid_to\nX,1,2025-02-01,2025-01-01\n", "早于生效日期"),
        ("drug_sex.csv", "", "空的"),
        ("未知.csv", "code\nX\n", "看不出属于哪个清单"),
        ("本地.csv", "list,code\n没有的,X\n", "没有名为“没有的”的清单"),
        ("drug_sex.txt", "code,sex\nX,1\n", "类型不支持"),
    ],
)
def test_a_mistake_in_a_local_file_is_one_sentence(home: Home, tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=says):
        import_knowledge(home, [tmp_path / name])
    assert not home.knowledge.exists()


def test_shipped_lists_come_along_until_a_local_one_takes_their_place(home: Home, tmp_path: Path) -> None:
    import_knowledge(home, [])
    store = KnowledgeStore.open(home)
    assert "Z51.1" in {row["code"] for row in store.rows("planned_readmission")}
    (tmp_path / "planned_readmission.csv").write_text("code,name\nZ51.9,自定\n", encoding="utf-8")
    import_knowledge(home, [tmp_path / "planned_readmission.csv"])
    assert [row["code"] for row in KnowledgeStore.open(home).rows("planned_readmission")] == ["Z51.9"]


def test_a_stored_list_has_the_declared_columns_and_types(home: Home, batches: list[Path]) -> None:
    import_knowledge(home, batches)
    for list_id, version in KnowledgeStore.open(home).lists().items():
        described = duckdb.sql(f"describe from '{version.path}'").fetchall()
        assert [(r[0], r[1]) for r in described] == [(c.name, c.sql_type) for c in knowledge_lists()[list_id].columns]


def test_a_store_of_another_format_is_refused(home: Home, batches: list[Path]) -> None:
    import_knowledge(home, batches)
    path = home.knowledge / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "format": 99}), "utf-8")
    with pytest.raises(UserError, match="99"):
        KnowledgeStore.open(home)
    path.write_text("{", "utf-8")
    with pytest.raises(UserError, match="损坏"):
        KnowledgeStore.open(home)
