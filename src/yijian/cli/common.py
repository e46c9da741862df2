"""What every command shares: the --home option, tables and progress bars that only a terminal shows."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="数据目录，默认 ./yijian-home 或环境变量 YIJIAN_HOME", show_default=False),
]


def console() -> Console:
    """Where people read: standard output. Into a file or a pipe it is wide, so that names stay whole."""
    shown = Console(highlight=False)
    return shown if shown.is_terminal or "COLUMNS" in os.environ else Console(highlight=False, width=WIDE)


WIDE = 180
"""Characters of a line that no terminal limits."""


def show_table(title: str, header: Sequence[str], rows: Iterable[Sequence[object]], right: Iterable[str] = ()) -> None:
    """Print a table; columns named in `right` are right-aligned (figures)."""
    right = set(right)
    table = Table(title=title, title_justify="left")
    for name in header:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if v is None else str(v) for v in row))
    console().print(table)


def progress() -> Progress:
    """A progress bar on standard error; nothing where that is not a terminal."""
    err = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        disable=not err.is_terminal,
    )
