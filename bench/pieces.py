"""What is measured, one function each; `bench.measure.run` calls them in processes of their own."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import sqlglot

from yijian.city.schemes import RULES
from yijian.claims.lake import Lake
from yijian.claims.tables import tables
from yijian.claims.views import views
from yijian.engine.audit import audit
from yijian.engine.backends import QueryFailed
from yijian.engine.backends.duckdb import Session
from yijian.engine.bind import bind, closure, columns_of_view
from yijian.engine.compile import compile_rule
from yijian.engine.findings import read_coverage
from yijian.engine.planning import tables_read
from yijian.knowledge.store import KnowledgeStore
from yijian.rulebook.check import list_columns
from yijian.rulebook.library import load_rules
from yijian.rulebook.rule import Rule
from yijian.vocabulary.home import Home


def judged_rules() -> dict[str, Rule]:
    """The rules that the city has schemes for: the same set whatever else the rulebook grows."""
    loaded = load_rules()
    return {rule: loaded[rule] for rule in RULES}


def lines(home: str) -> int:
    """Fee lines in the lake."""
    return Lake.open(Home(Path(home))).snapshot().rows("fee_list_d")


def judge(home: str) -> dict[str, Any]:
    """Ours: all rules with evidence rows, coverage and writing. Reading a bucket is named apart from the rules."""
    spent: dict[str, float] = {}
    state = {"at": time.perf_counter(), "what": "start"}

    def watch(_done: int, _all: int, what: str) -> None:
        now, name = time.perf_counter(), what.split(" ")[-1]
        spent[name] = spent.get(name, 0.0) + now - state["at"]
        state["at"] = now

    begun = time.perf_counter()
    rows = read_coverage(Home(Path(home)), audit(Home(Path(home)), judged_rules(), on_progress=watch))
    return {
        "seconds": time.perf_counter() - begun,
        "spent": spent,
        "findings": sum(r.findings for r in rows),
        "errors": [f"{r.rule}: {r.error}" for r in rows if r.error],
    }


def scan(home: str) -> dict[str, Any]:
    """One full scan of the fee line columns that the rules' view reads: sum(hash(column)) of each."""
    files = [str(p) for p in Lake.open(Home(Path(home))).snapshot().files("fee_list_d")]
    used = [c.name for c in tables()["fee_list_d"].lake_columns if c.name in columns_of_view("fee_line")]
    begun = time.perf_counter()
    duckdb.sql(f"SELECT {', '.join(f'sum(hash({c}))' for c in used)} FROM read_parquet({files})").fetchall()
    return {"seconds": time.perf_counter() - begun, "columns": len(used)}


def per_rule(home: str) -> dict[str, Any]:
    """The same rules as straightforward queries, each over whole tables: no buckets, nothing shared; 12 GB of memory.

    Seconds by rule, and the first words of each failure.
    """
    place = Home(Path(home))
    snapshot, store = Lake.open(place).snapshot(), KnowledgeStore.open(place)
    spent, failed = dict[str, float](), dict[str, str]()
    for rule in judged_rules().values():
        bound = bind(rule, store)
        begun = time.perf_counter()
        with Session(place.findings / "tmp", "12GB") as session:
            for list_id in bound.lists:
                session.load_list(list_id, store.path(list_id))
            for name in tables_read(bound):
                paths = [str(p) for p in snapshot.files(name)]
                columns = ", ".join(f"NULL::{c.sql_type} AS {c.name}" for c in tables()[name].lake_columns)
                source = f"* FROM read_parquet({paths})" if paths else f"{columns} WHERE FALSE"
                session.rows(f"CREATE TEMP VIEW {name} AS SELECT {source}")
            needed = closure(bound.views_read)
            for name, view in views().items():
                if name in needed:
                    session.rows(f"CREATE TEMP VIEW {name} AS {view.sql}")
            try:
                session.table(compile_rule(bound).found)
                spent[rule.id] = time.perf_counter() - begun
            except QueryFailed as error:
                failed[rule.id] = str(error)[:120]
    return {"spent": spent, "failed": failed}


def spark(home: str) -> dict[str, Any]:
    """The same rules on Spark local[2] over the same files. Seconds by rule, and the first words of each failure."""
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    place = Home(Path(home))
    snapshot, store = Lake.open(place).snapshot(), KnowledgeStore.open(place)
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "8g")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "16")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    for name in tables():
        if paths := [str(p) for p in snapshot.files(name)]:
            session.read.parquet(*paths).createOrReplaceTempView(name)
    spent, failed = dict[str, float](), dict[str, str]()
    for name, view in views().items():
        try:
            session.sql(sqlglot.transpile(view.sql, read="duckdb", write="spark")[0]).createOrReplaceTempView(name)
        except PySparkException as error:
            failed[name] = str(error).splitlines()[0][:120]
    for rule in judged_rules().values():
        bound = bind(rule, store)
        for list_id in bound.lists:
            days = {"valid_from", "valid_to"}
            columns = [f"datediff({c}, date'1970-01-01') AS {c}" if c in days else c for c in list_columns(list_id)]
            session.read.parquet(str(store.path(list_id))).selectExpr(*columns).createOrReplaceTempView(f"kb_{list_id}")
        begun = time.perf_counter()
        try:
            session.sql(compile_rule(bound, "spark").found).write.format("noop").mode("overwrite").save()
            spent[rule.id] = time.perf_counter() - begun
        except PySparkException as error:
            failed[rule.id] = str(error).splitlines()[0][:120]
    return {"spent": spent, "failed": failed}


def row_engine(home: str) -> dict[str, float]:
    """zen-engine on a row rule (amount_arithmetic): seconds a line over 100,000 lines."""
    import zen

    files = [str(p) for p in Lake.open(Home(Path(home))).snapshot().files("fee_list_d")[:1]]
    rows = (
        duckdb.sql(
            "SELECT cnt::DOUBLE AS cnt, pric::DOUBLE AS pric, det_item_fee_sumamt::DOUBLE AS amount "
            f"FROM read_parquet({files}) LIMIT 100000"
        )
        .to_arrow_table()
        .to_pylist()
    )
    place = {"x": 0, "y": 0}
    wrong = {"id": "1", "key": "wrong", "value": "abs(cnt * pric - amount) > 0.05"}
    model = {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": place},
            {"id": "rule", "type": "expressionNode", "name": "rule", "position": place, "content": {"expressions": [wrong]}},
            {"id": "out", "type": "outputNode", "name": "out", "position": place},
        ],
        "edges": [
            {"id": "a", "sourceId": "in", "targetId": "rule", "type": "edge"},
            {"id": "b", "sourceId": "rule", "targetId": "out", "type": "edge"},
        ],
    }
    decision = zen.ZenEngine().create_decision(json.dumps(model))
    begun = time.perf_counter()
    for row in rows:
        decision.evaluate(row)
    return {"per_line": (time.perf_counter() - begun) / len(rows)}


if __name__ == "__main__":
    _, target, piece, *arguments = sys.argv
    Path(target).write_text(json.dumps(globals()[piece](*arguments)), encoding="utf-8")
