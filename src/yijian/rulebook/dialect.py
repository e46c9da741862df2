"""The portable SQL that rules may use: what DuckDB, SQLite and Spark all can. `rules/CONVENTIONS.md` says it in words.

Three doors: `parse` (one SELECT, or a sentence with the line), `unportable` (what the dialect does not have) and
`unknown_columns` (names that no table has).
"""

import re
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, OptimizeError, ParseError, SqlglotError, UnsupportedError
from sqlglot.optimizer.qualify import qualify

DIALECT = "duckdb"
TARGETS = ("duckdb", "sqlite", "spark")

FUNCTIONS: tuple[type[exp.Expr], ...] = (
    exp.Abs, exp.Avg, exp.Case, exp.Cast, exp.Ceil, exp.Coalesce, exp.Count, exp.DenseRank, exp.Exists, exp.FirstValue,
    exp.Floor, exp.Greatest, exp.GroupConcat, exp.If, exp.Lag, exp.LastValue, exp.Lead, exp.Least, exp.Length, exp.Lower,
    exp.Max, exp.Min, exp.Nullif, exp.Rank, exp.Replace, exp.Round, exp.RowNumber, exp.Substring, exp.Sum, exp.Trim,
    exp.Sqrt, exp.Upper, exp.And, exp.Or,
)  # fmt: skip

FORBIDDEN: dict[type[exp.Expr], str] = {
    exp.Array: "列表",
    exp.Bracket: "下标",
    exp.Lambda: "匿名函数",
    exp.Struct: "结构",
    exp.Unnest: "unnest",
    exp.CurrentDate: "当前日期",
    exp.CurrentTimestamp: "当前时间",
    exp.Interval: "interval（日期在规则中是天数）",
    exp.DateDiff: "日期函数（日期在规则中是天数）",
    exp.Rand: "随机数",
    exp.Limit: "limit",
    exp.Anonymous: "方言之外的函数",
}


def place(node: exp.Expr) -> str:
    """`第 n 行`, as near as the parser knows it, else ''."""
    for part in node.walk():
        if "line" in part.meta:
            return f"第 {part.meta['line']} 行"
    return ""


@lru_cache(8192)
def parse(sql: str) -> exp.Query:
    """The one query of a rule. ValueError with a Chinese sentence if it is none.

    The same text gives the same tree: who changes one works on a copy.
    """
    try:
        statements = [s for s in sqlglot.parse(sql, read=DIALECT) if s is not None]
    except ParseError as error:
        raise ValueError(_syntax(sql, error)) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ValueError("规则必须正好是一条 SELECT")
    for node in statements[0].walk():  # the parser's own count of lines is upset by `$name`, its offsets are not
        if "start" in node.meta:
            node.meta["line"] = sql.count("\n", 0, node.meta["start"]) + 1
    return statements[0]


def _syntax(sql: str, error: ParseError) -> str:
    """What is wrong with the grammar, with the line as counted where `$name` is a plain name of the same length."""
    try:
        sqlglot.parse(re.sub(r"\$(?=[a-z])", "p", sql), read=DIALECT)
    except ParseError as plain:
        error = plain
    first = error.errors[0] if error.errors else {}
    return f"第 {first.get('line', '?')} 行附近语法有误：{first.get('description', error)}"


def unportable(query: exp.Expr) -> list[str]:
    """A sentence for each thing the portable dialect does not have, with its line."""
    complaints: list[str] = []
    for node in query.walk():
        word = next((w for kind, w in FORBIDDEN.items() if isinstance(node, kind)), None)
        if isinstance(node, exp.With) and node.args.get("recursive"):
            word = "WITH RECURSIVE"
        if word:
            complaints.append(f"{place(node)}用了通用方言没有的写法：{word}（{node.sql(DIALECT)[:60]}）")
        elif isinstance(node, exp.Func) and not isinstance(node, FUNCTIONS):
            complaints.append(f"{place(node)}用了通用方言没有的函数：{node.sql_name()}")
    complaints += [
        f"{place(sub)}具名窗口后面做减法须加括号：(… OVER w) - …"  # Spark reads `over w - x` as a window named w-x
        for sub in query.find_all(exp.Sub)
        if isinstance(sub.this, exp.Window) and sub.this.args.get("alias")
    ]
    for call in query.find_all(exp.GroupConcat):
        by = call.this.expressions if isinstance(call.this, exp.Order) else []
        if len(by) != 1 or by[0].this != next(iter(call.this.this.expressions), call.this.this):
            complaints.append(f"{place(call)}string_agg 必须按它所连接的值排序（{call.sql(DIALECT)[:60]}）")
    if not complaints:
        for target in TARGETS:
            try:
                query.sql(dialect=target, unsupported_level=ErrorLevel.RAISE)
            except UnsupportedError as error:
                complaints.append(f"不能译成 {target}：{error}")
    return complaints


def unknown_columns(query: exp.Expr, schema: dict[str, object]) -> list[str]:
    """A sentence for the first column or table that does not exist, with its line. `schema`: table → column → type."""
    known_tables = set(schema) | {c.alias_or_name for c in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        if table.name not in known_tables:
            return [f"{place(table)}引用了不存在的表“{table.name}”"]
    try:
        qualify(
            query.copy(),
            schema=schema,
            dialect=DIALECT,
            quote_identifiers=False,
            validate_qualify_columns=True,
            identify=False,
        )
    except OptimizeError as error:
        name = str(error).rpartition(":")[2].strip().split(" ")[0].strip("'\"").rpartition(".")[2]
        lines = [c.this.meta["line"] for c in query.find_all(exp.Column) if c.name == name and "line" in c.this.meta]
        return [f"{f'第 {lines[0]} 行' if lines else ''}引用了不存在或含糊的列“{name}”"]
    except SqlglotError as error:
        return [f"列名无法解析：{error}"]
    return []


def literal(value: int | float | str) -> exp.Expr:
    """A parameter's value as SQL."""
    return exp.Literal.string(value) if isinstance(value, str) else exp.Literal.number(value)


def bind(query: exp.Query, values: dict[str, int | float | str]) -> exp.Query:
    """A copy of the query with every `$name` replaced by its value. KeyError names a parameter that nobody declared."""

    def replace(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Placeholder) and isinstance(node.this, str):
            return literal(values[node.this])
        return node

    bound = query.transform(replace)
    assert isinstance(bound, exp.Query)  # only leaves were replaced
    return bound
