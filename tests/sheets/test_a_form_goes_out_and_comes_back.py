"""A form is written as Excel, filled in somewhere else and read back."""

import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yijian.sheets import Check, Column, Field, Line, Row, Sheet, check, read, read_workbook, workbook
from yijian.vocabulary.errors import UserError

RETURN = Sheet(
    key="self_inspection", number="附件2", title="自查情况统计表", total=True,
    head=(Field("area", "统筹地区"), Field("institution", "机构编码"), Field("period", "自查时间段")),
    foot=(Field("by", "填表人"),),
    columns=(
        Column("kind", "问题类型", "choice", choices=("重复收费", "挂床住院"), required=True),
        Column("persons", "涉及人次", "count"),
        Column("amount", "涉及金额", "yuan", group="金额"),
        Column("returned", "主动退回金额", "yuan", group="金额"),
        Column("day", "退回日期", "date"),
        Column("note", "备注"),
    ),
    checks=(Check(("returned",), ("amount",), "主动退回金额不能大于涉及金额"),),
)  # fmt: skip
MONTH = Sheet(
    key="monthly", title="监督检查情况统计表", stub="对象",
    columns=(Column("all", "总数", "count"), Column("inspected", "检查家数", "count"), Column("share", "覆盖率", "share")),
    lines=(
        Line("hospitals", "定点医疗机构"), Line("pharmacies", "定点零售药店"),
        Line("both", "合计数", ("hospitals", "pharmacies"))),
    checks=(Check(("inspected",), ("all",), "检查家数不能多于总数"),),
)  # fmt: skip
HEAD = {"area": "220100", "institution": "H22010000001", "period": "2018-01-01 至 2020-05-31", "by": "值班员"}


def row(kind: str, persons: int | None = None, amount: str | None = None, returned: str | None = None) -> Row:
    """One line of a return."""
    return {
        "kind": kind, "persons": persons, "amount": amount and Decimal(amount), "returned": returned and Decimal(returned),
        "day": date(2020, 6, 1) if returned else None, "note": None,
    }  # fmt: skip


def changed(data: bytes, change: object) -> bytes:
    """The file after somebody worked on its first page with another program."""
    book, out = openpyxl.load_workbook(BytesIO(data)), BytesIO()
    change(book.worksheets[0])  # type: ignore[operator]
    book.save(out)
    return out.getvalue()


def test_what_was_written_is_what_is_read() -> None:
    rows = [row("重复收费", 3, "120.10", "20.00"), row("挂床住院", 1)]
    filled = read_workbook(RETURN, workbook(RETURN, HEAD, rows))
    assert (filled.rows, filled.head, filled.problems) == (rows, HEAD, [])


AMOUNTS = st.decimals("0", "1e9", places=2)


@given(st.lists(st.tuples(st.integers(0, 10**9), AMOUNTS, AMOUNTS), min_size=1, max_size=20))
def test_every_amount_comes_back_to_the_cent(said: list[tuple[int, Decimal, Decimal]]) -> None:
    rows = [row("重复收费", n, str(max(a, b)), str(min(a, b))) for n, a, b in said]
    assert read_workbook(RETURN, workbook(RETURN, HEAD, rows)).rows == rows


def test_a_template_is_empty_and_prints_on_one_page_across() -> None:
    data = workbook(RETURN, HEAD)
    assert read_workbook(RETURN, data).rows == []
    page = openpyxl.load_workbook(BytesIO(data)).worksheets[0]
    assert (page.sheet_properties.pageSetUpPr.fitToPage, page.page_setup.fitToHeight) == (True, 0)
    assert page.page_setup.orientation == "landscape"
    assert {str(one.sqref) for one in page.data_validations.dataValidation} == {"B6:B35"}


def test_the_layout_is_the_form_of_the_notice() -> None:
    page = openpyxl.load_workbook(BytesIO(workbook(RETURN, HEAD, [row("重复收费", 2, "5.00")]))).worksheets[0]
    assert (page["A1"].value, page["A2"].value, page["D4"].value, page["D5"].value) == (
        "附件2",
        "自查情况统计表",
        "金额",
        "涉及金额",
    )
    assert "D4:E4" in {str(one) for one in page.merged_cells.ranges}
    assert (page["A7"].value, page["D7"].value) == ("合计", "=SUM(D6:D6)")
    assert page["E7"].value is None  # nobody filled it in: that is not nought


def test_a_moved_column_is_said_with_its_place() -> None:
    def swap(page: object) -> None:
        for number in (4, 5):
            page[f"B{number}"].value, page[f"C{number}"].value = page[f"C{number}"].value, page[f"B{number}"].value  # type: ignore[index]

    def unmerge(page: object) -> None:
        for area in list(page.merged_cells.ranges):  # type: ignore[attr-defined]
            page.unmerge_cells(str(area))  # type: ignore[attr-defined]
        swap(page)

    with pytest.raises(UserError, match="第 2 列应为“问题类型”，文件里是“涉及人次”"):
        read_workbook(RETURN, changed(workbook(RETURN, HEAD, [row("重复收费")]), unmerge))


def test_a_further_column_is_refused() -> None:
    def more(page: object) -> None:
        page["H5"] = "内部备注"  # type: ignore[index]

    with pytest.raises(UserError, match="多出一列“内部备注”"):
        read_workbook(RETURN, changed(workbook(RETURN, HEAD, [row("重复收费")]), more))


def test_another_form_is_known_at_once() -> None:
    with pytest.raises(UserError, match="文件不是《自查情况统计表》的模板"):
        read_workbook(RETURN, workbook(MONTH, {}, [{}, {}, {}]))


def test_an_old_template_is_known_at_once() -> None:
    old = Sheet(key=RETURN.key, title=RETURN.title, columns=RETURN.columns[:-1])
    with pytest.raises(UserError):
        read_workbook(RETURN, workbook(old, {}, [row("重复收费")]))


def test_a_file_that_is_no_excel_is_refused() -> None:
    with pytest.raises(UserError, match="不是能读的 Excel 文件"):
        read_workbook(RETURN, b"%PDF-1.7")


def test_a_file_that_was_damaged_on_its_way_is_refused() -> None:
    sound, refused = workbook(RETURN, HEAD, [row("重复收费")]), 0
    for place in range(40, len(sound), 97):
        damaged = sound[:place] + bytes(255 - one for one in sound[place : place + 8]) + sound[place + 8 :]
        try:
            read_workbook(RETURN, damaged)  # bytes that nobody reads do no harm
        except UserError:
            refused += 1
    assert refused > 10


def test_two_cells_in_far_corners_ask_for_no_memory() -> None:
    def far(page: object) -> None:
        page["XFD1048576"] = 1  # type: ignore[index]

    with pytest.raises(UserError, match="写到了第 1,048,576 行、第 16,384 列"):
        read_workbook(RETURN, changed(workbook(RETURN, HEAD, [row("重复收费")]), far))


def test_a_file_that_unpacks_to_far_more_than_it_weighs_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<workbook/>")
        packed.writestr("xl/media/a.bin", bytes(150_000_000))
    assert len(out.getvalue()) < 1_000_000
    with pytest.raises(UserError, match="展开后太大"):
        read_workbook(RETURN, out.getvalue())


def test_what_was_written_below_the_total_is_not_left_out_without_a_word() -> None:
    def below(page: object) -> None:
        page["B12"], page["D12"] = "重复收费", 20  # type: ignore[index]

    with pytest.raises(UserError, match="文件第 12 行写在合计或说明的下面"):
        read_workbook(RETURN, changed(workbook(RETURN, HEAD, [row("重复收费"), row("挂床住院")]), below))


def test_a_table_copied_into_a_new_book_is_taken_by_its_headings() -> None:
    def forget(page: object) -> None:
        del page.parent["yijian"]  # type: ignore[attr-defined]

    rows = [row("重复收费", 3, "120.10")]
    assert read_workbook(RETURN, changed(workbook(RETURN, HEAD, rows), forget)).rows == rows


def test_wrong_cells_are_named_each_with_its_row_and_heading() -> None:
    def spoil(page: object) -> None:
        page["B6"], page["C6"], page["D6"], page["F6"] = "超收", "三", "1.234", "明天"  # type: ignore[index]

    problems = read_workbook(RETURN, changed(workbook(RETURN, HEAD, [row("重复收费")]), spoil)).problems
    assert [str(one) for one in problems] == [
        "第 6 行“问题类型”写的是“超收”，应为以下之一：重复收费、挂床住院",
        "第 6 行“涉及人次”写的是“三”，应为数字",
        "第 6 行“涉及金额”写的是“1.234”，金额最多两位小数",
        "第 6 行“退回日期”写的是“明天”，应为日期，例如 2026-03-01",
    ]


def test_a_total_that_does_not_add_up_is_named() -> None:
    def wrong(page: object) -> None:
        page["D8"] = 999  # type: ignore[index]

    data = changed(workbook(RETURN, HEAD, [row("重复收费", 1, "10.00"), row("挂床住院", 1, "5.50")]), wrong)
    assert [str(one) for one in read_workbook(RETURN, data).problems] == ["合计“涉及金额”是 999.00，各行相加是 15.50，请核对"]


def test_more_returned_than_found_is_said_in_the_words_of_the_form() -> None:
    problems = check(RETURN, [row("重复收费", 1, "10.00", "20.00")])
    assert [str(one) for one in problems] == ["第 1 行：主动退回金额不能大于涉及金额（20.00 与 10.00）"]


def test_a_required_cell_left_empty_is_named() -> None:
    assert [str(one) for one in check(RETURN, [{"persons": 2}])] == ["第 1 行“问题类型”必须填写"]


def test_fixed_lines_come_back_in_their_places_and_add_up() -> None:
    rows: list[Row] = [
        {"all": 40, "inspected": 10, "share": Decimal("0.25")},
        {"all": 60, "inspected": 30, "share": Decimal("0.5")},
        {"all": 99, "inspected": 40, "share": Decimal("0.4")},
    ]
    filled = read_workbook(MONTH, workbook(MONTH, {}, rows))
    assert filled.rows == rows
    assert [str(one) for one in filled.problems] == ["合计数“总数”是 99，定点医疗机构＋定点零售药店相加是 100，请核对"]


def test_a_line_that_was_taken_out_is_said() -> None:
    def cut(page: object) -> None:
        page.delete_rows(4)  # type: ignore[attr-defined]

    with pytest.raises(UserError, match="应为“定点医疗机构”，文件里是“定点零售药店”"):
        read_workbook(MONTH, changed(workbook(MONTH, {}, [{}, {}, {}]), cut))


def test_a_form_that_adds_up_unknown_columns_is_no_form(tmp_path: Path) -> None:
    (tmp_path / "form.toml").write_text(
        'key = "a"\ntitle = "表"\ncolumns = [{ key = "n", heading = "数", kind = "count", sum_of = ["m"] }]\n', encoding="utf-8"
    )
    with pytest.raises(ValueError, match="unknown keys"):
        read(tmp_path / "form.toml")
