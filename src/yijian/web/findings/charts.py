"""Data of pictures, as `assets/charts.js` draws them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from yijian.web.findings.models import Finding
from yijian.web.findings.queries import Peers

MOST_BARS = 12


def money_bars(rows: Sequence[dict[str, Any]], title: str, key: str, name: str) -> dict[str, Any]:
    """Yuan by rule or institution as lying bars, each leading to its findings."""
    top = rows[:MOST_BARS]
    return {
        "kind": "bars",
        "unit": "元",
        "categories": [str(row[title]).split("：")[0] for row in top],
        "series": [{"name": "涉及金额", "data": [float(row["yuan"]) for row in top]}],
        "links": [f"{reverse('findings:list')}?{urlencode({name: row[key]})}" for row in top],
    }


def months(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Findings by month and verdict as standing bars."""
    names = sorted({row["month"] for row in rows})
    count = {(row["month"], row["verdict"]): row["n"] for row in rows}
    return {
        "kind": "months",
        "unit": "个",
        "whole": True,
        "stack": True,
        "categories": [f"{month:%Y-%m}" for month in names],
        "series": [
            {"name": word, "data": [count.get((month, verdict), 0) for month in names]}
            for verdict, word in Finding.Verdict.choices
        ],
    }


def peer_bars(among: Peers, own: str) -> dict[str, Any]:
    """Findings per thousand settlements among peers, this institution in the second colour."""
    place = among.place - 1
    begin = max(0, min(place - MOST_BARS // 2, len(among.rows) - MOST_BARS))
    rows = among.rows[begin : begin + MOST_BARS]
    return {
        "kind": "bars",
        "unit": "个/千笔",
        "categories": [name for _, name, _ in rows],
        "series": [
            {
                "name": "每千笔结算疑点",
                "data": [
                    {"value": round(rate, 2), "itemStyle": {"color": "#d55e00" if code == own else "#9db8c9"}}
                    for code, _, rate in rows
                ],
            }
        ],
        "links": [reverse("findings:institution", args=[code]) for code, _, _ in rows],
    }
