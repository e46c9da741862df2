"""`yijian history build`: what persons had before, for the gateway."""

import os
from typing import Annotated

import typer

from yijian.cli.common import HomeOption, console, progress, show_table

app = typer.Typer(help="就诊历史：供网关跨就诊的规则使用", no_args_is_help=True)


@app.command()
def build(
    home: HomeOption = None,
    days: Annotated[int, typer.Option("--days", min=1, help="保留最近多少天")] = 730,
) -> None:
    """由数据湖重建就诊历史；环境变量 YIJIAN_HISTORY_URL 指明 PostgreSQL 时写入该库，否则写入数据目录。"""
    from yijian.claims.views import views
    from yijian.gateway.history import URL, store_of
    from yijian.gateway.history import build as build_history
    from yijian.vocabulary.home import Home

    place = Home.of(home)
    store = store_of(place, os.environ.get(URL, ""))
    with progress() as bar:
        task = bar.add_task("就诊历史", total=None)
        counts = build_history(place, store, days=days, tell=lambda n, of: bar.update(task, completed=n, total=of))
    show_table("就诊历史", ["内容", "行数"], [(views()[name].title, f"{n:,}") for name, n in counts.items()], ["行数"])
    console().print(f"写入 {store.name}", markup=False, soft_wrap=True)
