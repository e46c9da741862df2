"""Opening an Excel file that somebody sent: its size is known before a reader makes room for it.

A reader lays out every cell between the first and the last, so that two cells in far corners of a file of a few kilobytes ask
for more memory than any machine has. The last cell is therefore looked up in the file's own text first.
"""

import re
import zipfile
import zlib
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from yijian.vocabulary.errors import UserError

OLD = b"\xd0\xcf\x11\xe0"
"""How files of Excel 97 to 2003 begin, and locked ones."""
MOST_BYTES = 100_000_000
"""Of all that is packed in a file."""
MOST_COLUMNS = 300
MOST_CELLS = 4_000_000
"""Rows times columns up to the last cell."""
BROKEN = (zipfile.BadZipFile, zlib.error, CalamineError, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What the readers of .zip and .xlsx say of a file that was damaged, cut short, packed in another way or locked."""
_PLACE = re.compile(rb"""\sr=["']([A-Z]{0,3})([0-9]{1,8})["']""")
"""Where a row (`r="17"`) or a cell (`r="C17"`) says that it stands."""


def opened(data: bytes) -> CalamineWorkbook:
    """The workbook in an .xlsx or .xls file (an .xls has room for no more than 65,536 rows of 256).

    UserError if it is none, is broken or locked, or reaches further than a table that people fill in.
    """
    try:
        if data.startswith(OLD):
            return CalamineWorkbook.from_filelike(BytesIO(data))
        with zipfile.ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
            if "xl/workbook.xml" not in packed.namelist():
                raise _no_workbook()
            if sum(part.file_size for part in parts) > MOST_BYTES:
                raise UserError("Excel 文件展开后太大", do="请删去图片和多余的内容，或分成几个文件")
            for part in parts:
                if part.filename.endswith(".xml"):
                    _check(packed.read(part))
        return CalamineWorkbook.from_filelike(BytesIO(data))
    except (
        zipfile.BadZipFile,
        zlib.error,
        CalamineError,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise _no_workbook() from error


def _no_workbook() -> UserError:
    return UserError("这个文件不是能读的 Excel 文件", do="请另存为 .xlsx（不设密码）后再上传")


def _check(text: bytes) -> None:
    """UserError where a cell stands too far out."""
    last_row = last_column = 0
    for letters, digits in set(_PLACE.findall(text)):
        last_row, last_column = max(last_row, int(digits)), max(last_column, _column(letters))
    if last_column > MOST_COLUMNS or last_row * max(last_column, 1) > MOST_CELLS:
        raise UserError(
            f"Excel 文件写到了第 {last_row:,} 行、第 {last_column:,} 列，远远超出表格", do="请删去表格以外的行和列，另存后再上传"
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
