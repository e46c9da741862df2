"""In which order files are begun."""

from collections import Counter

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes is begun first, then browsers, then the larger files: no core waits at the end for the last one.

    `--no-loadscope-reorder` keeps pytest-xdist from sorting by the number of tests alone.
    """
    size = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[int, int, str]:
        rank = next((n for n, mark in enumerate(("long", "browser")) if item.get_closest_marker(mark)), 2)
        return rank, -size[item.path], str(item.path)

    items.sort(key=place)
