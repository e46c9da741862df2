"""Every form of the project as an Excel file that LibreOffice opens, with its headings, and whose totals it computes itself."""

import csv
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

import yijian
from yijian.sheets import Row, Sheet, read, workbook
from yijian.sheets.form import NUMBERS

FORMS = sorted(
    path
    for path in (Path(yijian.__file__).parent / "web").rglob("*.toml")
    if "columns" in (text := path.read_text(encoding="utf-8")) and "heading" in text
)


def filled(sheet: Sheet) -> list[Row]:
    """Rows with a number in every cell that takes one: line n has n and half a yuan."""
    count = len(sheet.lines) or 3
    return [
        {
            column.key: Decimal(n) + Decimal("0.5") if column.kind == "yuan" else n
            for column in sheet.columns
            if column.kind in NUMBERS
        }
        for n in range(1, count + 1)
    ]


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> dict[str, list[list[str]]]:
    """Form → the cells of its first page, as LibreOffice computes them."""
    soffice = shutil.which("soffice")
    if soffice is None and not os.environ.get("CI"):
        pytest.skip("没有安装 LibreOffice，跳过（Debian：apt-get install libreoffice-calc-nogui）")
    assert soffice is not None
    folder = tmp_path_factory.mktemp("forms")
    files = []
    for path in FORMS:
        sheet = read(path)
        file = folder / f"{path.parent.parent.name}.{path.stem}.xlsx"
        file.write_bytes(workbook(sheet, {field.key: "某" for field in sheet.head}, filled(sheet)))
        files.append(str(file))
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    made = [soffice, profile, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(folder)]
    subprocess.run([*made, *files], check=True, capture_output=True, timeout=300)
    return {Path(file).stem: list(csv.reader(Path(file).with_suffix(".csv").open(encoding="utf-8"))) for file in files}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: f"{path.parent.parent.name}.{path.stem}")
def test_it_opens_with_its_headings_and_totals(path: Path, opened: dict[str, list[list[str]]]) -> None:
    sheet, rows = read(path), opened[f"{path.parent.parent.name}.{path.stem}"]
    cells = {"".join(cell.split()) for row in rows for cell in row}
    assert {"".join(column.heading.split()) for column in sheet.columns} <= cells
    if sheet.total:
        (total,) = [row for row in rows if row[0] == "合计"]
        for place, column in enumerate(sheet.columns, start=1):
            if column.kind in NUMBERS:
                wanted = sum((row[column.key] for row in filled(sheet)), start=0)  # type: ignore[misc]
                assert Decimal(total[place].replace(",", "")) == wanted, column.heading
