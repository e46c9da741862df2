"""`yijian coverage …`: what every rule did with every row, as a table, and as a signed certificate."""

from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import HomeOption, console, progress, show_table
from yijian.vocabulary.errors import UserError

app = typer.Typer(help="覆盖台账与覆盖证书", invoke_without_command=True)

HEADER = ("规则", "总行数", "剔除", "不涉及", "通过", "发现", "未能判定", "疑点", "金额（元）", "未能判定的原因")
COLUMNS = (
    "rule",
    "total",
    "excluded",
    "not_applicable",
    "passed",
    "found",
    "not_judged",
    "findings",
    "amount",
    "causes",
)


@app.callback()
def ledger(
    context: typer.Context,
    home: HomeOption = None,
    form: Annotated[str | None, typer.Option("--format", help="csv、json、parquet 或 xlsx；默认打印表格")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="默认写到标准输出")] = None,
) -> None:
    """覆盖台账：每条规则对每一行是剔除、不涉及、通过、发现还是未能判定。"""
    if context.invoked_subcommand is not None:
        return
    import pyarrow as pa

    from yijian.engine.findings import export, needed_run, read_coverage
    from yijian.vocabulary.home import Home

    place = Home.of(home)
    rows = read_coverage(place, needed_run(place))
    if form or output:
        causes = ["；".join(f"{c}：{n}" for c, n in r.causes.items()) or r.error for r in rows]
        values = [[getattr(r, c) for r in rows] for c in COLUMNS[:-1]]
        export(pa.table(dict(zip(COLUMNS, [*values, causes], strict=True))), form or "csv", output)
        return
    show_table(
        "覆盖台账",
        HEADER,
        [
            (r.rule, *(f"{getattr(r, c):,}" for c in COLUMNS[1:-2]), f"{r.amount:,.2f}",
             r.error or "；".join(f"{c}：{n:,}" for c, n in r.causes.items()))
            for r in rows
        ],
        right=HEADER[1:9],
    )  # fmt: skip


@app.command()
def certify(
    period: Annotated[str, typer.Option("--period", metavar="2026-01..2026-03", help="月份（含首尾），默认全部数据")] = "",
    home: HomeOption = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="另存一份")] = None,
) -> None:
    """签发覆盖证书：一个时期内每条规则对每一行做了什么，连同数据、规则、清单、引擎的摘要，签名并与上一份相连。"""
    from yijian.engine.certificate import certify, read_certificate
    from yijian.vocabulary.home import Home
    from yijian.vocabulary.period import Period

    path = certify(Home.of(home), Period.parse(period))
    certificate, signature = read_certificate(path)
    rows = certificate.total
    out = console()
    out.print(f"第 {certificate.number} 号覆盖证书：{_words(period)}，{len(certificate.rules)} 条规则", markup=False)
    show_table(
        "",
        ("判断（行 × 规则）", "行数"),
        [("进入", f"{rows.total:,}"), ("剔除（无效、已退费）", f"{rows.excluded:,}"), ("规则不涉及", f"{rows.not_applicable:,}"),
         ("通过", f"{rows.passed:,}"), ("发现", f"{rows.found:,}"), ("未能判定", f"{rows.not_judged:,}")],
        right=("行数",),
    )  # fmt: skip
    if output is not None:
        try:
            output.write_bytes(path.read_bytes())
        except OSError as error:
            raise UserError(f"写不进文件：{error.strerror}", where=str(output), do="请检查文件夹是否存在") from error
    out.print(
        f"已签名（{signature.algorithm}，公钥指纹 {signature.fingerprint}），写在 {output or path}", markup=False, soft_wrap=True
    )


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="覆盖证书")],
    home: HomeOption = None,
    rules: Annotated[Path | None, typer.Option("--rules", metavar="DIR", help="规则库文件夹，默认随程序自带")] = None,
    recompute: Annotated[bool, typer.Option(help="数据湖在手边时重新计算")] = True,
) -> None:
    """核验覆盖证书：签名、逐项平衡、与以前各号相连；数据湖在手边时重新计算。有不符则退出码为 1。"""
    from yijian.engine.certificate import verify
    from yijian.rulebook.library import load_rules
    from yijian.vocabulary.home import Home

    place = Home.of(home)
    at_hand = place if recompute and (place.lake / "lake.toml").exists() else None
    with progress() as bar:
        task = bar.add_task("核验", total=None)
        checked = verify(
            file,
            at_hand,
            load_rules(rules) if at_hand else {},
            on_progress=lambda n, of, what: bar.update(task, completed=n, total=of, description=f"重新计算 {what}"),
        )
    out = console()
    for sentence in checked.held:
        out.print(f"✓ {sentence}", markup=False, soft_wrap=True)
    for sentence in checked.wrong:
        out.print(f"✗ {sentence}", markup=False, soft_wrap=True)
    if at_hand is None:
        out.print("没有重新计算" if not recompute else "这里没有数据湖，没有重新计算")
    if checked.wrong:
        raise typer.Exit(1)
    out.print(f"第 {checked.certificate.number} 号覆盖证书核验通过")


def _words(text: str) -> str:
    return text.replace("..", " 至 ") if text else "全部数据"
