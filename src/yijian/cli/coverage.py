"""`yijian coverage`: what every rule did with every row."""

from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import HomeOption, show_table

HEADER = ("规则", "总行数", "剔除", "不涉及", "通过", "发现", "未能判定", "疑点", "金额（元）", "未能判定的原因")
COLUMNS = (
    "rule",
    "total",
    "excluded",
    "not_applicable",
    "passed",
    "found",
    "not_judged",
    "findings",
    "amount",
    "causes",
)


def run(
    home: HomeOption = None,
    form: Annotated[str | None, typer.Option("--format", help="csv、json、parquet 或 xlsx；默认打印表格")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="默认写到标准输出")] = None,
) -> None:
    """覆盖台账：每条规则对每一行是剔除、不涉及、通过、发现还是未能判定。"""
    import pyarrow as pa

    from yijian.engine.findings import export, needed_run, read_coverage
    from yijian.vocabulary.home import Home

    place = Home.of(home)
    rows = read_coverage(place, needed_run(place))
    if form or output:
        causes = ["；".join(f"{c}：{n}" for c, n in r.causes.items()) or r.error for r in rows]
        values = [[getattr(r, c) for r in rows] for c in COLUMNS[:-1]]
        export(pa.table(dict(zip(COLUMNS, [*values, causes], strict=True))), form or "csv", output)
        return
    show_table(
        "覆盖台账",
        HEADER,
        [
            (r.rule, *(f"{getattr(r, c):,}" for c in COLUMNS[1:-2]), f"{r.amount:,.2f}",
             r.error or "；".join(f"{c}：{n:,}" for c, n in r.causes.items()))
            for r in rows
        ],
        right=HEADER[1:9],
    )  # fmt: skip
