"""A rule as a person wrote it: a folder with `rule.toml`, `rule.sql` (or a kind) and `examples.toml`."""

import hashlib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from yijian.claims.views import View, views

Scalar = int | float | str
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number or word that a bureau may change for its area without touching SQL."""

    default: Scalar
    unit: str = ""
    source: str = ""


class Need(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A condition without which a row is not judged, and the cause that the ledger names then."""

    condition: str
    cause: str


Engine = Literal["duckdb", "sqlite", "spark"]
Gap = Annotated[str, msgspec.Meta(pattern=r"^(notimpl|notyet|never)\(.+\)$")]
"""Why a rule does not run on an engine: we have not done it, the engine cannot yet, the engine never will; with the reason."""


class Declaration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The fields of `rule.toml`. `rules/rule.schema.json` is made from this class.

    engine_gaps: engines of its stages on which the rule does not run, and why; its examples must then fail there.
    lists_needed: whether a rule of several lists can judge when some of them were not imported (`any`), or none may lack.
    """

    id: Identifier
    version: Annotated[int, msgspec.Meta(ge=1)] = 1
    kind: Identifier | None = None
    title: str
    official: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    legal_basis: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    subject: Literal["hospital", "pharmacy", "person", "practitioner", "agency", "ltc"]
    verdict: Literal["violation", "suspicion"]
    status: Literal["draft", "trial", "active", "retired"]
    stages: Annotated[tuple[Literal["pre", "mid", "post"], ...], msgspec.Meta(min_length=1)]
    locality: Literal["person", "institution", "area"]
    grain: Annotated[tuple[Identifier, ...], msgspec.Meta(min_length=1)]
    applies_to: str
    needs: tuple[str | Need, ...] = ()
    knowledge: tuple[Identifier, ...] = ()
    lists_needed: Literal["all", "any"] = "all"
    engine_gaps: dict[Engine, Gap] = {}
    valid_from: date
    valid_to: date = date(9999, 12, 31)
    explain: str
    names: dict[str, str] = {}
    look_first: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    known_gaps: tuple[str, ...] = ()
    false_alarms: tuple[str, ...] = ()
    parameters: dict[Identifier, Parameter] = {}


class Rule(msgspec.Struct, frozen=True, dict=True):
    """A loaded rule: its declaration, the SQL it runs, where both came from, and the versions in force before it."""

    declaration: Declaration
    family: str
    folder: Path
    sql: str
    sql_path: Path
    earlier: "tuple[Rule, ...]" = ()

    @property
    def versions(self) -> "tuple[Rule, ...]":
        """All versions, oldest first: each judges the days on which it was in force."""
        return (*self.earlier, self)

    @property
    def id(self) -> str:
        return self.declaration.id

    @property
    def view(self) -> View:
        """The view whose rows the rule judges. KeyError if there is none of that name (`check` says so in words)."""
        return views()[self.scope_words[0]]

    @property
    def scope_words(self) -> tuple[str, str]:
        """`applies_to` taken apart: the view, and the condition ('' = all of its rows)."""
        name, _, condition = self.declaration.applies_to.partition(" where ")
        return name.strip(), condition.strip()

    @property
    def official_code(self) -> str:
        """The code of the national framework, or ''."""
        return self.declaration.official[0].split(" ")[0] if self.declaration.official else ""

    @property
    def official_class(self) -> tuple[str, str]:
        """Code and name of the national class ('' where it has none): classes that 2025 added have a name and no code yet."""
        said = self.declaration.official[0] if self.declaration.official else ""
        code, _, name = said.partition(" ") if said.startswith("GZ") else ("", "", said.partition("）")[2] or said)
        return code, name

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """What a row must have; a bare column name means that it is not missing."""
        types = {name: column.type for name, column in self.view.columns.items()}

        def need(given: str | Need) -> Need:
            if isinstance(given, Need):
                return given
            present = f"{given} IS NOT NULL"
            return Need(f"{present} AND {given} <> ''" if types.get(given) == "text" else present, f"{given} 缺失")

        return tuple(need(n) for n in self.declaration.needs)

    @cached_property
    def digest(self) -> str:
        """sha256 over all that decides what the rule finds and says: declaration and SQL, not spacing or comments in TOML.

        What the declaration leaves at its default is not part of it: a field that a later program knows changes no digest.
        """
        decided = msgspec.json.encode(self.declaration, order="sorted")
        return hashlib.sha256(decided + b"\0" + self.sql.encode()).hexdigest()

    @property
    def engines(self) -> tuple[Engine, ...]:
        """The engines of its stages: DuckDB always, SQLite where one request is judged by it, Spark where all payments are."""
        stages = set(self.declaration.stages)
        named: list[Engine] = ["duckdb"]
        if stages & {"pre", "mid"}:
            named.append("sqlite")
        if "post" in stages:
            named.append("spark")
        return tuple(named)

    def bound(self, overrides: dict[str, Scalar] | None = None) -> dict[str, Scalar]:
        """Parameter values in force: the defaults, with an area's overrides."""
        values = {name: p.default for name, p in self.declaration.parameters.items()}
        return values | {k: v for k, v in (overrides or {}).items() if k in values}
