"""Reading a bank's or the finance office's list of money that came in: Excel or CSV with a head, columns in any order.

| column | needed | meaning |
|---|---|---|
| 流水号 | yes | the number under which the bank booked it; never booked twice |
| 到账日期 | yes | a day |
| 金额 | yes | yuan, more than 0 |
| 机构编码 | no | of the designated institution; a row without it waits until somebody says whose it is |
| 付款单位, 摘要 | no | text |
"""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from python_calamine import CalamineError

from yijian.sheets.opening import opened
from yijian.vocabulary.errors import UserError
from yijian.web.recoveries.actions import Received

NEEDED = ("流水号", "到账日期", "金额")
MOST_ROWS = 50_000
MOST_MISTAKES = 10


def received(name: str, content: bytes) -> list[Received]:
    """The rows of a file. UserError names up to ten rows that cannot be read; then nothing of the file is taken."""
    rows = _cells(name, content)
    if not rows:
        raise UserError("文件里没有数据", where=name, do="请检查是否选错了文件")
    head = [str(cell).strip() for cell in rows[0]]
    if missing := [title for title in NEEDED if title not in head]:
        raise UserError(
            f"缺少列：{'、'.join(missing)}",
            where=f"{name} 第 1 行",
            do="请在第一行写列名：流水号、到账日期、金额、机构编码、付款单位、摘要",
        )
    if len(rows) > MOST_ROWS:
        raise UserError(f"超过 {MOST_ROWS:,} 行", where=name, do="请分成几个文件导入")
    taken: list[Received] = []
    mistakes: list[str] = []
    for number, row in enumerate(rows[1:], 2):
        said = {title: row[n] if n < len(row) else "" for n, title in enumerate(head)}
        if not any(str(cell).strip() for cell in row):
            continue
        try:
            taken.append(_one(said))
        except ValueError as error:
            mistakes.append(f"第 {number} 行{error}")
    if mistakes:
        more = f"，另有 {len(mistakes) - MOST_MISTAKES} 行" if len(mistakes) > MOST_MISTAKES else ""
        raise UserError("；".join(mistakes[:MOST_MISTAKES]) + more, where=name, do="请更正后重新导入，本次没有登记任何一笔")
    return taken


def _cells(name: str, content: bytes) -> Sequence[Sequence[Any]]:
    if name.lower().endswith(".csv"):
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return list(csv.reader(io.StringIO(content.decode(encoding))))
            except UnicodeDecodeError:
                continue
        raise UserError("文件编码无法识别", where=name, do="请另存为 UTF-8 或 GBK 编码的 CSV，或 Excel")
    try:
        return opened(content).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, IndexError) as error:
        raise UserError("文件打不开", where=name, do="请上传 Excel（xlsx、xls）或 CSV 文件") from error


def _one(said: dict[str, Any]) -> Received:
    reference = _text(said["流水号"])
    if not reference or len(reference) > 80:
        raise ValueError("流水号为空或超过 80 个字")
    return Received(
        reference=reference,
        day=_day(said["到账日期"]),
        amount=_yuan(said["金额"]),
        institution=_text(said.get("机构编码", "")),
        payer=_text(said.get("付款单位", ""))[:200],
        note=_text(said.get("摘要", ""))[:300],
    )


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip().replace("/", "-").replace(".", "-")
    for form in ("%Y-%m-%d", "%Y%m%d", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, no time
        except ValueError:
            continue
    raise ValueError(f"到账日期“{value}”看不懂")


def _yuan(value: Any) -> Decimal:
    try:
        yuan = Decimal(str(value).replace(",", "").strip()).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise ValueError(f"金额“{value}”不是数字") from None
    if yuan <= 0:
        raise ValueError(f"金额“{value}”应大于 0")
    return yuan
