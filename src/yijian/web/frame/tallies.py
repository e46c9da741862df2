"""How many records stand in which state: the sentence above a list."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, QuerySet


def tally(words: Mapping[str, str], *parts: "QuerySet[Any]") -> list[dict[str, Any]]:
    """state, word, n of the records of these queries together, in the order of the states; words: state → its title.

    Counted by area and state, so that an index on both answers it in its order.
    """
    counts: Counter[str] = Counter()
    for rows in parts:
        for _, state, n in rows.order_by().values_list("area", "state").annotate(n=Count("pk")):
            counts[state] += n
    return [{"state": state, "word": words[state], "n": counts[state]} for state in words if counts[state]]
