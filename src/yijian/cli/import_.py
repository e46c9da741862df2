"""`yijian import`: delivered files and folders into the lake, as one commit."""

from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import HomeOption, console, progress, show_table
from yijian.vocabulary.home import Home


def run(
    paths: Annotated[list[Path], typer.Argument(metavar="PATHS…", help="文件或文件夹：CSV、Excel、Parquet")],
    mapping: Annotated[
        str | None, typer.Option("--mapping", metavar="FILE.toml", help="映射文件，或随程序提供的名称（如 inspection）")
    ] = None,
    home: HomeOption = None,
) -> None:
    """导入数据文件：识别、检查、入湖；有问题的行进入隔离区。"""
    from yijian.claims.intake import import_files
    from yijian.claims.mapping import load_mapping

    with progress() as bar:
        task = bar.add_task("读取文件", total=None)
        done = import_files(
            Home.of(home),
            paths,
            load_mapping(mapping) if mapping else None,
            tell=lambda what, n, total: bar.update(task, description=what, completed=n, total=total),
        )
    show_import(done.manifest, done.commit, done.notes)


def show_import(manifest: object, commit: int, notes: list[str]) -> None:
    """What an import did, as tables."""
    from yijian.claims.checks import checks
    from yijian.claims.manifest import Manifest
    from yijian.claims.tables import tables

    assert isinstance(manifest, Manifest)
    for note in notes:
        console().print(note)
    if manifest.tables:
        header = ["表", "名称", "收到行", "新增", "更正", "未变", "隔离", "存疑"]
        rows = [
            (t.table, tables()[t.table].title, t.rows, t.new, t.replaced, t.unchanged, t.rejected, t.suspect)
            for t in manifest.tables
        ]
        show_table("导入结果", header, rows, right=header[2:])
    if manifest.checks:
        rows = [
            (
                c.check,
                checks()[c.check].title,
                "隔离" if c.severity == "rejected" else "存疑",
                c.table,
                c.column,
                c.rows,
            )
            for c in manifest.checks
        ]
        show_table("检查发现", ["检查", "说明", "处理", "表", "列", "处数"], rows, right=["处数"])
    console().print(f"已提交：第 {commit} 版" if commit else "没有新数据，数据湖未变")
