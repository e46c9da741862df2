"""`yijian score`: findings against the labels of a city."""

from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import HomeOption, console, show_table


def run(
    labels: Annotated[Path, typer.Option("--labels", metavar="FILE", help="城市的 labels.csv")],
    findings: Annotated[
        Path | None,
        typer.Option("--findings", metavar="FILE", help="疑点文件（.csv 或 .parquet），默认取最近一次审核", show_default=False),
    ] = None,
    home: HomeOption = None,
    min_recall: Annotated[float, typer.Option("--min-recall", metavar="R", help="任一规则检出率低于此值则退出码为 1")] = 0.0,
    no_near_miss_violations: Annotated[
        bool, typer.Option("--no-near-miss-violations", help="有“违规”类规则误报相似情形则退出码为 1")
    ] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE.csv", help="结果另存为 CSV")] = None,
) -> None:
    """按规则比较疑点与标签：检出率、误报相似情形、背景疑点、精确率。"""
    from yijian.city.score import COLUMNS, background_per_10_000, read_rows, score, write_scores
    from yijian.claims.lake import Lake
    from yijian.engine.findings import needed_run, read_findings
    from yijian.vocabulary.home import Home

    settlements = 0
    if findings is None:
        place = Home.of(home)
        scores = score(labels, read_findings(place, needed_run(place)).to_pylist())
        settlements = Lake.open(place).snapshot().rows("setl_d")
    else:
        scores = score(labels, read_rows(findings))
    header = ["规则", "应检出", "已检出", "检出率", "相似情形", "误报相似", "背景疑点", "疑点", "精确率"]
    show_table("评分", header, [one.row() for one in scores], header[1:])
    if settlements:
        each = background_per_10_000(scores, settlements)
        strays = sum(one.background for one in scores if one.violation)
        console().print(f"标签以外：“违规”类 {strays} 个；“可疑”类每万次结算 {each:.1f} 个")
    if output is not None:
        write_scores(output, scores)
        console().print(f"已写入 {output}（{'、'.join(COLUMNS)}）")
    missed = [one.rule for one in scores if one.recall < min_recall]
    alarms = [one.rule for one in scores if no_near_miss_violations and one.violation and one.near_misses_flagged]
    if missed:
        console().print(f"检出率低于 {min_recall}：{'、'.join(missed)}")
    if alarms:
        console().print(f"违规类规则误报了相似情形：{'、'.join(alarms)}")
    if missed or alarms:
        raise typer.Exit(1)
