"""Imports and quarantined rows as lists that may leave as files; identities in them are masked, as on the pages."""

from typing import Any

from django.conf import settings
from django.http import QueryDict

from yijian.claims.checks import checks
from yijian.web.accounts.queries import User
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.imports import queries


def _files(one: queries.Import) -> int:
    return len(one.manifest.files)


IMPORTS: tuple[Field[queries.Import], ...] = (
    Field("批次", 8, "commit"),
    Field("导入编号", 30, "manifest.import_id"),
    Field("完成时间", 18, "finished"),
    Field("文件数", 10, _files),
    Field("收到行数", 14, "rows"),
    Field("载入行数", 14, "loaded"),
    Field("未变行数", 14, "unchanged"),
    Field("存疑行数", 14, "suspect"),
    Field("拒绝行数", 14, "rejected"),
)
REJECTIONS: tuple[Field[dict[str, Any]], ...] = (
    Field("导入编号", 30, "import_id"),
    Field("表", 20, "table"),
    Field("文件", 26, "file"),
    Field("行号", 10, "line"),
    Field("列", 26, "column"),
    Field("值", 26, "value"),
    Field("原因", 40, "title"),
    Field("怎么改", 40, "do"),
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
