"""An inspection as a phone keeps it."""

from typing import Any

from django.utils import timezone

from yijian.web.inspections.kinds import ANSWERS
from yijian.web.inspections.models import Inspection
from yijian.web.inspections.queries import items_of
from yijian.web.inspections.steps import WORDS


def carried(one: Inspection) -> dict[str, Any]:
    """What it is, and each item with its entries, newest first. No certificate and nobody's number; colleagues by name."""
    return {
        "id": one.pk,
        "number": one.number,
        "title": one.title,
        "who": one.who,
        "open": one.state == "on_site",
        "state": WORDS[one.state],
        "answers": ANSWERS,
        "evidence": one.evidence.count(),  # type: ignore[attr-defined]
        "items": [
            {
                "id": item.pk,
                "group": item.group,
                "what": item.what,
                "how": item.how,
                "contested": item.contested,
                "entries": [
                    {
                        "id": str(entry.pk),
                        "answer": entry.answer,
                        "note": entry.note,
                        "by": entry.by.display_name,
                        "at": f"{timezone.localtime(entry.at):%m-%d %H:%M}",
                    }
                    for entry in item.said  # type: ignore[attr-defined]
                ],
            }
            for item in items_of(one)
        ],
    }
