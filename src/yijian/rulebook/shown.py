"""A rule's examples and versions as people look at them: tables with Chinese heads, day numbers as dates."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from yijian.claims.views import views
from yijian.knowledge.lists import knowledge_lists
from yijian.rulebook.examples import Row, load_examples
from yijian.rulebook.lock import read_lock
from yijian.rulebook.rule import Rule
from yijian.vocabulary.days import FOREVER, day_of, minute_of


class ShownTable(msgspec.Struct, frozen=True):
    """A table: what it is, its heads, its rows in words."""

    title: str
    heads: list[str]
    rows: list[list[str]]


class ShownExample(msgspec.Struct, frozen=True):
    """An example: what goes in, what is found, what is not judged. `kind` in one word."""

    name: str
    kind: str
    given: list[ShownTable]
    finds: ShownTable | None
    not_judged: ShownTable | None
    parameters: str


class ShownVersion(msgspec.Struct, frozen=True):
    """A version of a rule: number, in force from and until ('' = still), hash as locked; `whole` = it can still be judged by."""

    version: int
    since: str
    until: str
    digest: str
    whole: bool


def shown_examples(rule: Rule) -> list[ShownExample]:
    """The examples of the present version."""
    return [
        ShownExample(
            e.name,
            "未能判定" if e.not_judged else "命中" if e.finds else "不命中",
            [_table(rule, name, rows) for name, rows in e.tables.items() if rows],
            _table(rule, "", e.finds) if e.finds else None,
            _table(rule, "", e.not_judged) if e.not_judged else None,
            "；".join(f"{k} = {v}" for k, v in e.parameters.items()),
        )
        for e in load_examples(rule.folder)
    ]


def shown_versions(rule: Rule, root: Path) -> list[ShownVersion]:
    """The versions that were ever locked, newest first."""
    by_number = {v.declaration.version: v for v in rule.versions}
    locked = read_lock(root).get(rule.id, {})
    numbers = sorted({*by_number, *(int(n) for n in locked)}, reverse=True)
    return [_version(n, by_number.get(n), locked.get(str(n), "")) for n in numbers]


def _version(number: int, rule: Rule | None, digest: str) -> ShownVersion:
    if rule is None:
        return ShownVersion(number, "", "", digest, False)
    d = rule.declaration
    return ShownVersion(number, d.valid_from.isoformat(), "" if d.valid_to.year == 9999 else d.valid_to.isoformat(), digest, True)


def _table(rule: Rule, name: str, rows: Sequence[Row]) -> ShownTable:
    title, titles = _titles(rule, name)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    heads = [titles.get(c, c) for c in columns]
    return ShownTable(title, heads, [[_word(c, row[c]) if c in row else "" for c in columns] for row in rows])


def _titles(rule: Rule, name: str) -> tuple[str, dict[str, str]]:
    """The title of an example's table and of its columns."""
    if name in views():
        return views()[name].title, {c: column.title for c, column in views()[name].columns.items()}
    list_id = rule.declaration.knowledge[0] if name == "kb" else name.removeprefix("kb_")
    if list_id in knowledge_lists():
        one = knowledge_lists()[list_id]
        return f"知识清单：{one.title}", {c.name: c.title for c in one.columns}
    known: dict[str, str] = {c: column.title for c, column in rule.view.columns.items()}
    return "", known | {"evidence": "证据", "cause": "原因", "amount": "涉及金额"}


def _word(column: str, value: Any) -> str:
    if value is None or value == "":
        return "（缺）"
    if column.endswith("_day") or column in ("valid_from", "valid_to"):
        return "长期" if int(value) == FOREVER else day_of(int(value)).isoformat()
    if column.endswith("_minute"):
        return f"{minute_of(int(value)):%Y-%m-%d %H:%M}"
    return str(value)


def families(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Rules by family, families in the order of their Chinese names."""
    found: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda r: (FAMILIES.get(r.family, r.family), r.declaration.title)):
        found.setdefault(FAMILIES.get(rule.family, rule.family), []).append(rule)
    return found


FAMILIES = {
    "admissions": "入院与住院",
    "agency": "经办机构",
    "card_use": "刷卡行为",
    "charging": "收费",
    "consistency": "合理性",
    "data_integrity": "数据质量",
    "indicators": "统计指标",
    "long_term_care": "长期护理",
    "payment_scope": "支付范围",
    "person": "参保人",
    "pharmacy": "药店与追溯",
    "rational_use": "合理用药",
    "special_disease": "门诊慢特病",
}
"""Family folder → Chinese; a new family goes by its folder's name until it stands here."""
