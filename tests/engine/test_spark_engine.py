"""Spark in local mode gives the findings that DuckDB gives, one by one."""

import pytest

from tests.engine.conftest import together, visit, write_lake
from tests.spark import needs_spark
from yijian.engine.audit import audit
from yijian.engine.findings import read_coverage, read_findings
from yijian.rulebook.library import load_rules
from yijian.vocabulary.errors import UserError

RULES = load_rules()
STAY = {"med_type": "21", "begntime": "2025-06-02 09:00:00", "endtime": "2025-06-09 10:00:00", "dscg_maindiag_code": "J18.900"}
AGAIN = STAY | {"begntime": "2025-06-12 09:00:00", "endtime": "2025-06-15 10:00:00"}
TWICE = STAY | {"begntime": "2025-06-05 09:00:00", "endtime": "2025-06-20 10:00:00", "fixmedins_code": "H2"}


@needs_spark
def test_both_engines_find_the_same_and_count_the_same(home):
    wrong = {"cnt": "2", "pric": "100", "det_item_fee_sumamt": "250.00"}
    late = {"crte_time": "2025-06-10 08:00:00"}
    write_lake(
        home,
        together(
            visit("P1", "1", [wrong, late], **STAY),
            visit("P1", "2", [{}], **AGAIN),
            visit("P1", "3", [{"crte_time": None}], **TWICE),
            visit("P2", "4", [wrong | {"prd_days": "90"}], med_type="11"),
            visit("P2", "5", [{"prd_days": "90"}], med_type="11"),
        ),
    )
    rules = {
        r: RULES[r] for r in ("amount_arithmetic", "late_upload", "overlapping_admissions", "sham_admission", "excess_dispensing")
    }
    spark = audit(home, rules, engine="spark", master="local[1]")
    theirs, their_counts = read_findings(home, spark), read_coverage(home, spark)
    duckdb = audit(home, rules)
    ours = read_findings(home, duckdb)
    assert [r.error for r in their_counts] == [""] * len(rules)
    assert theirs.sort_by("finding_id").to_pylist() == ours.sort_by("finding_id").to_pylist()
    assert ours.num_rows >= 6
    assert their_counts == read_coverage(home, duckdb)


def test_an_unknown_engine_is_one_sentence(home):
    write_lake(home, visit("P1", "1"))
    with pytest.raises(UserError, match="没有引擎"):
        audit(home, {"late_upload": RULES["late_upload"]}, engine="oracle")


@needs_spark
def test_a_lake_that_lies_elsewhere_is_judged_into_this_home(home, tmp_path):
    """Any URL that Spark reads; here a file URL, read through the same file system calls as hdfs:// and s3a://."""
    write_lake(home, visit("P1", "1", [{"cnt": "2", "pric": "100", "det_item_fee_sumamt": "250.00"}]))
    rules = {"amount_arithmetic": RULES["amount_arithmetic"]}
    ours = read_findings(home, audit(home, rules)).to_pylist()
    home.lake.rename(tmp_path / "elsewhere")
    run = audit(home, rules, engine="spark", master="local[1]", lake=f"file://{tmp_path}/elsewhere")
    assert read_findings(home, run).to_pylist() == ours
    with pytest.raises(UserError, match="没有数据湖"):
        audit(home, rules, engine="spark", master="local[1]", lake=f"file://{tmp_path}/nowhere")


def test_only_spark_reads_a_lake_that_lies_elsewhere(home):
    with pytest.raises(UserError, match="--engine spark"):
        audit(home, {}, lake="hdfs://namenode/lake")
