"""What a closed month says when it travels upward as a sealed file (`trust.parcel`, kind `month`)."""

from collections.abc import Mapping

import msgspec

from yijian.trust.parcel import Parcel
from yijian.trust.plain import plain
from yijian.vocabulary.errors import UserError

Row = Mapping[str, int | str]
Said = Mapping[str, Mapping[str, Row]]
"""division → kind of subject → column → number; yuan as text."""
MOST_AREAS = 4000
MOST_CELLS = 400_000
MOST_TEXT = 200


class MonthSaid(msgspec.Struct, frozen=True):
    """A month's table. area: six digits; month: `2026-10`; form: mark of the form; digest: see docs/transfer-file.md."""

    area: str
    month: str
    form: str
    cells: Said
    corrections: Said
    opening: bool
    missing: list[str]
    digest: str
    due: str
    closed: str
    reporter: str
    handed: str
    head: str


def month_in(parcel: Parcel, where: str) -> MonthSaid:
    """The table in an opened file. UserError where it is none, or holds what no table holds."""
    mistake = UserError("文件里的统计月报不完整或格式不对", where=where, do="请发件单位重新制作")
    try:
        said = msgspec.json.decode(parcel.manifest.said, type=MonthSaid)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise mistake from None
    texts = (said.area, said.month, said.form, said.due, said.closed, said.reporter, said.handed, said.head, *said.missing)
    if not plain(texts) or any(len(one) > MOST_TEXT for one in texts):
        raise mistake
    number = 0
    for part in (said.cells, said.corrections):
        for area, rows in part.items():
            if not (len(area) == 6 and area.isascii() and area.isdecimal()) or len(part) > MOST_AREAS:
                raise mistake
            number += sum(len(row) for row in rows.values())
    if number > MOST_CELLS:
        raise mistake
    return said
