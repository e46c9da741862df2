"""`yijian audit`: judge everything in the lake by the rulebook."""

from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import HomeOption, console, progress


def run(
    home: HomeOption = None,
    rules: Annotated[Path | None, typer.Option("--rules", metavar="DIR", help="规则库文件夹，默认随程序自带")] = None,
    engine: Annotated[str, typer.Option("--engine", help="duckdb（本机）或 spark（集群）")] = "duckdb",
    master: Annotated[str, typer.Option("--master", metavar="URL", help="Spark 的 master，如 local[*]、yarn")] = "local[*]",
    lake: Annotated[
        str, typer.Option("--lake", metavar="URL", help="数据湖在别处（hdfs://、s3a://），只用于 Spark；默认用数据目录里的")
    ] = "",
    memory: Annotated[str, typer.Option(help="引擎可用内存")] = "5GB",
) -> None:
    """按规则库审核已导入的全部数据；中断后再运行会接着做。"""
    from yijian.engine.audit import audit
    from yijian.engine.findings import read_coverage
    from yijian.rulebook.library import load_rules
    from yijian.vocabulary.home import Home

    place = Home.of(home)
    with progress() as bar:
        task = bar.add_task("审核", total=None)
        done = audit(
            place,
            load_rules(rules),
            engine=engine,
            master=master,
            memory=memory,
            lake=lake,
            on_progress=lambda n, of, what: bar.update(task, completed=n, total=of, description=f"审核 {what}"),
        )
    coverage = read_coverage(place, done)
    amount = sum(row.amount for row in coverage)
    out = console()
    out.print(
        f"审核完成：{len(coverage)} 条规则，{sum(r.findings for r in coverage):,} 个疑点，涉及 {amount:,.2f} 元（规则间可重叠）"
    )
    for row in coverage:
        if row.error:
            out.print(f"规则 {row.rule} 没有完成：{row.error}", markup=False, soft_wrap=True)
