"""plan: what is to be judged by what. Units of a run, the views and columns that they need, rules that cannot run."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yijian.claims.lake import Lake, Snapshot
from yijian.claims.views import views
from yijian.engine.bind import BoundRule, bind, closure, columns_of_view
from yijian.engine.compile import Compiled, compile_rule
from yijian.engine.gathering import gathers_lines, subject_table
from yijian.engine.ledger import unit_id
from yijian.knowledge.store import KnowledgeStore
from yijian.rulebook.check import unknown_names, why_not
from yijian.rulebook.rule import Engine, Rule, Scalar
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

PARAMETERS = "parameters.toml"
"""In the home: an area's values for rules' parameters, `[rule] name = value`."""


@dataclass(frozen=True)
class Unit:
    """One rule over one bucket; bucket None is the whole area."""

    compiled: Compiled
    bucket: int | None
    id: str


@dataclass(frozen=True)
class Plan:
    """A run to be made: the rules in force, why some cannot run (`errors`), the units, and what they read."""

    rules: Mapping[str, Rule]
    errors: dict[str, str]
    units: list[Unit]
    snapshot: Snapshot
    store: KnowledgeStore


def area_parameters(home: Home, rules: Mapping[str, Rule]) -> dict[str, dict[str, Scalar]]:
    """The area's parameter values. UserError if the file names what no rule has."""
    path = home.path / PARAMETERS
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"参数文件不是合法的 TOML：{error}", where=str(path), do="请改正后重新运行") from error
    for rule_id, given in values.items():
        known = rules[rule_id].declaration.parameters if rule_id in rules else {}
        if unknown := sorted(set(given) - set(known)) or ([] if rule_id in rules else [""]):
            raise UserError(
                f"没有参数 {rule_id}.{unknown[0]}".rstrip("."),
                where=str(path),
                do="请用 yijian rules explain 查看规则的参数",
            )
    return values


def tables_read(bound: BoundRule) -> list[str]:
    """The lake tables that a rule's findings depend on, the ones its views stand on included."""
    return sorted(name for name in closure(bound.views_read) if name not in views())


def columns_wanted(
    rules: Iterable[BoundRule], loaded: Iterable[str] | None = None, more: Iterable[str] = ()
) -> dict[str, set[str]]:
    """View → columns that must be loaded so that these rules can run.

    loaded: the views to be loaded, where that is not all that the rules stand on; more: further columns that are read.
    """
    rules = list(rules)
    read = closure({v for r in rules for v in r.views_read}) if loaded is None else loaded
    loaded = {n for n in read if n in views()}
    named = {c for r in rules for c in (*r.columns_named, r.view.key, r.view.day, r.view.period)} | set(more)
    wanted: dict[str, set[str]] = {}
    for name in loaded:
        read_by_views = {c for other in loaded if name in views()[other].reads for c in columns_of_view(other)}
        wanted[name] = set(views()[name].columns) & (named | read_by_views)
    return wanted


def _bind_all(
    rules: Mapping[str, Rule], home: Home, store: KnowledgeStore, target: Engine
) -> tuple[list[BoundRule], dict[str, str]]:
    """Bound rules, and for those that cannot run the reason."""
    values, bound, errors = area_parameters(home, rules), list[BoundRule](), dict[str, str]()
    for rule in (version for named in rules.values() for version in named.versions):
        if reason := unknown_names(rule) or rule.declaration.engine_gaps.get(target, ""):
            errors[rule.id] = reason
            continue
        try:
            bound.append(bind(rule, store, values.get(rule.id)))
        except ValueError:
            errors[rule.id] = why_not(rule)
    return bound, errors


def _units(bound: Iterable[BoundRule], snapshot: Snapshot, buckets: int) -> list[Unit]:
    """The units of a run; with no buckets each rule is one unit over the whole area."""
    digests: dict[tuple[int | None, tuple[str, ...]], str] = {}

    def digest(bucket: int | None, tables: tuple[str, ...]) -> str:
        key = (bucket, tables)
        if key not in digests:
            digests[key] = snapshot.digest(bucket, tables)
        return digests[key]

    units: list[Unit] = []
    target = "duckdb" if buckets else "spark"
    for rule in bound:
        person = rule.rule.declaration.locality == "person" and buckets > 0
        own = buckets > 0 and not person and gathers_lines(rule)
        compiled = compile_rule(rule, target, listed=person, source=subject_table(rule) if own else "")
        tables = tuple(tables_read(rule))
        units += [
            Unit(compiled, bucket, unit_id(rule, digest(bucket, tables), bucket))
            for bucket in (range(buckets) if person else (None,))
        ]
    return units


def plan(
    home: Home, rules: Mapping[str, Rule], *, by_bucket: bool, commit: int | None = None, snapshot: Snapshot | None = None
) -> Plan:
    """The units of a run by the rules that are active or on trial. UserError where there is no data to judge.

    commit: an older state of the home's lake; snapshot: a lake that is elsewhere.
    """
    if snapshot is None:
        lake = Lake.open(home)
        snapshot = lake.snapshot() if commit is None else lake.at(commit)
    store = KnowledgeStore.open(home)
    if snapshot.number == 0:
        raise UserError("数据湖里还没有数据", where=str(home.path), do="请先运行 yijian import 导入")
    running = {r.id: r for r in rules.values() if r.declaration.status in ("active", "trial")}
    bound, errors = _bind_all(running, home, store, "duckdb" if by_bucket else "spark")
    return Plan(running, errors, _units(bound, snapshot, snapshot.commit.buckets if by_bucket else 0), snapshot, store)
