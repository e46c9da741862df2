"""`yijian findings`: the findings of the newest run as a file."""

from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import HomeOption

ADDED = ("date", "mapping_error")
"""Columns that were not there at first; who reads the file by position asks for them."""


def run(
    home: HomeOption = None,
    form: Annotated[str, typer.Option("--format", help="csv、json、parquet 或 xlsx")] = "csv",
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="默认写到标准输出")] = None,
    rule: Annotated[str | None, typer.Option(help="只要一条规则的")] = None,
    more: Annotated[bool, typer.Option("--more", help="另加两列：发生日期 date、疑似目录对照错误 mapping_error")] = False,
) -> None:
    """导出最近一次审核的疑点。"""
    from yijian.engine.findings import export, needed_run, read_findings
    from yijian.vocabulary.errors import UserError
    from yijian.vocabulary.home import Home

    place = Home.of(home)
    last = needed_run(place)
    if rule and rule not in last.rules:
        raise UserError(f"最近一次审核没有规则“{rule}”", do="请用 yijian coverage 查看")
    table = read_findings(place, last, rule)
    export(table if more else table.drop_columns(list(ADDED)), form, output)
