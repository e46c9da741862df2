"""`make bench`: intake, then judging; prints tables of ratios. Keeps its cities under ./bench-home."""

import argparse
from pathlib import Path

from bench import audit, intake

parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
parser.add_argument("--folder", type=Path, default=Path("bench-home"))
parser.add_argument("--intake-lines", type=int, default=2_000_000)
parser.add_argument("--lines", type=int, nargs="+", default=[20_000_000, 60_000_000], help="sizes of cities to judge")
parser.add_argument("--beside", type=int, default=2_000_000, help="size of the city that the alternatives judge too; 0: none")
given = parser.parse_args()
folder = given.folder.absolute()
folder.mkdir(parents=True, exist_ok=True)
intake.main(folder, given.intake_lines)
audit.main(folder, given.lines, given.beside)
