"""`yijian reminders export|import`: what the gateway answered and what hospitals did about it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from yijian.cli.common import HomeOption, console
from yijian.vocabulary.errors import UserError

if TYPE_CHECKING:
    from yijian.claims.intake import Imported
    from yijian.vocabulary.home import Home

app = typer.Typer(help="提醒记录：网关的提醒与医院的反馈", no_args_is_help=True)


@app.command()
def export(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.csv", help="写到哪个文件")],
    home: HomeOption = None,
) -> None:
    """写出全部提醒及其反馈（bffact_warn_rslt_d）。"""
    from yijian.gateway.journal import export as export_reminders
    from yijian.vocabulary.home import Home

    console().print(f"{export_reminders(Home.of(home), output):,} 条提醒写入 {output}", soft_wrap=True)


@app.command("import")
def import_(home: HomeOption = None) -> None:
    """把提醒及其反馈导入数据湖；已导入而有了反馈的会更正。"""
    from yijian.cli.import_ import show_import
    from yijian.vocabulary.home import Home

    done = take_into_lake(Home.of(home))
    show_import(done.manifest, done.commit, done.notes)


def take_into_lake(place: "Home") -> "Imported":
    """Import what the gateway's journal holds. UserError where it holds nothing."""
    from yijian.claims.intake import import_files
    from yijian.gateway.journal import export as export_reminders

    with TemporaryDirectory() as folder:
        file = Path(folder) / "bffact_warn_rslt_d.csv"
        if not export_reminders(place, file):
            raise UserError("网关还没有提醒记录", where=str(place.path), do="请先运行 yijian gateway 并接收请求")
        return import_files(place, [file])
