"""How much a lead is worth looking into: points from data (`grading.toml`), a grade from points."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from yijian.web.leads.models import Lead
from yijian.web.leads.steps import PROVED


@dataclass(frozen=True)
class Proposal:
    """A grade, and the (reason, points) that led to it."""

    grade: str
    parts: tuple[tuple[str, int], ...]

    @property
    def points(self) -> int:
        return sum(points for _, points in self.parts)

    @property
    def words(self) -> str:
        """重点（8 分：上级交办 4、…）"""
        return f"{Lead.Grade(self.grade).label}（{self.points} 分：{'、'.join(f'{why} {n}' for why, n in self.parts)}）"


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "grading.toml").read_text(encoding="utf-8"))


def proposal(lead: Lead) -> Proposal:
    """What the points propose. One query: whether the same subject was proved to have done something before."""
    table, parts = _table(), [(str(Lead.Source(lead.source).label), int(_table()["source"][lead.source]))]
    if lead.amount is not None:
        reached = [int(least) for least in table["amount"] if lead.amount >= Decimal(least)]
        if reached:
            parts.append((f"金额不低于 {max(reached):,} 元", int(table["amount"][str(max(reached))])))
    if lead.institution is not None or lead.subject:
        parts.append(("对象明确", int(table["has"]["subject"])))
    if lead.begin:
        parts.append(("时间明确", int(table["has"]["period"])))
    if _proved_before(lead):
        parts.append(("同一对象曾经查实", int(table["has"]["proved_before"])))
    points = sum(n for _, n in parts)
    return Proposal(next(grade for grade, least in table["grades"].items() if points >= least), tuple(parts))


def _proved_before(lead: Lead) -> bool:
    same = Lead.objects.filter(state="closed", result__in=PROVED).exclude(pk=lead.pk)
    if lead.institution is not None:
        return same.filter(institution=lead.institution).exists()
    return bool(lead.subject) and same.filter(subject=lead.subject, subject_kind=lead.subject_kind).exists()
