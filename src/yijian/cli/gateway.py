"""`yijian gateway`: answers 3101, 3102 and 3103 of hospital and pharmacy systems."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yijian.cli.common import HomeOption, console

if TYPE_CHECKING:
    from yijian.gateway.service import Settings


def run(
    pack: Annotated[Path | None, typer.Option("--pack", metavar="FILE", help="启用这个规则包；默认用已启用的")] = None,
    port: Annotated[int, typer.Option("--port", metavar="P", help="端口")] = 8700,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="监听地址")] = "127.0.0.1",
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="工作进程数")] = 1,
    open_: Annotated[bool, typer.Option("--open", help="试用：只监听本机，不要机构密钥")] = False,
    replay: Annotated[bool, typer.Option("--replay", help="与 --open 同用：重放过去的就诊，提醒记在报文的交易时间上")] = False,
    per_second: Annotated[float, typer.Option("--per-second", min=0, help="每家机构每秒请求上限，0 不限")] = 100.0,
    home: HomeOption = None,
) -> None:
    """启动实时网关：按规则包为医院、药店系统提供事前、事中提醒。"""
    from yijian.gateway import packs
    from yijian.vocabulary.errors import UserError
    from yijian.vocabulary.home import Home

    if open_ and host not in ("127.0.0.1", "localhost", "::1"):
        raise UserError("--open 只能监听本机", where=host, do="请去掉 --open 并为机构发放密钥（yijian keys issue）")
    if replay and not open_:
        raise UserError("--replay 只能与 --open 同用", do="请加上 --open：重放只供试用，正式服务按收到的时间记录")
    place = Home.of(home)
    pack_in_use = packs.use(place, pack) if pack else packs.current(place)
    console().print(f"规则包 {pack_in_use.manifest.version}，监听 http://{host}:{port}", soft_wrap=True)
    with tempfile.TemporaryDirectory(prefix="yijian-gateway-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # before the figures are declared
        from yijian.gateway.history import URL, store_of
        from yijian.gateway.service import Settings

        history = os.environ.get(URL, "")  # it may hold a password: not an option that everybody sees in the list of processes
        console().print(f"就诊历史：{store_of(place, history).name}", markup=False, soft_wrap=True)
        settings = Settings(home=str(place.path), open=open_, replay=replay, history=history, per_second=per_second / workers)
        _serve(settings, host, port, workers)


def _serve(settings: "Settings", host: str, port: int, workers: int) -> None:
    import msgspec
    import uvicorn

    from yijian.gateway.app import SETTINGS

    os.environ[SETTINGS] = msgspec.json.encode(settings).decode()
    uvicorn.run(
        "yijian.gateway.app:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http="httptools",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
