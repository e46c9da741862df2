"""Spark: all payments on a cluster. The whole area at once; Spark cuts the work itself.

PySpark is an extra (`pip install yijian[spark]`) and is imported only here. Lists go in as small tables, the lake's files are
read where they lie, views are cached because a dozen rules read them.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from sqlglot import exp

from yijian.claims.lake import DistantSnapshot
from yijian.claims.tables import tables
from yijian.claims.views import views
from yijian.engine.backends import QueryFailed, judgeable, pruned
from yijian.rulebook import dialect
from yijian.rulebook.check import list_columns
from yijian.vocabulary.errors import UserError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

DIALECT = "spark"


SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "16",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}

FEW_ROWS = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""For examples: planning and compiling cost more than the rows."""


def _to_spark(sql: str) -> str:
    return sqlglot.transpile(sql, read=dialect.DIALECT, write=DIALECT)[0]


class Session:
    """One Spark application; a context manager. `master` as Spark takes it (`local[*]`, `yarn`, `spark://…`)."""

    dialect = DIALECT
    side_by_side = 1

    def __init__(self, master: str = "local[*]", memory: str = "5GB", settings: Mapping[str, str] = MappingProxyType({})) -> None:
        try:
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise UserError("没有安装 PySpark", do="请运行 pip install 'yijian[spark]'，并准备 Java 17 以上") from error
        self._failure: tuple[type[Exception], ...] = (PySparkException, _java_error())
        builder = SparkSession.builder.master(master).appName("yijian")
        for name, value in ({**SETTINGS, "spark.driver.memory": memory.upper().removesuffix("B")} | dict(settings)).items():
            builder = builder.config(name, value)
        self._spark = builder.getOrCreate()
        self._spark.sparkContext.setLogLevel("OFF")
        self._cached: list[DataFrame] = []

    @classmethod
    def for_examples(cls) -> "Session":
        """One for a few rows at a time: nothing is spread, nothing is compiled.

        Its memory is that of all: a process has one Java machine, and the next session in it may judge an area.
        """
        return cls("local[1]", settings=FEW_ROWS)

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self._spark.stop()

    def distant_lake(self, url: str) -> DistantSnapshot:
        """The newest commit of a lake on any file system that Spark reads. UserError where there is none."""
        try:
            return DistantSnapshot.read(url, self._read, self._names)
        except self._failure as error:
            raise UserError(f"读不到数据湖：{_words(error)}", where=url, do="请检查地址、权限与 Spark 的存储配置") from error

    def _path(self, url: str) -> Any:
        """A path and its file system, as Hadoop sees them: PySpark has no call of its own for files."""
        path: Any = self._spark._jvm.org.apache.hadoop.fs.Path(url)  # pyright: ignore
        system: Any = path.getFileSystem(self._spark._jsc.hadoopConfiguration())  # pyright: ignore
        if not system.exists(path):
            raise FileNotFoundError(url)
        return path, system

    def _read(self, url: str) -> bytes:
        self._path(url)
        rows = self._spark.read.format("binaryFile").load(url).select("content").collect()
        return bytes(rows[0][0])

    def _names(self, url: str) -> list[str]:
        path, system = self._path(url)
        return [status.getPath().getName() for status in system.listStatus(path)]

    def load_list(self, list_id: str, path: Path | None) -> None:
        """The list as `kb_<list>`: validity as day numbers, points that still need a person left out."""
        columns, days = list_columns(list_id), {"valid_from", "valid_to"}
        if path is None:
            self.put_rows(f"kb_{list_id}", columns, ())
            return
        selected = ", ".join(f"DATEDIFF({c}, DATE '1970-01-01') AS {c}" if c in days else c for c in columns)
        self._spark.createDataFrame(pq.read_table(path)).createOrReplaceTempView(f"stored_{list_id}")
        self._sql(f"SELECT {selected} FROM stored_{list_id} WHERE {judgeable(list_id)}").createOrReplaceTempView(f"kb_{list_id}")

    def load_views(self, wanted: Mapping[str, set[str]], files: Mapping[str, Sequence[str]], listed: Iterable[str] = (),
        gathered: Mapping[str, str] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """The views over the lake's files, with the columns that some rule names. `listed`, `gathered`: for other engines."""

        self.drop_views()
        for name, paths in files.items():
            if paths:
                self._spark.read.parquet(*paths).createOrReplaceTempView(name)
            else:
                self.put_rows(name, {c.name: c.sql_type for c in tables()[name].lake_columns}, ())
        for name, view in views().items():
            if name in wanted:
                frame = self._sql(_to_spark(pruned(view, wanted[name]).sql(dialect.DIALECT))).cache()
                frame.createOrReplaceTempView(name)
                self._cached.append(frame)

    def drop_views(self) -> None:
        """Let go of what `load_views` keeps in memory."""
        for frame in self._cached:
            frame.unpersist()
        self._cached.clear()

    def put_rows(self, name: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        """A view of given rows, for examples and empty tables; `columns` maps name to SQL type."""
        types = {c: "STRING" if t == "VARCHAR" else t for c, t in columns.items()}
        given = [f"({', '.join(_literal(row.get(c)) for c in columns)})" for row in rows]
        names = ", ".join(f"c{n}" for n in range(len(types)))
        # Written into the query, not sent as data: Spark then plans examples of a few rows without starting jobs.
        source = (
            f"VALUES {', '.join(given)} AS t({names})" if given else f"(SELECT {', '.join('NULL' for _ in types)}) AS t({names})"
        )
        selected = ", ".join(f"CAST(c{n} AS {t}) AS {c}" for n, (c, t) in enumerate(types.items()))
        self._sql(f"SELECT {selected} FROM {source}{'' if given else ' WHERE FALSE'}").createOrReplaceTempView(name)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer as Python rows, for small ones."""
        try:
            return [tuple(r) for r in self._sql(sql).collect()]
        except self._failure as error:
            raise QueryFailed(_words(error)) from error

    def table(self, sql: str) -> pa.Table:
        """The answer as an Arrow table."""
        try:
            return self._sql(sql).toArrow()
        except self._failure as error:
            raise QueryFailed(_words(error)) from error

    def days(self, view: str, key: str, day: str, keys: Sequence[str]) -> dict[str, int | None]:
        """Of these rows of a view their day numbers; a key that is not there is not in the answer."""
        self._spark.createDataFrame(pa.table({"asked_key": pa.array(keys, pa.string())})).createOrReplaceTempView("asked")
        query = f"SELECT {key}, {day} FROM {view} LEFT SEMI JOIN asked ON asked_key = {key}"
        return dict(self.rows(query))

    def _sql(self, sql: str) -> "DataFrame":
        try:
            return self._spark.sql(sql)
        except self._failure as error:
            raise QueryFailed(_words(error)) from error


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return exp.convert(value).sql(DIALECT)


def _java_error() -> type[Exception]:
    from py4j.protocol import Py4JJavaError

    return Py4JJavaError


def _words(error: Exception) -> str:
    """The first line that says something."""
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)[:300]
