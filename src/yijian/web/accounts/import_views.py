"""Pages of the import: the file, the preview, taking over."""

from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yijian.vocabulary.errors import UserError
from yijian.web.accounts import importing
from yijian.web.accounts.filters import KINDS
from yijian.web.accounts.queries import Right, by, user_with
from yijian.web.accounts.rights import roles
from yijian.web.accounts.workbooks import sheets

SALT, VALID = "yijian.accounts.import", 3600
"""A checked file travels in the preview, signed, and is checked once more when it is taken over; for an hour."""
PASSWORDS = (("账号", 20), ("姓名", 16), ("单位", 36), ("初始密码（首次登录须更换）", 30))
ADVICE = "请分别交给本人，交完后删除本文件；遗失时由管理员逐个发放新的初始密码。"
SHOWN = 200
"""Problems that the page lists; whoever has more has one mistake many times."""


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """导入哪个文件？"""
    user_with(request, Right.KEEP_ACCOUNTS)
    context: dict[str, Any] = {
        "sheets": [(name, [title for title, _, _ in columns]) for name, columns in importing.SHEETS.items()],
        "kinds": KINDS.values(),
        "roles": [role.title for role in roles().values()],
        "most": importing.MOST_ROWS,
    }
    if request.method == "GET":
        return render(request, "accounts/import.html", context)
    context |= _checked(request)
    return render(request, "accounts/import.html", context, status=400 if context["problems"] else 200)


def _checked(request: HttpRequest) -> dict[str, Any]:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or file.file is None:
        raise UserError("没有选择文件", do="请选择填好的 Excel 文件再上传")
    rows, problems = importing.read(file.file)
    outcome = importing.attempt(rows, commit=False, **by(request))
    problems += outcome.problems
    return {
        "name": file.name,
        "problems": problems[:SHOWN],
        "unshown": max(0, len(problems) - SHOWN),
        "counts": outcome.counts,
        "rows": rows,
        "new_accounts": outcome.counts[importing.ACCOUNTS]["new"],
        "signed": "" if problems else signing.dumps(rows, salt=SALT, compress=True),
    }


@require_POST
def take_over(request: HttpRequest) -> HttpResponse | FileResponse:
    """Write what was checked; the initial passwords come back once, as a file."""
    user_with(request, Right.KEEP_ACCOUNTS)
    try:
        rows: dict[str, Any] = signing.loads(request.POST.get("signed", ""), salt=SALT, max_age=VALID)
    except signing.BadSignature as broken:
        raise UserError("检查结果已过期或不完整，没有导入", do="请重新上传文件") from broken
    outcome = importing.attempt(rows, commit=True, **by(request))
    if outcome.problems:
        first = outcome.problems[0]
        place = f"{first.sheet} 第 {first.line} 行“{first.column}”"
        raise UserError(f"检查之后情况有变，没有导入：{first.reason}", where=place, do="请重新上传文件检查")
    if not outcome.passwords:
        return render(request, "accounts/imported.html", {"counts": outcome.counts})
    book = sheets(
        {"初始密码": (PASSWORDS, outcome.passwords)},
        advice=ADVICE,
    )
    return FileResponse(book, as_attachment=True, filename=f"初始密码-{timezone.localtime():%Y%m%d-%H%M}.xlsx")


@require_GET
def template(request: HttpRequest) -> FileResponse:
    """The empty file."""
    user_with(request, Right.KEEP_ACCOUNTS)
    empty = {
        name: ([(title, max(14, 2 * len(title) + 4)) for title, _, _ in cols], []) for name, cols in importing.SHEETS.items()
    }
    return FileResponse(sheets(empty), as_attachment=True, filename="单位与账号导入模板.xlsx")
