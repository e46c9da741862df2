"""Workbooks in the national form, with invented drugs, written by the tests themselves."""

import os
from pathlib import Path

import pytest
import xlsxwriter

from tests.knowledge.knowledge_files import HEADER, WriteWorkbook
from yijian.vocabulary.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def drug_workbook(tmp_path: Path) -> WriteWorkbook:
    """Write a drug workbook: `points` are (name, basis sentence, codes)."""

    def write(
        name: str, title: str, points: list[tuple[str, str, list[str]]], header: list[str] | None = None,
        blank: int = 0, total: int | None = None, tail: tuple[str, ...] = (), wide: bool = False,
        declared: int | None = None,
    ) -> Path:  # fmt: skip
        path = tmp_path / name
        book = xlsxwriter.Workbook(path)
        first, second = book.add_worksheet("知识点明细"), book.add_worksheet("知识点对应药品代码")
        rows: list[list[object]] = [
            [f"“{title}”规则对应知识点明细"],
            *([] for _ in range(blank)),
            list(header or HEADER),
        ]
        rows += [[i, n, "检出", b, declared or len(c)] for i, (n, b, c) in enumerate(points, 1)]
        rows += [["合计", len(points) if total is None else total], *([line] for line in tail)]
        for at, row in enumerate(rows):
            first.write_row(at, 0, row)
        if wide:
            first.write_blank(1, 16383, None, book.add_format({"bold": True}))
        second.write_row(0, 0, ["对应知识点序号", "药品通用名", "序号", "药品代码"])
        codes = [[i, n, k, code] for i, (n, _, cs) in enumerate(points, 1) for k, code in enumerate(cs, 1)]
        for at, row in enumerate(codes, 1):
            second.write_row(at, 0, row)
        book.close()
        return path

    return write


@pytest.fixture(scope="session")
def published() -> list[Path]:
    """The national workbooks as published, which do not belong to the project."""
    folder = Path(os.environ.get("YIJIAN_SHARED", "/work/shared")) / "data/liangku"
    files = sorted(folder.glob("*.xlsx"))
    if not files:
        pytest.skip(f"公布的“两库”工作簿不在 {folder}，此处跳过")
    return files
