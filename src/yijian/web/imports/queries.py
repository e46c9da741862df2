"""The guarded door to imports and quarantine."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import Http404
from django.utils import timezone

from yijian.claims.checks import checks
from yijian.claims.lake import Lake
from yijian.claims.manifest import Manifest
from yijian.claims.quarantine import Quarantine, Rejection, is_identity
from yijian.claims.tables import tables
from yijian.vocabulary.home import Home
from yijian.vocabulary.masking import masked
from yijian.web.accounts.queries import Right, User, need


@dataclass(frozen=True)
class Import:
    """One import: its commit and what it did."""

    commit: int
    manifest: Manifest

    @property
    def finished(self) -> datetime:
        """When it was done, in local time."""
        at = datetime.fromisoformat(self.manifest.finished)
        return timezone.localtime(at) if at.tzinfo else at

    def _sum(self, name: str) -> int:
        return sum(getattr(t, name) for t in self.manifest.tables)

    @property
    def rows(self) -> int:
        return self._sum("rows")

    @property
    def loaded(self) -> int:
        """New and replaced rows."""
        return self._sum("new") + self._sum("replaced")

    @property
    def unchanged(self) -> int:
        return self._sum("unchanged")

    @property
    def suspect(self) -> int:
        return self._sum("suspect")

    @property
    def rejected(self) -> int:
        return self._sum("rejected")


def imports_for(user: User, home: Home) -> list[Import]:
    """All imports, newest first. UserError where nothing was imported yet."""
    need(user, Right.SEE_DATA)
    lake = Lake.open(home)
    manifests = ((n, lake.at(n).manifest) for n in reversed(lake.numbers()))
    return [Import(n, manifest) for n, manifest in manifests if manifest is not None]


def import_for(user: User, home: Home, commit: int) -> Import:
    """One import by its commit. Http404 if there is none."""
    for one in imports_for(user, home):
        if one.commit == commit:
            return one
    raise Http404(f"没有第 {commit} 批数据导入。")


@dataclass(frozen=True)
class Reason:
    """Quarantined rows of one table for one reason in one column."""

    check: str
    table: str
    column: str
    rows: int

    @property
    def title(self) -> str:
        return checks()[self.check].title

    @property
    def do(self) -> str:
        return checks()[self.check].do

    @property
    def table_title(self) -> str:
        return title_of(self.table)

    @property
    def column_title(self) -> str:
        return column_title(self.table, self.column)


def rejections_for(user: User, home: Home, *, check: str = "", table: str = "", import_id: str = "") -> list[Rejection]:
    """Open rejections, narrowed; newest import first."""
    need(user, Right.SEE_DATA)
    found = Quarantine(home).rejections(import_id, table)
    return [r for r in reversed(found) if check in ("", r.check)]


def reasons_of(found: list[Rejection]) -> list[Reason]:
    """Rejections by reason, table and column; most rows first."""
    counted = Counter((r.check, r.table, r.column) for r in found)
    return [Reason(*place, n) for place, n in sorted(counted.items(), key=lambda i: (-i[1], i[0]))]


def shown(found: list[Rejection]) -> list[dict[str, Any]]:
    """Rejections as a page shows them: identity values masked, files without their folders."""
    return [
        {
            "import_id": r.import_id,
            "table": title_of(r.table),
            "file": Path(r.file).name,
            "line": r.line,
            "column": column_title(r.table, r.column),
            "value": masked(r.column, r.value) if is_identity(r.table, r.column) else r.value,
            "title": r.title,
            "do": r.do,
        }
        for r in found
    ]


def suspects_for(user: User, home: Home, import_id: str, limit: int = 100) -> list[dict[str, Any]]:
    """Rows of an import that were loaded but are suspect, as a page shows them."""
    need(user, Right.SEE_DATA)
    return [
        {
            "table": title_of(s["tabl_name"]),
            "key": s["row_key"],
            "column": column_title(s["tabl_name"], s["colm_name"] or ""),
            "value": masked(s["colm_name"], s["value"] or "")
            if is_identity(s["tabl_name"], s["colm_name"] or "")
            else s["value"],
            "title": checks()[s["check_name"]].title,
            "detail": s["detail"],
        }
        for s in Quarantine(home).suspects(import_id, limit)
    ]


def title_of(table: str) -> str:
    """A table's Chinese title."""
    return tables()[table].title if table in tables() else table


def column_title(table: str, column: str) -> str:
    """A column's Chinese title and name, as delivered."""
    declared = tables().get(table)
    known = declared.by_name.get(declared.aliases.get(column, column)) if declared else None
    return f"{known.title} {column}" if known else column
