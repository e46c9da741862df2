"""bind: a rule with the parameters and knowledge lists that are in force."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Protocol

from sqlglot import exp

from yijian.claims.views import View, views
from yijian.rulebook import dialect
from yijian.rulebook.check import bound_query
from yijian.rulebook.rule import Need, Rule, Scalar
from yijian.vocabulary.days import day_number


class Knowledge(Protocol):
    """What binding must know of the lists: a hash of each one's content, 'empty' where nothing was imported."""

    def digest(self, list_id: str) -> str: ...


@dataclass(frozen=True)
class BoundRule:
    """A rule ready to compile. `missing` names lists that nobody imported: none of its rows can be judged then."""

    rule: Rule
    query: exp.Query
    applies: str
    needs: tuple[Need, ...]
    lists: tuple[str, ...]
    missing: tuple[str, ...]
    rule_hash: str
    knowledge_hash: str

    @property
    def view(self) -> View:
        return self.rule.view

    @cached_property
    def views_read(self) -> frozenset[str]:
        """The views that the query and the scope read."""
        scope = dialect.parse(f"SELECT 1 AS one FROM x WHERE {self.applies}")
        named = {t.name for tree in (self.query, scope) for t in tree.find_all(exp.Table)}
        return frozenset(named & set(views()) | {self.view.name})

    @cached_property
    def _scope(self) -> tuple[str, str]:
        """`applies` taken apart where it says `code IN (SELECT code FROM kb_<list>)`: the list, and what else it says."""
        parts = conjuncts(dialect.parse(f"SELECT 1 AS one FROM x WHERE {self.applies}").args["where"].this)
        for part in parts:
            if self.view.name == "fee_line" and (name := _code_in_list(part)):
                rest = [p.sql(dialect.DIALECT) for p in parts if p is not part]
                return name, " AND ".join(f"({r})" for r in rest) or "TRUE"
        return "", self.applies

    @property
    def scope_list(self) -> str:
        """The list whose codes alone the rule speaks of; '' if there is none."""
        return self._scope[0]

    @property
    def applies_within_list(self) -> str:
        """`applies` for rows of which it is known that their code stands in `scope_list`."""
        return self._scope[1]

    @cached_property
    def columns_named(self) -> frozenset[str]:
        """Every column name that the rule mentions anywhere: no other column need be loaded for it."""
        texts = [self.applies, *(n.condition for n in self.needs)]
        conditions = [dialect.parse(f"SELECT 1 AS one FROM x WHERE {t}") for t in texts if t]
        return frozenset(c.name for tree in (self.query, *conditions) for c in tree.find_all(exp.Column))


def conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    """What a condition says, taken apart at AND."""
    plain = condition.unnest()
    if isinstance(plain, exp.And):
        return [*conjuncts(plain.left), *conjuncts(plain.right)]
    return [plain]


def _code_in_list(condition: exp.Expr) -> str:
    """The list, if the condition is `code IN (SELECT code FROM kb_<list>)` and nothing else."""
    query = condition.args.get("query") if isinstance(condition, exp.In) else None
    inner = query.unnest() if query is not None else None
    if not isinstance(inner, exp.Select) or not isinstance(condition.this, exp.Column) or condition.this.name != "code":
        return ""
    table, only = inner.find(exp.Table), [e.name for e in inner.expressions]
    parts = {k for k, v in inner.args.items() if v} - {"expressions", "from_", "kind"}
    return table.name.removeprefix("kb_") if table is not None and only == ["code"] and not parts else ""


def closure(names: Iterable[str]) -> set[str]:
    """Views and lake tables that these views stand on, themselves included."""
    seen, todo = set[str](), list(names)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += views()[name].reads if name in views() else ()
    return seen


@cache
def columns_of_view(name: str) -> frozenset[str]:
    """Every column name that a view's own query mentions."""
    return frozenset(c.name for c in dialect.parse(views()[name].sql).find_all(exp.Column))


def _condition(text: str, rule: Rule, values: Mapping[str, Scalar]) -> str:
    """A condition of `rule.toml` with its parameters, and `kb` as the rule's first list."""
    tree = dialect.bind(dialect.parse(f"SELECT 1 AS one FROM x WHERE {text}"), dict(values))
    _name_lists(tree, rule)
    return tree.args["where"].this.sql(dialect.DIALECT)


def _applies(rule: Rule) -> str:
    """`applies_to` and the rule's own validity."""
    parts = [f"({rule.scope_words[1]})"] if rule.scope_words[1] else []
    day, d = rule.view.day, rule.declaration
    if day:
        in_force = f"{day} BETWEEN {day_number(d.valid_from)} AND {day_number(d.valid_to)}"
        parts.append(f"({day} IS NULL OR {in_force})")  # a missing day is for `needs` to say
    return " AND ".join(parts) or "TRUE"


def _name_lists(tree: exp.Expr, rule: Rule) -> None:
    for table in tree.find_all(exp.Table):
        if table.name == "kb" and rule.declaration.knowledge:
            alias = table.alias or "kb"
            table.set("this", exp.to_identifier(f"kb_{rule.declaration.knowledge[0]}"))
            table.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))


def bind(rule: Rule, knowledge: Knowledge, overrides: Mapping[str, Scalar] | None = None) -> BoundRule:
    """The rule with parameters and lists in place. ValueError in Chinese if its SQL is not sound."""
    values = rule.bound(dict(overrides or {}))
    query = bound_query(rule, values)
    _name_lists(query, rule)
    empty = [name for name in rule.declaration.knowledge if knowledge.digest(name) == "empty"]
    some_will_do = rule.declaration.lists_needed == "any" and len(empty) < len(rule.declaration.knowledge)
    digests = {name: knowledge.digest(name) for name in rule.declaration.knowledge}
    changed = "".join(f"\0{k}={values[k]}" for k in sorted(values))
    joined = next(iter(digests.values())) if len(digests) == 1 else "".join(digests.values())
    return BoundRule(
        rule=rule,
        query=query,
        applies=_condition(_applies(rule), rule, values),
        needs=tuple(Need(_condition(n.condition, rule, values), n.cause) for n in rule.needs),
        lists=tuple(digests),
        missing=() if some_will_do else tuple(empty),
        rule_hash=hashlib.sha256((rule.digest + changed).encode()).hexdigest()[:16],
        knowledge_hash=hashlib.sha256(joined.encode()).hexdigest()[:16] if digests else "",
    )
