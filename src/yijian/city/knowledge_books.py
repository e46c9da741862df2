"""The city's knowledge as files: workbooks in the form that is published nationally, and lists in the local form.

`yijian knowledge import DIR/knowledge` reads them. Limits stand in the official words, so that reading them is tested too.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from yijian.city.catalogue import Catalogue, Good, catalogue, data

MADE = datetime(2025, 1, 1)  # noqa: DTZ001 - a fixed date, so that the same city has the same bytes
FILES = ("knowledge", "knowledge_staged", "knowledge_limited")
LEVELS = (1, 2, 3)
PLACE = "示例市"
OUT_OF_CATALOGUE = "03"
"""Charge level of what the fund never pays."""


def write_knowledge(folder: Path) -> None:
    """All lists of the city into a new folder."""
    folder.mkdir()
    files, cat = [data(name) for name in FILES], catalogue()
    for book in (one for known in files for one in known.get("book", ())):
        points = [_point(book, point, number, cat) for number, point in enumerate(book["points"], 1)]
        sheets = [("知识点明细", _first_sheet(book, points))]
        if "药品通用名" in book["columns"]:
            sheets.append(("知识点对应药品代码", _codes(book["points"], cat)))
        _write(folder / f"{PLACE} {book['title']}.xlsx", sheets)
    for local in (one for known in files for one in known.get("local", ())):
        _write(folder / f"{local['list']}.xlsx", [("清单", list(_local(local, cat)))])
    for one in (one for known in files for one in known.get("csv", ())):
        _write_csv(folder, one["list"], one["columns"], _points(one, cat))
    _write_csv(folder, "drug_disease_catalogue", ["dise_code"], _disease_catalogue(cat))


def _named(cat: Catalogue, name: str) -> list[Good]:
    return [good for good in cat.goods if good.name == name]


def _first_sheet(book: dict[str, Any], points: list[list[str]]) -> list[Sequence[str]]:
    return [
        [f"“{book['title']}”规则对应知识点明细"], ["序号", *book["columns"]], *points, ["合计", str(len(points))],
    ]  # fmt: skip


def _point(book: dict[str, Any], point: list[str], number: int, cat: Catalogue) -> list[str]:
    """One row: codes, counts and the sentence where the header wants them, the point's own cells elsewhere in order."""
    row, cells = [str(number)], list(point)
    pair = "时间区间" in book["columns"]
    for column in book["columns"]:
        if pair and column.startswith("时间区间"):
            row.append(point[2])
        elif pair and column.startswith("医疗服务项目A"):
            row.append(point[1] if "名称" in column else cat.goods[cat.index[point[1]]].code)
        elif pair and column.startswith("医疗服务项目B"):
            row.append(point[0] if "名称" in column else cat.goods[cat.index[point[0]]].code)
        elif column == "检出逻辑":
            row.append(book["logic"])
        elif column == "知识点对应药品代码数量":
            row.append(str(len(_named(cat, point[0]))))
        elif "代码" in column:
            row.append(cat.goods[cat.index[point[0]]].code)
        elif column == "备注":
            row.append("")
        else:
            row.append(point[3] if pair else cells.pop(0))
    return row


def _codes(points: list[list[str]], cat: Catalogue) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = [["对应知识点序号", "药品通用名", "序号", "药品代码"]]
    for number, (name, *_) in enumerate(points, 1):
        rows += [[str(number), name, str(n), good.code] for n, good in enumerate(_named(cat, name), 1)]
    return rows


def _local(local: dict[str, Any], cat: Catalogue) -> Iterable[Sequence[str]]:
    """A list in the local form. The price list names every service at the price of each level.

    A point begins with the key of a good, or with the code and the name themselves where it names no good.
    """
    yield ["code", "name", *local["columns"]]
    named = {point[0] for point in local["points"]}
    for name, *cells in local["points"]:
        yield [name, *cells] if local.get("literal") else [cat.goods[cat.index[name]].code, name, *cells]
    if local["list"] != "item_price":
        return
    for good in cat.goods:
        for level in LEVELS:
            if good.list_type == "201" and not (good.key in named and level == LEVELS[-1]):
                yield [good.code, good.name, str(level), f"{good.prices[level] / 10_000:g}", "", ""]


def _points(one: dict[str, Any], cat: Catalogue) -> Iterator[Sequence[str]]:
    """The rows of a CSV list; `@name` is a good's code. The drug catalogue also names every drug that it does not leave out."""

    def code(name: str) -> str:
        return cat.goods[cat.index[name]].code

    for name, *cells in one["points"]:
        yield [code(name), name, *(code(cell[1:]) if cell.startswith("@") else cell for cell in cells)]
    if "left_out" not in one:
        return
    apart = {*one["left_out"], *(name for name, *_ in one["points"])}
    for good in cat.goods:
        if good.list_type == "101" and good.level != OUT_OF_CATALOGUE and good.key not in apart:
            yield [good.code, good.name, ""]


def _disease_catalogue(cat: Catalogue) -> Iterator[Sequence[str]]:
    """The drugs of every special outpatient disease: what its patients are given in the city, refills and tests apart."""
    chronic = cat.chronic
    for dise in dict.fromkeys(chronic.opsp):
        drugs = {
            int(item)
            for t in range(len(chronic.opsp)) if chronic.opsp[t] == dise
            for s in range(chronic.goods.shape[1]) if chronic.chance[t, s] > 0
            for item in chronic.goods[t, s, : chronic.choices[t, s]] if cat.is_drug[item]
        }  # fmt: skip
        yield from ([cat.goods[i].code, cat.goods[i].name, dise] for i in sorted(drugs))


def _write_csv(folder: Path, name: str, columns: list[str], points: Iterable[Sequence[str]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["code", "name", *columns])
        out.writerows(points)


def _write(path: Path, sheets: list[tuple[str, list[Sequence[str]]]]) -> None:
    """A workbook of texts: codes keep their leading zeros."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
    book.set_properties({"created": MADE})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, cell)
    book.close()
