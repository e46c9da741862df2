"""A city of 20,000 judged by DuckDB and by Spark: the same findings and the same ledger. It takes minutes; CI runs it."""

import os
from pathlib import Path

import pytest

from tests.spark import needs_spark
from yijian.city.generate import make_city
from yijian.claims.intake import import_files
from yijian.engine.audit import audit
from yijian.engine.findings import read_coverage, read_findings
from yijian.knowledge.importing import import_knowledge
from yijian.rulebook.library import load_rules
from yijian.vocabulary.home import Home

PERSONS = 20_000


@needs_spark
@pytest.mark.long
@pytest.mark.skipif(not os.environ.get("CI"), reason="要数分钟，由 .ci/run 运行（CI=1）")
def test_both_engines_find_the_same_in_a_city_and_count_the_same(tmp_path: Path) -> None:
    city, home, rules = tmp_path / "city", Home(tmp_path / "home"), load_rules()
    make_city(city, persons=PERSONS, seed=5, parquet=True)
    import_files(home, [city], None)
    import_knowledge(home, [city / "knowledge"])
    duckdb, spark = audit(home, rules), audit(home, rules, engine="spark", master="local[2]")
    assert [row.error for row in read_coverage(home, spark)] == [""] * len(rules)
    ours, theirs = (read_findings(home, run).sort_by("finding_id").to_pylist() for run in (duckdb, spark))
    assert len(ours) > PERSONS // 20
    assert theirs == ours
    assert read_coverage(home, spark) == read_coverage(home, duckdb)
