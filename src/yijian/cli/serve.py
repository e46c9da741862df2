"""`yijian serve`: the pages, in a process of their own."""

import subprocess
import sys
from typing import Annotated

import typer

from yijian.cli.common import HomeOption
from yijian.vocabulary.home import Home


def web(place: Home, *arguments: str, quiet: bool = False) -> None:
    """Run `python -m yijian.web …`: the command line does not import the web application.

    Ends with its exit code if that is not 0; Ctrl-C is how one ends a server, and no failure.
    """
    command = [sys.executable, "-m", "yijian.web", *arguments, "--home", str(place.path)]
    try:
        code = subprocess.run(command, check=False, stdout=subprocess.DEVNULL if quiet else None).returncode  # noqa: S603
    except KeyboardInterrupt:
        code = 0
    if code:
        raise typer.Exit(code)


def run(
    port: Annotated[int, typer.Option("--port", metavar="P", help="网页端口")] = 8000,
    home: HomeOption = None,
) -> None:
    """在 127.0.0.1 打开网页，先装入最近一次审核的结果。"""
    place = Home.of(home)
    web(place, "load", quiet=True)
    web(place, "serve", "--port", str(port))
