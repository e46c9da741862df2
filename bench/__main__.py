"""`make bench`: intake, then judging; prints tables of ratios. Keeps its cities under ./bench-home."""

import argparse
from pathlib import Path

from bench import audit, intake

parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
parser.add_argument("--folder", type=Path, default=Path("bench-home"))
parser.add_argument("--intake-lines", type=int, default=2_000_000)
parser.add_argument("--lines", type=int, nargs="+", default=[20_000_000, 60_000_000], help="sizes of cities to judge")
parser.add_argument("--alone", action="store_true", help="without the alternatives")
given = parser.parse_args()
given.folder.mkdir(parents=True, exist_ok=True)
intake.main(given.folder, given.intake_lines)
audit.main(given.folder, given.lines, not given.alone)
