"""National workbooks as they come: titles, blank rows, sheets of 16384 columns, totals that do not agree."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from tests.knowledge.knowledge_files import HEADER, WriteWorkbook
from yijian.knowledge.importing import read_file
from yijian.knowledge.workbooks import read_workbook
from yijian.vocabulary.errors import UserError

POINTS = [("甲注射液", "限二级及以上医疗机构。", ["XA01", "XA02"]), ("乙片", "限三级医院。", ["XB01"])]
TITLE = "药品限医疗机构级别"


def test_two_sheets_are_joined_by_number(drug_workbook: WriteWorkbook) -> None:
    book = read_workbook(drug_workbook("第五批 药品限医疗机构级别.xlsx", TITLE, POINTS))
    assert book is not None
    assert [(p.name, p.codes) for p in book.points] == [("甲注射液", ["XA01", "XA02"]), ("乙片", ["XB01"])]
    assert (book.kind.id, book.batch.name, book.total, book.problems) == ("drug_institution_level", "第五批", 2, [])


def test_title_blank_rows_wide_sheets_and_trailing_remarks_are_no_points(drug_workbook: WriteWorkbook) -> None:
    path = drug_workbook("a.xlsx", TITLE, POINTS, blank=2, wide=True, tail=("备注：仅供参考", "说明"))
    book = read_workbook(path)
    assert book is not None
    assert len(book.points) == 2


def test_the_file_name_tells_the_class_where_the_title_does_not(drug_workbook: WriteWorkbook) -> None:
    path = drug_workbook("第五批 药品限医疗机构级别.xlsx", TITLE, POINTS)
    renamed = path.rename(path.with_name("药品限医疗机构级别（某市）.xlsx"))
    (source,) = read_file(renamed)
    assert source.list_id == "drug_institution_level"


def test_counts_that_do_not_agree_are_reported_by_name(drug_workbook: WriteWorkbook) -> None:
    book = read_workbook(drug_workbook("a.xlsx", TITLE, POINTS, total=3, declared=2))
    assert book is not None
    assert book.problems == ["合计行为 3 个知识点，实际读到 2 个", "序号 2“乙片”公布 2 个药品代码，实际 1 个"]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ([*HEADER[:3], "限定科室", HEADER[4]], "表头“限定科室”无法识别"),
        ([*HEADER[:3], HEADER[2], HEADER[4]], "重复"),
        ([HEADER[0], "检出逻辑", HEADER[3]], "缺少名称列"),
    ],
)
def test_an_unknown_header_is_named_with_file_sheet_and_row(drug_workbook: WriteWorkbook, header: list[str], says: str) -> None:
    with pytest.raises(UserError) as mistake:
        read_workbook(drug_workbook("a.xlsx", TITLE, POINTS, header=header))
    assert says in str(mistake.value)
    assert "a.xlsx" in str(mistake.value)
    assert "知识点明细" in str(mistake.value)


def test_a_class_that_is_not_supported_is_named(drug_workbook: WriteWorkbook) -> None:
    with pytest.raises(UserError, match="某某特别限定"):
        read_workbook(drug_workbook("a.xlsx", "某某特别限定", POINTS))


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "第五批 药品限医疗机构级别.xlsx"
    path.write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(UserError, match="无法打开"):
        read_workbook(path)


def test_a_workbook_whose_sheet_breaks_off_is_named(drug_workbook: WriteWorkbook, tmp_path: Path) -> None:
    whole = zipfile.ZipFile(drug_workbook("a.xlsx", TITLE, POINTS))
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as cut:
        for name in whole.namelist():
            data = whole.read(name)
            cut.writestr(name, data[: len(data) // 2] if "worksheets/sheet" in name else data)
    with pytest.raises(UserError, match=r"b\.xlsx"):
        read_workbook(tmp_path / "b.xlsx")


def test_a_code_as_a_number_has_lost_its_zeros(tmp_path: Path) -> None:
    path = tmp_path / "第一批-5.医疗服务项目儿童专用.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("知识点明细")
    sheet.write_row(0, 0, ["序号", "医疗服务项目名称", "检出逻辑", "逻辑依据", "项目代码供参考", "备注"])
    sheet.write_row(1, 0, [1, "某项目", "检出", "儿童专用项目", 1102000040000, ""])
    book.close()
    with pytest.raises(UserError, match="第 2 行第 5 列"):
        read_workbook(path)


def test_a_code_of_no_point_is_named(tmp_path: Path) -> None:
    path = tmp_path / "药品限工伤保险.xlsx"
    book = xlsxwriter.Workbook(path)
    first, second = book.add_worksheet("知识点明细"), book.add_worksheet("代码")
    first.write_row(0, 0, HEADER)
    first.write_row(1, 0, [1, "甲膏", "检出", "限工伤保险", 1])
    second.write_row(0, 0, ["对应知识点序号", "药品通用名", "序号", "药品代码"])
    second.write_row(1, 0, [7, "甲膏", 1, "XA01"])
    book.close()
    with pytest.raises(UserError, match="知识点序号 7"):
        read_workbook(path)
