"""`yijian log …`: the audit log as a signed hash tree. All but `check` runs in the web's process, which has the database."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import HomeOption, console
from yijian.cli.serve import web
from yijian.vocabulary.home import Home

app = typer.Typer(help="操作日志：签发检查点、核对、导出、证明", no_args_is_help=True)

OutOption = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="写到哪个文件")]
DAY = ["%Y-%m-%d"]


@app.command()
def checkpoint(
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="另写一份，交别的单位保管")] = None,
    home: HomeOption = None,
) -> None:
    """签发检查点：到现在有多少条、根是什么，用本机密钥签名。"""
    web(Home.of(home), "log", "checkpoint", *(["--out", str(out)] if out else []))


@app.command()
def verify(
    kept: Annotated[
        list[Path] | None, typer.Option("--checkpoint", "-c", metavar="FILE", help="别处保管的检查点，可多次")
    ] = None,
    home: HomeOption = None,
) -> None:
    """核对全部日志：逐条重算，与登记和检查点比较。被改、被删、插入、截短都能查出，则退出码为 1。"""
    web(Home.of(home), "log", "verify", *(word for path in kept or [] for word in ("--checkpoint", str(path))))


@app.command()
def export(
    first: Annotated[datetime, typer.Option("--from", formats=DAY, metavar="DATE", help="从哪天，例如 2026-01-01")],
    last: Annotated[datetime, typer.Option("--to", formats=DAY, metavar="DATE", help="到哪天（含）")],
    out: OutOption,
    home: HomeOption = None,
) -> None:
    """导出一段日志，附检查点与证明：对方不用数据库即可核对。"""
    days = ("--from", f"{first:%Y-%m-%d}", "--to", f"{last:%Y-%m-%d}")
    web(Home.of(home), "log", "export", *days, "--out", str(out))


@app.command()
def prove(
    earlier: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="从前签发的检查点")],
    out: OutOption,
    home: HomeOption = None,
) -> None:
    """证明现在的日志是从前那个检查点的接续，写成文件交给保管单位。"""
    web(Home.of(home), "log", "prove", str(earlier), "--out", str(out))


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="export 或 prove 写出的文件")],
    kept: Annotated[Path | None, typer.Option("--checkpoint", "-c", metavar="FILE", help="自己保管的检查点")] = None,
) -> None:
    """核对收到的文件，不需要数据库，也不需要数据目录。不符则退出码为 1。"""
    from yijian.trust.checkpoint import read_file
    from yijian.trust.log_proof import check_file

    shown = check_file(file, read_file(kept)[0] if kept else None)
    out = console()
    out.print(f"✓ 检查点的签名有效（{shown.signature.algorithm}，公钥指纹 {shown.signature.fingerprint}）", markup=False)
    out.print(f"✗ {shown.wrong}" if shown.wrong else f"✓ {shown.said}", markup=False, soft_wrap=True)
    if kept is None:
        out.print("  没有给出自己保管的检查点：只核对了文件本身。公钥指纹请另行与签发单位核对", markup=False)
    if shown.wrong:
        raise typer.Exit(1)
