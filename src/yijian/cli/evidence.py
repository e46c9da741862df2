"""`yijian evidence`: findings with all that it takes to arrive at them again, in one zip."""

from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import HomeOption, console


def run(
    findings: Annotated[list[str], typer.Argument(metavar="FINDING...", help="疑点编号")],
    home: HomeOption = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE.zip", help="默认 evidence-<编号>.zip")] = None,
    rules: Annotated[Path | None, typer.Option("--rules", metavar="DIR", help="规则库文件夹，默认随程序自带")] = None,
) -> None:
    """写出证据包：数据行、规则、知识点、法条要点、摘要，可用 yijian verify 重新计算。"""
    from yijian.engine.evidence import pack
    from yijian.rulebook.library import load_rules
    from yijian.vocabulary.home import Home

    path = output or Path(f"evidence-{findings[0]}.zip")
    size = pack(Home.of(home), load_rules(rules), findings, path)
    console().print(
        f"已写 {path}：{len(set(findings))} 个疑点，{size:,} 字节。核验：yijian verify {path}", markup=False, soft_wrap=True
    )
