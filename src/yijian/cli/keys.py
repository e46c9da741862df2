"""`yijian keys issue|list|revoke`: the keys by which institutions speak to the gateway."""

from typing import Annotated

import typer

from yijian.cli.common import HomeOption, console, show_table

app = typer.Typer(help="机构密钥：定点医药机构访问网关用", no_args_is_help=True)

InstitutionArgument = Annotated[str, typer.Argument(metavar="CODE", help="定点医药机构编号")]


@app.command()
def issue(
    institution: InstitutionArgument,
    days: Annotated[int, typer.Option("--days", min=1, max=1100, help="有效天数")] = 365,
    home: HomeOption = None,
) -> None:
    """为机构发放一把密钥；只显示这一次。"""
    from yijian.gateway.access import issue as issue_key
    from yijian.vocabulary.home import Home

    console().print(issue_key(Home.of(home), institution, days), soft_wrap=True, markup=False)


@app.command("list")
def list_(home: HomeOption = None) -> None:
    """已发放的密钥与到期日。"""
    from yijian.gateway.access import issued
    from yijian.vocabulary.home import Home

    rows = [(who, key.expires.isoformat(), key.digest[:8]) for who, keys in sorted(issued(Home.of(home)).items()) for key in keys]
    show_table("机构密钥", ["机构", "到期日", "摘要"], rows)


@app.command()
def revoke(institution: InstitutionArgument, home: HomeOption = None) -> None:
    """收回机构的全部密钥，一秒内生效。"""
    from yijian.gateway.access import revoke as revoke_keys
    from yijian.vocabulary.home import Home

    console().print(f"已收回 {revoke_keys(Home.of(home), institution)} 把密钥")
