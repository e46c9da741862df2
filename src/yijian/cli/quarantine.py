"""`yijian quarantine list|export|resubmit`: rejected rows, why, and back again once corrected."""

from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import HomeOption, console, show_table
from yijian.vocabulary.home import Home

app = typer.Typer(help="隔离区：被拒绝的行及其原因，更正后重新提交", no_args_is_help=True)

TableOption = Annotated[str, typer.Option("--table", metavar="TABLE", help="只看这张表")]
ImportOption = Annotated[str, typer.Option("--import", metavar="ID", help="只看这次导入")]


@app.command("list")
def list_(
    table: TableOption = "",
    import_id: ImportOption = "",
    suspect: Annotated[bool, typer.Option("--suspect", help="列出已载入但存疑的行")] = False,
    limit: Annotated[int, typer.Option("--limit", help="最多列出多少条")] = 100,
    home: HomeOption = None,
) -> None:
    """列出隔离的行：文件、行号、列、值、原因。"""
    from yijian.claims.checks import checks
    from yijian.claims.quarantine import Quarantine

    quarantine = Quarantine(Home.of(home))
    if suspect:
        rows = [
            (
                s["import_id"],
                s["tabl_name"],
                s["row_key"],
                s["colm_name"],
                s["value"],
                checks()[s["check_name"]].title,
                s["detail"],
            )
            for s in quarantine.suspects(import_id, limit)
            if table in ("", s["tabl_name"])
        ]
        show_table("存疑的行", ["导入", "表", "主键", "列", "值", "检查", "说明"], rows)
        return
    found = quarantine.rejections(import_id, table)
    rows = [(r.import_id, r.table, Path(r.file).name, r.line, r.column, r.value, r.title, r.do) for r in found[:limit]]
    show_table("隔离的行", ["导入", "表", "文件", "行", "列", "值", "原因", "如何处理"], rows, right=["行"])
    console().print(f"共 {len({r.row_id for r in found})} 行、{len(found)} 处原因")


@app.command()
def export(
    folder: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="写到这个文件夹，每张表一个 CSV")],
    table: TableOption = "",
    import_id: ImportOption = "",
    with_identity: Annotated[bool, typer.Option("--with-identity", help="身份列不掩码")] = False,
    home: HomeOption = None,
) -> None:
    """导出隔离的行供更正；身份列掩码，除非 --with-identity。"""
    from yijian.claims.resubmitting import export_rows

    written = export_rows(Home.of(home), folder, table, import_id, identity=with_identity)
    for path in written:
        console().print(str(path), soft_wrap=True)
    if not written:
        console().print("隔离区是空的")


@app.command()
def resubmit(
    files: Annotated[list[Path], typer.Argument(metavar="FILES…", help="更正后的导出文件")],
    mapping: Annotated[str | None, typer.Option("--mapping", metavar="FILE.toml", help="原导入所用的映射文件")] = None,
    home: HomeOption = None,
) -> None:
    """重新提交更正后的行；仍有问题的行再次进入隔离区。"""
    from yijian.claims.mapping import load_mapping
    from yijian.claims.resubmitting import resubmit as take
    from yijian.cli.import_ import show_import

    for file in files:
        done = take(Home.of(home), file, load_mapping(mapping) if mapping else None)
        show_import(done.manifest, done.commit, done.notes)
