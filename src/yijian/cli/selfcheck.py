"""`yijian selfcheck PACK FILES…`: a hospital checks its own export by the bureau's pack."""

from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import console, progress

RESULT = Path("自查结果.xlsx")


def run(
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="医保部门签发的规则包")],
    files: Annotated[list[Path], typer.Argument(metavar="FILES…", help="本院导出的文件或文件夹：CSV、Excel、Parquet")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT.xlsx", help="结果写到哪个 Excel 文件")] = Path(
        "自查结果.xlsx"
    ),
    mapping: Annotated[
        str | None, typer.Option("--mapping", metavar="FILE.toml", help="映射文件，或随程序提供的名称（如 inspection）")
    ] = None,
    trust: Annotated[
        list[str] | None, typer.Option("--trust", metavar="FINGERPRINT", help="只相信这些签发者的指纹，可重复")
    ] = None,
) -> None:
    """医院自查：用医保部门的规则包审核本院导出的数据，写出带说明的 Excel。不需要数据目录。"""
    from yijian.claims.mapping import load_mapping
    from yijian.gateway.pack import Pack
    from yijian.gateway.selfcheck import check, write

    read = Pack.open(pack, trusted=trust or ())
    with progress() as bar:
        task = bar.add_task("读取文件", total=None)
        checked = check(
            read,
            files,
            load_mapping(mapping) if mapping else None,
            tell=lambda what, n, total: bar.update(task, description=what, completed=n, total=total),
        )
    write(checked, read, output)
    rejected = sum(t.rejected for t in checked.manifest.tables)
    console().print(
        f"{checked.persons:,} 名参保人、{checked.lines:,} 条费用，{len(checked.found):,} 个疑点"
        f"{f'，{rejected:,} 行有问题未审核' if rejected else ''}；写入 {output}，签发者指纹 {read.signature.fingerprint}",
        soft_wrap=True,
    )
