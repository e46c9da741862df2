"""`yijian report`: timeliness and completeness of what each institution delivered."""

import csv
from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import HomeOption, console, show_table
from yijian.vocabulary.home import Home


def run(
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE.csv", help="写成 CSV")] = None,
    limit: Annotated[int, typer.Option("--limit", help="屏幕上最多列出多少家机构")] = 50,
    home: HomeOption = None,
) -> None:
    """各机构数据的及时性与完整性：行数、最近服务日、迟传比例、缺失比例。"""
    from yijian.claims.timeliness import COLUMNS, timeliness

    found = timeliness(Home.of(home))
    rows = [
        (
            i.fixmedins_code, i.fixmedins_name, i.lines, i.amount, i.latest_day,
            "" if i.late is None else f"{i.late:.1%}", f"{i.missing:.1%}", i.most_missing,
        )
        for i in found
    ]  # fmt: skip
    if output is None:
        show_table("及时性与完整性", list(COLUMNS.values()), rows[:limit], right=["费用明细行数", "金额"])
        console().print(f"共 {len(rows)} 家机构")
        return
    with output.open("w", encoding="utf-8-sig", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(COLUMNS.values())
        writer.writerows(rows)
    console().print(str(output), soft_wrap=True)
