"""Divisions, organisations and accounts from one Excel file: all of it, or nothing and every bad row named.

1. `read` takes the cells as text and finds what is wrong with the file itself: sheets, columns, dates.
2. `attempt` does everything by the same actions as the pages, each row in a savepoint, and collects what they refuse.
3. The preview rolls the attempt back; taking over commits it, if nothing was refused.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from yijian.sheets.opening import opened
from yijian.vocabulary.errors import UserError
from yijian.web.accounts import actions
from yijian.web.accounts.acts import Act
from yijian.web.accounts.filters import KINDS
from yijian.web.accounts.models import Division, Organisation, User
from yijian.web.accounts.queries import Right, need
from yijian.web.accounts.rights import roles
from yijian.web.frame.given import day_given

MOST_BYTES = 2_000_000
MOST_ROWS = 1_000
"""Rows of one sheet."""
DIVISIONS, ORGANISATIONS, ACCOUNTS = "行政区划", "单位", "账号"
SHEETS: dict[str, tuple[tuple[str, str, bool], ...]] = {
    DIVISIONS: (("行政区划代码", "code", True), ("名称", "name", True)),
    ORGANISATIONS: (
        ("单位编码", "code", True),
        ("单位名称", "name", True),
        ("类别", "kind", True),
        ("行政区划代码", "division", True),
        ("定点机构编码", "institution", False),
    ),
    ACCOUNTS: (
        ("账号", "username", True),
        ("姓名", "display_name", True),
        ("单位编码", "organisation", True),
        ("岗位", "role", False),
        ("管辖区划代码", "division", False),
        ("有效期至", "expires", False),
    ),
}
"""Sheet → (column's title, the field's word in actions, whether it must be filled). 岗位 may name several, separated by 、."""

Row = dict[str, Any]
"""Field → text; `line` is the row's number in the sheet."""


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: line 0 and column '' where it is about the whole sheet."""

    sheet: str
    line: int
    column: str
    reason: str


@dataclass
class Outcome:
    """What an attempt did or would do: how many rows of each sheet are new, changed and as they were; the new passwords."""

    counts: dict[str, dict[str, int]] = field(default_factory=lambda: {s: {"new": 0, "changed": 0, "same": 0} for s in SHEETS})
    passwords: list[tuple[str, str, str, str]] = field(default_factory=list[tuple[str, str, str, str]])
    """Username, name, organisation, password."""
    problems: list[Problem] = field(default_factory=list[Problem])


def read(file: IO[bytes]) -> tuple[dict[str, list[Row]], list[Problem]]:
    """The rows of each sheet as text, and what is wrong with the file. UserError if it is no Excel file that can be read."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UserError(f"文件超过 {MOST_BYTES // 1_000_000} MB", do="请分成几个文件导入")
    book = opened(content)
    unknown = [name for name in book.sheet_names if name not in SHEETS]
    problems = [Problem(name, 0, "", f"不认识的工作表，可用：{'、'.join(SHEETS)}") for name in unknown]
    rows: dict[str, list[Row]] = {}
    for sheet in SHEETS:
        if sheet in book.sheet_names:
            rows[sheet] = _rows(sheet, book.get_sheet_by_name(sheet).to_python(skip_empty_area=False), problems)
    if not any(rows.values()) and not problems:
        problems.append(Problem("", 0, "", "文件里没有要导入的行"))
    return rows, problems


def _rows(sheet: str, cells: list[list[Any]], problems: list[Problem]) -> list[Row]:
    head = [_text(cell) for cell in cells[0]] if cells else []
    wanted = {title for title, _, _ in SHEETS[sheet]}
    missing = [title for title, _, must in SHEETS[sheet] if title not in head and must]
    problems += [Problem(sheet, 1, title, "缺少这一列") for title in missing]
    problems += [Problem(sheet, 1, title, "不认识的列") for title in head if title and title not in wanted]
    problems += [Problem(sheet, 1, title, "这一列出现了两次") for title in sorted(wanted) if head.count(title) > 1]
    if len(cells) - 1 > MOST_ROWS:
        problems.append(Problem(sheet, 0, "", f"有 {len(cells) - 1:,} 行，一次最多 {MOST_ROWS:,} 行，请分几个文件"))
    if any(p.sheet == sheet for p in problems):
        return []
    rows: list[Row] = []
    for line, values in enumerate(cells[1:], 2):
        row: Row = {"line": line}
        for title, name, _ in SHEETS[sheet]:
            row[name] = _text(values[head.index(title)]) if title in head and head.index(title) < len(values) else ""
        if any(row[name] for _, name, _ in SHEETS[sheet]):
            empty = [title for title, name, must in SHEETS[sheet] if must and not row[name]]
            problems += [Problem(sheet, line, title, "不能为空") for title in empty]
            if not empty:
                rows.append(row)
    return rows


def _text(value: Any) -> str:
    """A cell as people see it: 999900.0 is 999900, a day is 2026-01-31."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value).replace("\x00", "").strip()


Do = Callable[[Row, dict[str, Any], Outcome], str]
"""Takes one row; says whether it was new, changed or same."""


@transaction.atomic
def attempt(rows: dict[str, list[Row]], *, commit: bool, who: User, when: datetime, where: str | None) -> Outcome:
    """Do it, and leave it done only with `commit` and if nothing was refused. PermissionDenied without the right."""
    need(who, Right.KEEP_ACCOUNTS)
    outcome, by = Outcome(), {"who": who, "when": when, "where": where}
    seen: set[tuple[str, str]] = set()
    for sheet, do in ((DIVISIONS, _division), (ORGANISATIONS, _organisation), (ACCOUNTS, _account)):
        key = SHEETS[sheet][0][1]
        for row in rows.get(sheet, []):
            _one(sheet, row, do, by, outcome, again=(sheet, row[key]) in seen)
            seen.add((sheet, row[key]))
    if outcome.problems or not commit:
        transaction.set_rollback(True)
        outcome.passwords.clear()
        return outcome
    total = {sheet: sum(counts.values()) for sheet, counts in outcome.counts.items()}
    said = "、".join(f"{sheet} {count} 行" for sheet, count in total.items() if count)
    actions.note(Act.IMPORT, "账号", f"{len(outcome.passwords)} 个", said, who, when, where)
    return outcome


def _one(
    sheet: str,
    row: Row,
    do: "Callable[[Row, dict[str, Any], Outcome], str]",
    by: dict[str, Any],
    outcome: Outcome,
    *,
    again: bool,
) -> None:
    columns = {name: title for title, name, _ in SHEETS[sheet]}
    first = SHEETS[sheet][0]
    if again:
        outcome.problems.append(Problem(sheet, row["line"], first[0], f"“{row[first[1]]}”在表中出现了两次"))
        return
    try:
        with transaction.atomic():
            outcome.counts[sheet][do(row, by, outcome)] += 1
    except ValidationError as refused:
        for name, reason in _reasons(refused):
            outcome.problems.append(Problem(sheet, row["line"], columns.get(name, first[0]), reason))


def _reasons(refused: ValidationError) -> list[tuple[str, str]]:
    """(field, sentence) of each thing that an action or a model's own check refused."""
    if hasattr(refused, "error_dict"):
        return [(name, "；".join(messages)) for name, messages in refused.message_dict.items()]
    return [(one.code or "", "；".join(one.messages)) for one in refused.error_list]


def _division(row: Row, by: dict[str, Any], _: Outcome) -> str:
    before = Division.objects.filter(pk=row["code"]).first()
    actions.keep_division(row["code"], row["name"], **by)
    if before is None:
        return "new"
    return "same" if before.name == row["name"] else "changed"


def _organisation(row: Row, by: dict[str, Any], _: Outcome) -> str:
    kinds = {title: word for word, title in KINDS.items()}
    if row["kind"] not in kinds:
        raise ValidationError(f"类别“{row['kind']}”不认识，可用：{'、'.join(kinds)}", code="kind")
    fields = {"name": row["name"], "kind": kinds[row["kind"]], "division": row["division"], "institution": row["institution"]}
    before = Organisation.objects.filter(pk=row["code"]).values("name", "kind", "division", "institution").first()
    actions.keep_organisation(row["code"], **fields, **by)
    if before is None:
        return "new"
    return "same" if before == fields else "changed"


def _account(row: Row, by: dict[str, Any], outcome: Outcome) -> str:
    place = Organisation.objects.select_related("division").filter(pk=row["organisation"]).first()
    if place is None:
        raise ValidationError(f"没有单位 {row['organisation']}，请先在“单位”表中列出或登记", code="organisation")
    titles = {role.title: role.name for role in roles().values()}
    wanted = [title.strip() for title in row["role"].split("、") if title.strip()]
    for title in wanted:
        if title not in titles:
            raise ValidationError(f"岗位“{title}”不认识，可用：{'、'.join(titles)}", code="role")
    password = actions.fresh_password()
    actions.make_account(
        row["username"],
        password,
        display_name=row["display_name"],
        organisation=place,
        role=[titles[title] for title in wanted],
        division=row["division"],
        expires=_day(row["expires"]),
        initial=True,
        **by,
    )
    outcome.passwords.append((row["username"], row["display_name"], place.name, password))
    return "new"


def _day(text: str) -> date | None:
    try:
        return day_given(text) if text else None
    except ValidationError as mistake:
        raise ValidationError(mistake.message, code="expires") from None
