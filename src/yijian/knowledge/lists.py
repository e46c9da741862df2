"""The knowledge lists as declared in `lists.toml`. Knows no database: the rulebook checks rules against this."""

import tomllib
from functools import cache, cached_property
from importlib.resources import files

import msgspec

SQL_TYPES = {
    "text": "VARCHAR",
    "integer": "INTEGER",
    "count": "DECIMAL(16,4)",
    "price": "DECIMAL(16,6)",
    "date": "DATE",
}
"""Type words of `lists.toml` in the SQL of the stored lists."""


class Column(msgspec.Struct, frozen=True):
    """A column of a stored list; `values` maps the stored word to its Chinese name where only those are lawful."""

    name: str
    title: str
    type: str
    values: dict[str, str] = {}

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]


_BEFORE = (Column("point_id", "知识点编号", "text"), Column("code", "编码", "text"), Column("name", "名称", "text"))
_AFTER = (
    Column("note", "限定原文", "text"),
    Column("valid_from", "生效日期", "date"),
    Column("valid_to", "失效日期", "date"),
    Column("source", "来源", "text"),
    Column("supersedes", "替代的知识点", "text"),
)


class KnowledgeList(msgspec.Struct, frozen=True, dict=True):
    """A list: one row per (point, code). `limits` stand between `name` and `note`; without any, being listed is it."""

    id: str
    title: str
    official: str
    subject: str
    limits: tuple[Column, ...] = ()
    required: tuple[str, ...] = ()
    person: bool = False
    one_is_enough: bool = False
    identity: tuple[str, ...] = ("code",)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the stored list, in order. `valid_from` and `valid_to` are inclusive and never missing."""
        return (*_BEFORE, *self.limits, *_AFTER)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {c.name: c for c in self.columns}

    def needs_person(self, limits: dict[str, object]) -> bool:
        """Whether a row states a limit that no rule can judge: ages need one bound, all else every required one."""
        if self.person and not self.required:
            return True
        missing = [limits.get(name) is None for name in self.required]
        return all(missing) and bool(missing) if self.any_will_do else any(missing)

    @property
    def any_will_do(self) -> bool:
        """Whether one of the required limits is enough for a rule to judge: bounds, and where the list says so."""
        return self.one_is_enough or "max_age" in self.required


@cache
def knowledge_lists() -> dict[str, KnowledgeList]:
    """All lists by id, in the order of the declaration."""
    raw = tomllib.loads((files(__package__ or "") / "lists.toml").read_text(encoding="utf-8"))
    limits = {name: Column(name, **spec) for name, spec in raw["limits"].items()}
    return {
        name: msgspec.convert(
            {**spec, "id": name, "limits": [limits[c] for c in spec.get("limits", ())]},
            KnowledgeList,
            from_attributes=True,
        )
        for name, spec in raw["lists"].items()
    }


@cache
def by_title() -> dict[str, KnowledgeList]:
    """All lists by their official class title, which is how a national workbook names its class."""
    return {one.title: one for one in knowledge_lists().values()}
