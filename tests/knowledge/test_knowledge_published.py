"""All national workbooks at hand load as published; their own counts agree with what was read."""

from pathlib import Path

from yijian.knowledge.importing import import_knowledge
from yijian.knowledge.store import KnowledgeStore
from yijian.knowledge.workbooks import read_workbook
from yijian.vocabulary.home import Home

UNPARSED = {
    "drug_encounter_type": {"安宫牛黄丸"},
    "drug_institution_level": {"度拉糖肽注射液", "聚乙二醇洛塞那肽注射液", "利司那肽注射液"},
    "drug_course_limit": {"帕妥珠单抗注射液"},
    "drug_child_only_adult": {"小儿复方磺胺嘧啶颗粒", "小儿硫酸庆大霉素颗粒", "小儿乳酸菌素片"},
}


def test_all_34_files_load_and_agree_with_their_totals(published: list[Path]) -> None:
    books = [read_workbook(path) for path in published]
    read = [book for book in books if book is not None]
    assert len(read) == len(published) == 34
    assert [book.problems for book in read if book.problems] == []
    assert all(book.total == len(book.points) and book.batch.published for book in read)
    assert sum(len(book.points) for book in read) == 3899
    drugs = [book for book in read if book.kind.subject == "drug"]
    assert sum(len(p.codes) for book in drugs for p in book.points) == 27_420
    assert all(p.declared == len(p.codes) for book in drugs for p in book.points)


def test_every_limit_is_parsed_but_those_named_here(published: list[Path], tmp_path: Path) -> None:
    changes = import_knowledge(Home(tmp_path), published)
    counts = [(c.source, c.source.counts()) for c in changes if not c.source.kind.person]
    unread: dict[str, set[str]] = {}
    for source, count in counts:
        if count.needs_person:
            unread.setdefault(source.list_id, set()).update(count.needs_person)
    assert unread == UNPARSED
    points = sum(count.points for _, count in counts)
    assert 1 - sum(len(count.needs_person) for _, count in counts) / points > 0.99


def test_the_revision_of_january_2026_takes_the_place_of_earlier_points(published: list[Path], tmp_path: Path) -> None:
    import_knowledge(Home(tmp_path), published)
    store = KnowledgeStore.open(Home(tmp_path))
    for list_id in ("drug_institution_level", "drug_course_limit", "drug_encounter_type", "drug_child_only"):
        rows = store.rows(list_id)
        assert {str(r["valid_to"]) for r in rows if "更新" not in str(r["point_id"])} == {"2025-12-31"}
    open_names = {r["name"] for r in store.rows("drug_sex") if str(r["valid_to"]) == "9999-12-31"}
    assert len(open_names) == 481 + 3
