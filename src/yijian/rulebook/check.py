"""Everything that must be true of a rule before it may run. Each complaint is one sentence that names rule and line."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from string import Formatter

from sqlglot import exp

from yijian.claims.views import views
from yijian.knowledge.lists import knowledge_lists
from yijian.rulebook import dialect
from yijian.rulebook.examples import Example, load_examples
from yijian.rulebook.rule import Rule, Scalar
from yijian.vocabulary.errors import UserError

KEYS = ("psn_no", "fixmedins_code", "mdtrt_id", "setl_id")
"""Columns of every finding; a rule returns those that its findings have, and at least one, unless it is of the agency."""


HITS, LAWFUL = 2, 2
"""Findings, and examples without any, that a rule's examples show at least."""

WORDS = (("_date", "_day"), ("_time", "_minute"), ("_name", ""))
"""Ends of words in `explain` and of the columns that they are written from; `engine.explain` writes them."""


def list_columns(list_id: str) -> dict[str, str]:
    """Column → SQL type of a list as rules see it: validity is two day numbers."""
    columns = {c.name: c.sql_type for c in knowledge_lists()[list_id].columns}
    return columns | {"valid_from": "INTEGER", "valid_to": "INTEGER"}


def schema_of(rule: Rule) -> dict[str, object]:
    """Table → column → type of all that the rule's SQL may read."""
    schema: dict[str, object] = {n: {c: col.sql_type for c, col in v.columns.items()} for n, v in views().items()}
    schema["subject"] = schema[rule.view.name]
    for number, list_id in enumerate(rule.declaration.knowledge):
        columns = list_columns(list_id)
        schema[f"kb_{list_id}"] = columns
        if number == 0:
            schema["kb"] = columns
    return schema


def bound_query(rule: Rule, values: Mapping[str, Scalar] | None = None) -> exp.Query:
    """The rule's query with its parameters in place. ValueError says in Chinese what is wrong."""
    query = dialect.parse(rule.sql)
    try:
        return dialect.bind(query, dict(values or rule.bound()))
    except KeyError as error:
        raise ValueError(f"SQL 用了 rule.toml 没有声明的参数 ${error.args[0]}") from error


def _check_references(rule: Rule) -> Iterator[str]:
    if rule.scope_words[0] not in views():
        yield f"applies_to 的视图“{rule.scope_words[0]}”不存在，可用：{'、'.join(views())}"
    for list_id in rule.declaration.knowledge:
        if list_id not in knowledge_lists():
            yield f"知识清单“{list_id}”没有声明，见 yijian knowledge list"


def _check_versions(rule: Rule) -> Iterator[str]:
    for before, after in pairwise(rule.versions):
        old, new = before.declaration, after.declaration
        if old.version >= new.version or old.valid_to >= new.valid_from:
            yield f"第 {old.version} 版与第 {new.version} 版的版本号或有效期没有先后相接，一天只能有一版有效"
        if before.scope_words[0] != after.scope_words[0]:
            yield f"第 {old.version} 版与第 {new.version} 版判断的视图不同，请另立规则"


def _check_sql(rule: Rule) -> Iterator[str]:
    file = rule.sql_path.name
    try:
        query = bound_query(rule)
    except ValueError as error:
        yield f"{file}：{error}"
        return
    texts = (rule.sql, *(f"SELECT {t}" for t in filter(None, (rule.scope_words[1], *(n.condition for n in rule.needs)))))
    used = {p.this for text in texts for p in dialect.parse(text).find_all(exp.Placeholder)}
    if unused := set(rule.declaration.parameters) - used:
        yield f"参数 {'、'.join(sorted(unused))} 声明了却没有用"
    for complaint in dialect.unportable(query) or dialect.unknown_columns(query, schema_of(rule)):
        yield f"{file}：{complaint}"
        return
    yield from _check_output(rule, query)
    listed = [t for t in query.find_all(exp.Table) if t.name == "kb" or t.name.startswith("kb_")]
    columns = {c.name for c in query.find_all(exp.Column)}
    if listed and not {"valid_from", "valid_to"} <= columns:
        yield f"{file}：用到知识清单却没有比较 valid_from 与 valid_to：付费按服务当日有效的知识判断"
    if rule.declaration.locality == "person" and any(views()[v].scope != "person" for v in _views_read(query)):
        yield f"{file}：locality 为 person 的规则只能读参保人自己的视图"


def _views_read(query: exp.Query) -> Iterator[str]:
    return (t.name for t in query.find_all(exp.Table) if t.name in views())


def _check_output(rule: Rule, query: exp.Query) -> Iterator[str]:
    file, given = rule.sql_path.name, list(query.named_selects)
    needed = {"amount", "evidence", *rule.declaration.grain}
    if missing := sorted(needed - set(given)):
        yield f"{file}：查询没有返回 {'、'.join(missing)}"
    if rule.declaration.subject != "agency" and not set(KEYS) & set(given):
        yield f"{file}：查询至少要返回 {'、'.join(KEYS)} 之一"
    words = {f for _, f, _, _ in Formatter().parse(rule.declaration.explain) if f}
    for word in sorted(words):
        if not ({word, *(word.removesuffix(s) + t for s, t in WORDS if word.endswith(s))} & set(given)):
            yield f"rule.toml：explain 用了查询没有返回的 {{{word}}}"


def _check_scope(rule: Rule) -> Iterator[str]:
    view, condition = rule.scope_words
    for text in filter(None, (condition, *(n.condition for n in rule.needs))):
        try:
            query = dialect.bind(dialect.parse(f"SELECT 1 AS one FROM {view} WHERE ({text}) IS NOT NULL"), rule.bound())
        except (ValueError, KeyError) as error:
            yield f"rule.toml：“{text}”无法解析：{error}"
            continue
        for complaint in dialect.unportable(query) or dialect.unknown_columns(query, schema_of(rule)):
            yield f"rule.toml：“{text}”{complaint}"
        inner = [s for s in query.find_all(exp.Select) if s is not query and any(s.find_all(exp.AggFunc))]
        if rule.declaration.locality == "person" and any(True for s in inner for _ in _views_read(s)):
            # a bucket holds some persons only: the answer would depend on how many buckets there are
            yield f"rule.toml：“{text}”要看全区的数据才知道，locality 不能是 person"


def _check_examples(rule: Rule, examples: Iterable[Example]) -> Iterator[str]:
    examples = list(examples)
    if (hits := sum(len(e.finds) for e in examples)) < HITS:
        yield f"examples.toml：应命中的只有 {hits} 处，至少 {HITS} 处"
    if (lawful := sum(not e.finds and not e.not_judged for e in examples)) < LAWFUL:
        yield f"examples.toml：合法相似的示例只有 {lawful} 个，至少 {LAWFUL} 个"
    if rule.declaration.needs and not any(e.not_judged for e in examples):
        yield "examples.toml：没有缺值而未能判定的示例"
    tables = {*views(), "kb", *(f"kb_{name}" for name in rule.declaration.knowledge)}
    for example in examples:
        if stray := sorted(set(example.tables) - tables):
            yield f"examples.toml：“{example.name}”用了不存在的表 {'、'.join(stray)}"
        for table, rows in example.tables.items():
            known = set(views()[table].columns) if table in views() else None
            stray = sorted({c for r in rows for c in r} - known) if known else []
            if stray:
                yield f"examples.toml：“{example.name}”的 {table} 没有列 {'、'.join(stray)}"


def check_rule(rule: Rule) -> list[str]:
    """All complaints about one rule, each beginning with its id; empty if it may run."""
    complaints = list(_check_references(rule)) or list(_check_versions(rule))
    if not complaints:
        complaints += [*_check_scope(rule), *_check_sql(rule)]
        try:
            complaints += _check_examples(rule, load_examples(rule.folder))
        except UserError as mistake:
            complaints.append(str(mistake))
    return [f"{rule.id}：{c}" for c in complaints] + [c for earlier in rule.earlier for c in check_rule(earlier)]


def unknown_names(rule: Rule) -> str:
    """The view or list that a rule names and nobody declared, in a sentence, or ''."""
    return next((f"{rule.id}：{complaint}" for complaint in _check_references(rule)), "")


def why_not(rule: Rule) -> str:
    """The first reason for which a rule cannot run, beginning with its id, or ''.

    Less than `check_rule`: whether it is portable and well shown by examples does not stop a run. Asked of rules that failed.
    """
    reason = next(_stops(rule), "")
    return f"{rule.id}：{reason}" if reason else ""


def _stops(rule: Rule) -> Iterator[str]:
    yield from _check_references(rule)
    view, condition = rule.scope_words
    scope = " AND ".join(f"({text})" for text in (condition, *(n.condition for n in rule.needs)) if text) or "TRUE"
    for file, sql in (("rule.toml", f"SELECT 1 AS one FROM {view} WHERE {scope}"), (rule.sql_path.name, rule.sql)):
        try:
            query = dialect.bind(dialect.parse(sql), rule.bound())
        except (ValueError, KeyError) as error:
            yield f"{file}：{error}"
            return
        yield from (f"{file}：{c}" for c in dialect.unknown_columns(query, schema_of(rule)))
        if file != "rule.toml":
            yield from _check_output(rule, query)
