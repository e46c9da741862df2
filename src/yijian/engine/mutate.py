"""Do the examples of a rule bite? Change each comparison, limit and join of its SQL; the examples must notice.

A mutant is the rule's query with one thing changed. It is noticed when some example no longer comes out as it says (or the
query no longer runs). What is not noticed shows a boundary or a condition that no example stands at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from yijian.engine.backends.duckdb import Session
from yijian.engine.bind import BoundRule, bind
from yijian.engine.examples import AllLists, compare_example
from yijian.rulebook.examples import Example, load_examples
from yijian.rulebook.rule import Rule
from yijian.vocabulary.errors import UserError

COMPARISONS: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.GTE,
    exp.GTE: exp.GT,
    exp.LT: exp.LTE,
    exp.LTE: exp.LT,
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
}


@dataclass(frozen=True)
class Mutant:
    """A query with one thing changed, and what that was."""

    change: str
    query: exp.Query


@dataclass(frozen=True)
class Report:
    """How many mutants of a rule there are, and the changes that no example noticed."""

    rule: str
    mutants: int
    unnoticed: tuple[str, ...]

    @property
    def share(self) -> float:
        """Share noticed, 0 to 1."""
        return 1 - len(self.unnoticed) / self.mutants if self.mutants else 1.0


def _shifted(literal: exp.Literal) -> exp.Expr:
    """A number a little larger."""
    text = str(literal.this)
    return exp.Literal.number(int(text) + 1) if text.isdigit() else exp.Literal.number(round(float(text) * 1.2 + 0.01, 6))


def _changes(node: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    """What can be put in a node's place, with words for it."""
    if type(node) in COMPARISONS:
        other = COMPARISONS[type(node)](this=node.this.copy(), expression=node.expression.copy())
        yield f"{node.sql('duckdb')} → {other.sql('duckdb')}", other
    elif isinstance(node, exp.Between):
        for side in ("low", "high"):
            other = node.copy()
            other.set(
                side,
                exp.Add(this=exp.Paren(this=node.args[side].copy()), expression=exp.Literal.number(1 if side == "low" else -1)),
            )
            yield f"{node.sql('duckdb')}：{side} 收窄", other
    elif isinstance(node, exp.Exists):
        other = exp.Not(this=node.copy())
        yield "EXISTS → NOT EXISTS", other
    elif isinstance(node, exp.And) and not isinstance(node.parent, exp.And):
        conditions = list(node.flatten())
        for dropped in conditions:
            kept = [c.copy() for c in conditions if c is not dropped]
            yield f"去掉条件 {dropped.sql('duckdb')}", exp.and_(*kept)
    elif isinstance(node, exp.Join) and node.side == "LEFT":  # an inner join changes with its conditions
        other = node.copy()
        other.set("side", "")
        yield f"LEFT → INNER JOIN {node.this.sql('duckdb')}", other
    elif isinstance(node, exp.Literal) and not node.is_string and _is_limit(node):
        other = _shifted(node)
        yield f"{node.parent.sql('duckdb') if node.parent else node.this}：{node.this} → {other.this}", other


def _is_limit(literal: exp.Literal) -> bool:
    """A number that something is measured against, not a place in `substr`, a rank that must be 1, or a zero to coalesce to."""
    parent = literal.parent
    if isinstance(parent, (exp.EQ, exp.NEQ)) and str(literal.this) == "1":
        return False
    return isinstance(parent, (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ, exp.Between, exp.Add, exp.Sub, exp.Mul))


def mutants(query: exp.Query) -> Iterator[Mutant]:
    """Every query that differs in one comparison, limit, condition or join."""
    for number, node in enumerate(query.walk()):
        for change, other in _changes(node):
            tree = query.copy()
            place = next(n for i, n in enumerate(tree.walk()) if i == number)
            place.replace(other)
            yield Mutant(change, tree)


def _noticed(session: Session, tried: list[tuple[BoundRule, Example, list[Mutant]]], change: int) -> bool:
    return any(compare_example(session, replace(b, query=found[change].query), e) for b, e, found in tried)


def report(session: Session, rule: Rule) -> Report:
    """Try all mutants of one rule against its examples. UserError if an example fails as it is: then all would look noticed."""
    bounds = [(bind(rule, AllLists(), e.parameters), e) for e in load_examples(rule.folder)]
    if failing := [e.name for b, e in bounds if compare_example(session, b, e)]:
        raise UserError(f"示例“{failing[0]}”本身就不符", where=rule.id, do=f"请先让 yijian rules test {rule.id} 通过")
    tried = [(bound, example, list(mutants(bound.query))) for bound, example in bounds]
    changes = [m.change for m in tried[0][2]]
    unnoticed = tuple(words for i, words in enumerate(changes) if not _noticed(session, tried, i))
    return Report(rule.id, len(changes), unnoticed)
