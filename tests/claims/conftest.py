"""Fixtures of the claims tests; their cast stands in `claims_cast.py`."""

from pathlib import Path

import pytest

from tests.claims.claims_cast import Bureau


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    """A bureau with an empty installation."""
    return Bureau(tmp_path)
