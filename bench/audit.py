"""Judging: all rules with evidence over a city, beside a bare scan, per-rule queries, Spark and a row engine."""

import shutil
import subprocess
import sys
from pathlib import Path

from bench.measure import ROOT, Measured, run, show

LINES_PER_PERSON = 54


def yijian(*arguments: object) -> None:
    """The command line, as a user calls it."""
    subprocess.run([sys.executable, "-m", "yijian.cli", *map(str, arguments)], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def prepared(folder: Path, lines: int) -> Path:
    """A home with a city of at least so many fee lines, imported; made once and kept."""
    home, city = folder / f"home-{lines}", folder / f"city-{lines}"
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        if not city.exists():
            yijian("city", city, "--persons", max(lines // LINES_PER_PERSON, 2000), "--seed", 1, "--parquet")
        yijian("knowledge", "import", city / "knowledge", "--home", home)
        yijian("import", city, "--home", home)
        (home / "ready").touch()
        shutil.rmtree(city)
    return home


def judged(home: Path) -> Measured:
    """A full run from nothing."""
    shutil.rmtree(home / "findings", ignore_errors=True)
    return run("judge", home)


def main(folder: Path, sizes: list[int], beside: int) -> None:
    """Print a line for each size; the alternatives run beside ours over a city of `beside` lines (0: none)."""
    rows: list[tuple[object, ...]] = []
    for size in sizes:
        home = prepared(folder, size)
        lines = run("lines", home).answer
        scan, ours = run("scan", home), judged(home)
        seconds, once = ours.answer["seconds"], scan.answer["seconds"]
        errors = "、".join(ours.answer["errors"]) or "0"
        found = f"{ours.answer['findings']:,}"
        figures = (f"{lines / seconds:,.0f}", f"{ours.peak_gb:.1f}", found, f"{once:.2f}", f"{seconds / once:.1f}", errors)
        rows.append((f"{lines:,}", f"{seconds:.1f}", *figures))
    header = ("fee lines", "s", "lines/s", "peak GB", "findings", "one scan, s", "scans", "errors")
    show("Judging: all rules that the city has schemes for, with evidence, coverage and writing", header, rows)
    if beside:
        home = prepared(folder, beside)
        _beside(home, judged(home), run("lines", home).answer)


def _beside(home: Path, ours: Measured, lines: int) -> None:
    single, spark, zen = run("per_rule", home).answer, run("spark", home).answer, run("row_engine", home).answer
    spent, reading = ours.answer["spent"], ours.answer["spent"].get("读取数据", 0)

    def cell(other: dict[str, dict[str, float]], rule: str) -> str:
        return f"{other['spent'][rule]:.2f}" if rule in other["spent"] else f"failed: {other['failed'].get(rule, '')}"

    rules = sorted({*single["spent"], *single["failed"]})
    show(
        f"Seconds by rule, {lines:,} lines (ours also reads and shares the views: {reading:.1f} s more)",
        ("rule", "ours", "query over one table", "Spark local[2]"),
        [(rule, f"{spent.get(rule, 0):.2f}", cell(single, rule), cell(spark, rule)) for rule in rules],
    )
    rows: list[tuple[str, str, str, str]] = []
    for name, other in (("per-rule queries over one unbucketed table", single), ("Spark local[2]", spark)):
        ran, mine = sum(other["spent"].values()), sum(spent.get(r, 0) for r in other["spent"]) + reading
        rows.append((f"{name}, {len(other['spent'])} rules that ran", f"{ran:.1f}", f"{mine:.1f}", f"{ran / mine:.1f}"))
    by_row, row_rule = zen["per_line"] * lines, max(spent["amount_arithmetic"], 0.01)
    rows.append(("zen-engine, amount_arithmetic, extrapolated", f"{by_row:.1f}", f"{row_rule:.2f}", f"{by_row / row_rule:.0f}"))
    show("Beside ours in the same run", ("alternative", "s", "ours, s", "times ours"), rows)
