"""One small city for all tests of the part, and its files as DuckDB tables."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from yijian.city.generate import make_city

PERSONS, SEED = 2_000, 7


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of 2,000 people as CSV."""
    folder = tmp_path_factory.mktemp("city") / "c"
    make_city(folder, persons=PERSONS, seed=SEED)
    return folder


@pytest.fixture(scope="session")
def files(city: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Each CSV as a table of text columns; `labels` too. Corrections are a table of their own."""
    with duckdb.connect() as db:
        for path in sorted(city.glob("*.csv")):
            db.execute(f"CREATE TABLE {path.stem} AS FROM read_csv('{path}', all_varchar=true, header=true)")
        yield db
