"""Data of pictures, as `assets/charts.js` draws them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

SERIES = (
    ("返回修改", "changed", "#009e73"),
    ("继续执行", "gone_on", "#d55e00"),
    ("其他方式", "other", "#cfd6de"),
    ("没有反馈", "silent", "#e69f00"),
)
"""Word, key and the colour that the bar on the same page gives it (`assets/tokens.css`)."""


def months(rows: Sequence[Mapping[str, Any]], narrowed: Mapping[str, str]) -> dict[str, Any]:
    """Reminders by month and what was done, as standing bars that lead to the month's reminders."""
    place = reverse("reminders:list")
    return {
        "kind": "months",
        "unit": "条",
        "whole": True,
        "stack": True,
        "categories": [f"{row['month']:%Y-%m}" for row in rows],
        "series": [
            {"name": word, "data": [row[key] for row in rows], "itemStyle": {"color": colour}}
            for word, key, colour in SERIES
            if any(row[key] for row in rows)
        ],
        "links": [f"{place}?{urlencode({**narrowed, 'month': format(row['month'], '%Y-%m')})}" for row in rows],
    }
