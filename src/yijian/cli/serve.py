"""`yijian serve`: the pages at 127.0.0.1. They are a process of their own; the command line does not import them."""

import subprocess
import sys
from typing import Annotated

import typer

from yijian.cli.common import HomeOption
from yijian.vocabulary.home import Home


def run(
    port: Annotated[int, typer.Option("--port", metavar="P", help="网页端口")] = 8000,
    home: HomeOption = None,
    load: Annotated[bool, typer.Option("--load/--no-load", help="先把最近一次审核的结果装入网页")] = True,
) -> None:
    """在 127.0.0.1 打开网页。"""
    place = ["--home", str(Home.of(home).path)]
    steps = ([["load", *place]] if load else []) + [["serve", *place, "--port", str(port)]]
    for step in steps:
        try:
            code = subprocess.run([sys.executable, "-m", "yijian.web", *step], check=False).returncode  # noqa: S603 - our own module
        except KeyboardInterrupt:
            code = 0  # Ctrl-C ends the server, and that is how one ends it
        if code:
            raise typer.Exit(code)
