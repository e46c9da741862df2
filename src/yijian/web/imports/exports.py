"""Imports and quarantined rows as lists that may leave as files; identities in them are masked, as on the pages."""

from typing import Any

from django.conf import settings
from django.http import QueryDict

from yijian.claims.checks import checks
from yijian.web.accounts.queries import User
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.imports import queries

IMPORTS: tuple[Field[queries.Import], ...] = (
    Field("批次", 8, lambda i: i.commit),
    Field("导入编号", 30, lambda i: i.manifest.import_id),
    Field("完成时间", 18, lambda i: f"{i.finished:%Y-%m-%d %H:%M}"),
    Field("文件数", 10, lambda i: len(i.manifest.files)),
    Field("收到行数", 14, lambda i: i.rows),
    Field("载入行数", 14, lambda i: i.loaded),
    Field("未变行数", 14, lambda i: i.unchanged),
    Field("存疑行数", 14, lambda i: i.suspect),
    Field("拒绝行数", 14, lambda i: i.rejected),
)
REJECTIONS: tuple[Field[dict[str, Any]], ...] = (
    Field("导入编号", 30, lambda r: r["import_id"]),
    Field("表", 20, lambda r: r["table"]),
    Field("文件", 26, lambda r: r["file"]),
    Field("行号", 10, lambda r: r["line"]),
    Field("列", 26, lambda r: r["column"]),
    Field("值", 26, lambda r: r["value"]),
    Field("原因", 40, lambda r: r["title"]),
    Field("怎么改", 40, lambda r: r["do"]),
)


def _imports(user: User, address: QueryDict) -> Sheet:
    done = queries.imports_for(user, settings.HOME)
    return sheet_of("数据导入", IMPORTS, done, len(done), [])


def _quarantine(user: User, address: QueryDict) -> Sheet:
    chosen = {name: address.get(name, "") for name in ("check", "table", "import_id")}
    found = queries.rejections_for(user, settings.HOME, **chosen)
    said = [
        ("原因", checks()[chosen["check"]].title if chosen["check"] in checks() else chosen["check"]),
        ("表", queries.title_of(chosen["table"]) if chosen["table"] else ""),
        ("导入编号", chosen["import_id"]),
    ]
    return sheet_of("隔离区", REJECTIONS, queries.shown(found), len(found), [(t, v) for t, v in said if v])


LISTINGS = {"imports": Listing("数据导入", _imports), "quarantine": Listing("隔离区", _quarantine)}
