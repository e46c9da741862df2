"""`yijian city`: invent a pooling area with labelled frauds and look-alikes."""

from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import console, progress, show_table


def run(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="要生成的文件夹，须不存在或为空")],
    persons: Annotated[int, typer.Option("--persons", metavar="N", help="参保人数")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="随机种子：相同人数和种子得到逐字节相同的文件")] = 1,
    parquet: Annotated[bool, typer.Option("--parquet", help="写 Parquet 而不是 CSV（人数多时快得多）")] = False,
    clean: Annotated[bool, typer.Option("--clean", help="只有寻常的一年：不放违规情形与合法相似情形，知识库不变")] = False,
) -> None:
    """生成一个虚构统筹区的数据：各表、违规与合法相似情形的标签、知识库工作簿。人物全部虚构。"""
    from yijian.city.generate import make_city

    with progress() as bar:
        task = bar.add_task("生成参保人", total=persons)
        city = make_city(
            folder, persons=persons, seed=seed, parquet=parquet, clean=clean,
            done=lambda made, _: bar.update(task, completed=made),
        )  # fmt: skip
    show_table("已生成", ["表", "行数"], [(name, f"{rows:,}") for name, rows in city.rows.items()], ["行数"])
    console().print(f"标签 {city.labels:,} 条；可用 yijian import {folder} 与 yijian knowledge import {folder}/knowledge 导入")
