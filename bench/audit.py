"""Judging: all rules with evidence over a city, beside a bare scan, per-rule queries, Spark and a row engine."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from bench.measure import ROOT, Measured, run, show

LINES_PER_PERSON = 60

AUDIT = """
import time
from pathlib import Path
from yijian.engine.audit import audit
from yijian.engine.findings import read_coverage
from yijian.rulebook.library import load_rules
from yijian.vocabulary.home import Home
home, spent, last = Home(Path(sys.argv[1])), {}, [time.perf_counter()]
def watch(done, of, what):
    now = time.perf_counter()
    name = what.split(" ")[-1]
    spent[name] = spent.get(name, 0.0) + now - last[0]
    last[0] = now
begun = time.perf_counter()
done = audit(home, load_rules(), on_progress=watch)
took = time.perf_counter() - begun
# the first call of a bucket comes before its data is read, so reading is counted with the rule that runs first
rows = read_coverage(home, done)
answer({"seconds": took, "spent": spent, "findings": sum(r.findings for r in rows), "errors": [r.error for r in rows if r.error]})
"""

SCAN = """
import time, duckdb
from pathlib import Path
from yijian.claims.lake import Lake
from yijian.engine.audit import columns_wanted
from yijian.engine.bind import bind
from yijian.knowledge.store import KnowledgeStore
from yijian.rulebook.library import load_rules
from yijian.vocabulary.home import Home
import sqlglot
from sqlglot import exp
from yijian.claims.views import views
home = Home(Path(sys.argv[1]))
files = [str(p) for p in Lake.open(home).snapshot().files("fee_list_d")]
lake = {c[0] for c in duckdb.sql(f"describe select * from read_parquet({files})").fetchall()}
named = {c.name for c in sqlglot.parse_one(views()["fee_line"].sql, read="duckdb").find_all(exp.Column)}
used = sorted(lake & named)
begun = time.perf_counter()
duckdb.sql("select " + ", ".join(f"sum(hash({c}))" for c in used) + f" from read_parquet({files})").fetchall()
answer({"seconds": time.perf_counter() - begun, "columns": len(used)})
"""

NAIVE = """
import time, duckdb
from pathlib import Path
from yijian.claims.lake import Lake
from yijian.claims.tables import tables
from yijian.claims.views import views
from yijian.engine.backends.duckdb import Session
from yijian.engine.bind import bind, closure
from yijian.engine.compile import compile_rule
from yijian.engine.audit import tables_read
from yijian.knowledge.store import KnowledgeStore
from yijian.rulebook.library import load_rules
from yijian.vocabulary.home import Home
home = Home(Path(sys.argv[1]))
snap, store, spent = Lake.open(home).snapshot(), KnowledgeStore.open(home), {}
for rule in load_rules().values():
    bound = bind(rule, store)
    begun = time.perf_counter()
    with Session(home.findings / "tmp", "12GB") as session:
        db = session._db
        for list_id in bound.lists:
            session.load_list(list_id, store.path(list_id))
        for name in tables_read(bound):
            session._table(tables()[name], snap.files(name))
        for name in [v for v in views() if v in closure(bound.views_read())]:
            db.execute(f"CREATE TEMP VIEW {name} AS {views()[name].sql}")
        rows = session.table(compile_rule(bound).found).num_rows
    spent[rule.id] = time.perf_counter() - begun
answer({"seconds": sum(spent.values()), "spent": spent})
"""

SPARK = """
import time
from pathlib import Path
import sqlglot
from pyspark.sql import SparkSession
from pyspark.sql.utils import AnalysisException
from yijian.claims.lake import Lake
from yijian.claims.views import views
from yijian.claims.tables import tables
from yijian.engine.bind import bind, closure
from yijian.engine.compile import compile_rule
from yijian.engine.audit import tables_read
from yijian.knowledge.store import KnowledgeStore
from yijian.rulebook.check import list_columns
from yijian.rulebook.library import load_rules
from yijian.vocabulary.home import Home
home = Home(Path(sys.argv[1]))
snap, store = Lake.open(home).snapshot(), KnowledgeStore.open(home)
spark = (SparkSession.builder.master("local[2]").config("spark.driver.memory", "8g").config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "16").config("spark.sql.session.timeZone", "UTC").getOrCreate())
spark.sparkContext.setLogLevel("OFF")
for name in tables():
    paths = [str(p) for p in snap.files(name)]
    if paths: spark.read.parquet(*paths).createOrReplaceTempView(name)
for name, view in views().items():
    try: spark.sql(sqlglot.transpile(view.sql, read="duckdb", write="spark")[0]).createOrReplaceTempView(name)
    except AnalysisException as e: print(name, str(e)[:200], file=sys.stderr)
spent, failed = {}, {}
for rule in load_rules().values():
    bound = bind(rule, store)
    for list_id in bound.lists:
        columns = [f"datediff({c}, date'1970-01-01') as {c}" if c in ("valid_from", "valid_to") else c for c in list_columns(list_id)]
        spark.read.parquet(str(store.path(list_id))).selectExpr(*columns).createOrReplaceTempView(f"kb_{list_id}")
    begun = time.perf_counter()
    try:
        spark.sql(compile_rule(bound, "spark").found).write.format("noop").mode("overwrite").save()
        spent[rule.id] = time.perf_counter() - begun
    except Exception as e:
        failed[rule.id] = str(e).splitlines()[0][:100]
answer({"spent": spent, "failed": failed})
"""

ZEN = """
import time, duckdb, json
from pathlib import Path
import zen
from yijian.claims.lake import Lake
from yijian.vocabulary.home import Home
home = Home(Path(sys.argv[1]))
files = [str(p) for p in Lake.open(home).snapshot().files("fee_list_d", 0)]
rows = duckdb.sql(f"select cnt::double as cnt, pric::double as pric, det_item_fee_sumamt::double as amount from read_parquet({files}) limit 100000").to_arrow_table().to_pylist()
model = {"nodes": [
    {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
    {"id": "e", "type": "expressionNode", "name": "e", "position": {"x": 0, "y": 0}, "content": {"expressions": [{"id": "1", "key": "wrong", "value": "abs(cnt * pric - amount) > 0.05"}]}},
    {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}}],
  "edges": [{"id": "a", "sourceId": "in", "targetId": "e", "type": "edge"}, {"id": "b", "sourceId": "e", "targetId": "out", "type": "edge"}]}
decision = zen.ZenEngine().create_decision(json.dumps(model))
begun = time.perf_counter()
for row in rows: decision.evaluate(row)
row_engine = (time.perf_counter() - begun) / len(rows)
answer({"per_line": row_engine, "rows": len(rows)})
"""


def yijian(*arguments: object) -> None:
    """The command line, as a user calls it."""
    subprocess.run([sys.executable, "-W", "ignore", "-m", "yijian.cli", *map(str, arguments)], check=True, cwd=ROOT,
                   env={"PYTHONPATH": f"{ROOT}/src", "PATH": "/usr/bin:/bin"})  # fmt: skip


def prepared(folder: Path, lines: int) -> Path:
    """A home with a city of about so many fee lines, imported; made once and kept."""
    persons = max(lines // LINES_PER_PERSON, 2000)
    home, city = folder / f"home-{lines}", folder / f"city-{lines}"
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        if not city.exists():
            yijian("city", city, "--persons", persons, "--seed", 1, "--parquet")
        yijian("import", city, "--home", home)
        yijian("knowledge", "import", city / "knowledge", "--home", home)
        (home / "ready").touch()
        shutil.rmtree(city)
    return home


def judged(home: Path) -> Measured:
    """A full run from nothing."""
    shutil.rmtree(home / "findings", ignore_errors=True)
    return run(AUDIT, home)


def main(folder: Path, sizes: list[int], beside: bool) -> None:
    """Print the tables for each size; the alternatives run beside the first."""
    rows, first = [], None
    for lines in sizes:
        home = prepared(folder, lines)
        exact = json.loads(run("from pathlib import Path\nfrom yijian.claims.lake import Lake\nfrom yijian.vocabulary.home import Home\n"
                               "answer(Lake.open(Home(Path(sys.argv[1]))).snapshot().rows('fee_list_d'))", home).answer.__repr__())  # fmt: skip
        scan, ours = run(SCAN, home), judged(home)
        seconds = ours.answer["seconds"]
        rows.append((
            f"{exact:,}", f"{seconds:.1f}", f"{exact / seconds:,.0f}", f"{ours.peak_gb:.1f}", f"{ours.answer['findings']:,}",
            f"{scan.answer['seconds']:.2f}", f"{seconds / scan.answer['seconds']:.1f}", "、".join(ours.answer["errors"]) or "0",
        ))  # fmt: skip
        first = first or (home, ours, exact)
    show(
        "Judging: all rules, with evidence",
        ("fee lines", "s", "lines/s", "peak GB", "findings", "scan s", "scans", "errors"),
        rows,
    )
    if first and beside:
        _beside(*first)


def _beside(home: Path, ours: Measured, lines: int) -> None:
    naive, spark, zen = run(NAIVE, home), run(SPARK, home), run(ZEN, home)
    spent, per_rule = ours.answer["spent"], naive.answer["spent"]
    done = spark.answer["spent"]
    show(
        f"Seconds per rule, {lines:,} lines",
        ("rule", "ours", "one query over one table", "Spark local[2]"),
        [(r, f"{spent.get(r, 0):.2f}", f"{s:.2f}", f"{done[r]:.2f}" if r in done else f"failed: {spark.answer['failed'][r]}") for r, s in sorted(per_rule.items())],
    )  # fmt: skip
    ours_s = ours.answer["seconds"]
    row_engine = zen.answer["per_line"] * lines
    show(
        "Beside ours in the same run (ours = 1.0; ours includes evidence, coverage and writing)",
        ("alternative", "s", "times ours"),
        [
            ("per-rule queries over one unbucketed table, DuckDB", f"{naive.answer['seconds']:.1f}", f"{naive.answer['seconds'] / ours_s:.1f}"),
            (f"Spark local[2], the {len(done)} rules that ran", f"{sum(done.values()):.1f}", f"{sum(done.values()) / ours_s:.1f}"),
            ("zen-engine, one row rule (amount_arithmetic), extrapolated", f"{row_engine:.1f}", f"{row_engine / max(spent['amount_arithmetic'], 0.001):.1f} × that rule"),
        ],
    )  # fmt: skip
