"""Runs a piece in a process of its own and says how long it took and how much memory it held at most."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Measured:
    """Seconds of the whole process, peak resident memory in GB, and what the piece answered."""

    seconds: float
    peak_gb: float
    answer: Any


def run(piece: str, *arguments: object) -> Measured:
    """Run a function of `bench.pieces` by name. RuntimeError with its last words if it fails."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        begun = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "bench.pieces", out.name, piece, *map(str, arguments)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
        )
        assert child.stderr is not None
        words = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise RuntimeError(words.decode(errors="replace")[-2000:])
        answer = json.loads(Path(out.name).read_text(encoding="utf-8"))
        return Measured(time.perf_counter() - begun, usage.ru_maxrss / 1024**2, answer)


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; figures are right-aligned."""
    table = Table(title=title, title_justify="left")
    for number, name in enumerate(header):
        table.add_column(name, justify="left" if number == 0 else "right")
    for row in rows:
        table.add_row(*map(str, row))
    Console(width=150).print(table)
