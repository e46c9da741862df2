"""Encounters on one axis of days, as numbers for an SVG of 1000 units width."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yijian.web.findings.evidence import Visit

WIDTH, LEFT, ROW, TOP = 1000.0, 12.0, 62, 40
MOST_LABELS = 16


@dataclass(frozen=True)
class Tick:
    """A day on the axis."""

    x: float
    label: str


@dataclass(frozen=True)
class Dot:
    """A day on which an encounter has lines; `marked` of them are evidence."""

    x: float
    radius: float
    day: date
    lines: int
    marked: int


@dataclass(frozen=True)
class Lane:
    """An encounter's row: its bar and its days."""

    visit: Visit
    y: float
    x: float
    width: float
    dots: list[Dot]

    @property
    def anchor(self) -> str:
        """Its words run to the left where there is no room to the right."""
        return "end" if self.x > WIDTH * 0.6 else "start"

    @property
    def label_x(self) -> float:
        return round(self.x + self.width, 1) if self.anchor == "end" else self.x


@dataclass(frozen=True)
class Timeline:
    """The picture: height in units, days on the axis, and a lane for each encounter."""

    height: int
    ticks: list[Tick]
    lanes: list[Lane]
    days: int


def timeline(visits: Sequence[Visit]) -> Timeline | None:
    """Lay encounters out; None where no day is known."""
    known = [day for v in visits for day in (v.begin, v.end, *(line.day for line in v.lines)) if day]
    if not known:
        return None
    first, last = min(known), max(known)
    count = (last - first).days + 1
    cell = (WIDTH - 2 * LEFT) / count
    lanes = [_lane(visit, TOP + i * ROW, first, cell) for i, visit in enumerate(visits)]
    step = max(1, -(-count // MOST_LABELS))
    ticks = [Tick(round(LEFT + (n + 0.5) * cell, 1), _label(first + timedelta(days=n), n == 0)) for n in range(0, count, step)]
    return Timeline(int(TOP + ROW * len(visits) + 8), ticks, lanes, count)


def _label(day: date, first: bool) -> str:
    return f"{day:%Y-%m-%d}" if first or (day.month, day.day) == (1, 1) else f"{day:%m-%d}"


def _lane(visit: Visit, y: float, first: date, cell: float) -> Lane:
    days = [(day, lines) for day, lines in visit.days if day]
    begin = visit.begin or min((day for day, _ in days), default=first)
    end = max(visit.end or begin, begin)
    dots = [
        Dot(
            x=round(LEFT + ((day - first).days + 0.5) * cell, 1),
            radius=min(11.0, max(3.0, cell / 2 - 1)) if any(n.marked for n in lines) else min(5.0, max(2.0, cell / 4)),
            day=day,
            lines=len(lines),
            marked=sum(n.marked for n in lines),
        )
        for day, lines in days
    ]
    width = ((end - begin).days + 1) * cell
    return Lane(visit, y, round(LEFT + (begin - first).days * cell, 1), round(width, 1), dots)
