"""Every write to a return: fill in, take over an Excel file, deliver, send back, accept with its pledges, drop."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from yijian.sheets import Row, read_workbook
from yijian.web.accounts.queries import Right, User, need
from yijian.web.attachments.actions import attach
from yijian.web.audit_log.actions import record
from yijian.web.campaigns import forms
from yijian.web.campaigns.acts import Act
from yijian.web.campaigns.asking import about, filler_of, link_of
from yijian.web.campaigns.models import ZERO, SelfInspection, SelfInspectionChange, SelfInspectionRow
from yijian.web.campaigns.pledging import admit, book, still_named
from yijian.web.campaigns.return_queries import fills, is_open, may_fill, may_take, return_for
from yijian.web.campaigns.steps import FILED, OWED, RETURN_STEPS
from yijian.web.clocks import actions as clocks
from yijian.web.frame.states import move

LEAST_STATEMENT = 10
MOST_ROWS, MOST_TOLD = 500, 8
MOST_FILE = 5 * 2**20


@transaction.atomic
def fill(
    return_id: int, typed: Sequence[Mapping[str, str]], head: Mapping[str, str], files: "Sequence[UploadedFile[bytes]]" = (),
    *, who: User, when: datetime, where: str | None,
) -> SelfInspection:  # fmt: skip
    """Keep what was typed into the rows of its page, instead of what was there. ValidationError where a cell cannot be read.

    What does not add up is kept: it is told when the return is to be delivered.
    """
    filed = _own(return_id, who)
    rows, problems = forms.read_rows(forms.form_of(filed.form), typed)
    if problems:
        raise ValidationError(_told([str(one) for one in problems]))
    _keep(filed, rows, head, from_excel=False)
    attach(about(filed), files, who=who, when=when, where=where)
    _log(Act.FILL, filed, who=who, when=when, where=where, purpose=f"{len(rows)} 行")
    return filed


@transaction.atomic
def take_file(
    return_id: int, file: "UploadedFile[bytes] | None", *, who: User, when: datetime, where: str | None
) -> SelfInspection:
    """Take over a filled-in template instead of what was there: all of it, or nothing and sentences that say why not.

    ValidationError, or UserError for a file that is not the form.
    """
    filed = _own(return_id, who)
    if file is None or not file.size:
        raise ValidationError("请选择填好的 Excel 文件")
    if file.size > MOST_FILE:
        raise ValidationError(f"文件有 {file.size / 2**20:.1f} MB，超过 {MOST_FILE // 2**20} MB，请只上传填好的模板")
    said = read_workbook(forms.form_of(filed.form), file.read())
    problems = [*forms.head_problems(filed, said.head), *map(str, said.problems)]
    if not said.rows:
        problems.append("文件里没有一行内容；没有发现问题的请作零报告")
    if problems:
        raise ValidationError(_told(problems))
    _keep(filed, said.rows, said.head, from_excel=True)
    _log(Act.FILL, filed, who=who, when=when, where=where, purpose=f"由 Excel 导入 {len(said.rows)} 行")
    return filed


@transaction.atomic
def submit(return_id: int, *, who: User, when: datetime, where: str | None) -> SelfInspection:
    """Deliver it. ValidationError where it does not hold together. Reviews that its rows name are accepted with it."""
    filed = _own(return_id, who)
    if not filed.rows.exists():  # type: ignore[attr-defined]
        raise ValidationError("还没有填写内容；自查没有发现问题的，请作零报告并写明自查经过")
    if problems := forms.problems_of(filed):
        raise ValidationError(_told(problems))
    filed.zero, filed.statement = False, ""
    admit(filed, who=who, when=when, where=where)
    return _deliver(filed, "报送", who=who, when=when, where=where)


@transaction.atomic
def submit_nothing(
    return_id: int, statement: str, head: Mapping[str, str], files: "Sequence[UploadedFile[bytes]]" = (),
    *, who: User, when: datetime, where: str | None,
) -> SelfInspection:  # fmt: skip
    """Deliver a return of nothing, with what was inspected and how. ValidationError where rows are filled in."""
    filed = _own(return_id, who)
    if filed.rows.exists():  # type: ignore[attr-defined]
        raise ValidationError("已经填写了问题，不能作零报告；确实没有问题的，请先清空各行并保存")
    still_named(filed, set())
    if len(statement.strip()) < LEAST_STATEMENT:
        raise ValidationError(f"零报告须写明自查了什么、怎样自查的，至少 {LEAST_STATEMENT} 个字")
    _keep(filed, [], head, from_excel=False)
    filed.zero, filed.statement = True, statement.strip()[:3000]
    attach(about(filed), files, who=who, when=when, where=where)
    return _deliver(filed, "零报告", who=who, when=when, where=where)


def _deliver(filed: SelfInspection, words: str, *, who: User, when: datetime, where: str | None) -> SelfInspection:
    old, filed.returned = filed.state, filed.returned or timezone.localdate(when)  # late or not: by the first time
    filed.save(update_fields=["zero", "statement", "returned"])
    move(filed, RETURN_STEPS["submit"], SelfInspectionChange, who=who, when=when, words=FILED)
    clocks.stop(about(filed), when=when)
    clocks.start(
        "self_inspection_check", about(filed), title=f"受理自查报告：{filed.name}"[:200], link=link_of(filed), area=filed.area,
        right=Right.KEEP_CAMPAIGNS, begun=timezone.localdate(when),
    )  # fmt: skip
    _log(Act.RETURN, filed, who=who, when=when, where=where, purpose=words, old=old)
    return filed


@transaction.atomic
def take(return_id: int, word: str, *, reason: str = "", who: User, when: datetime, where: str | None) -> SelfInspection:
    """An office sends it back, accepts it or drops it. Acceptance books what is pledged; once for good."""
    step = RETURN_STEPS[word]
    need(who, Right(step.right))
    filed, today = _held(return_id, who), timezone.localdate(when)
    if filed.state in step.frm and not may_take(who, filed, word):
        raise ValidationError(f"“{step.title}”由单位所在地或上级医保部门办理")
    old = filed.state
    move(filed, step, SelfInspectionChange, who=who, when=when, reason=reason, words=FILED)
    clocks.stop(about(filed), when=when, dropped=word == "drop")
    if word == "correct":
        place: str = filed.institution_id or ""  # type: ignore[attr-defined]
        clocks.start(
            "self_inspection_correction", about(filed), title=f"更正自查报告：{filed.campaign.title}"[:200],
            link=link_of(filed), area=filed.area, institution=place, right=filler_of(filed.form), begun=today,
        )  # fmt: skip
    if word == "accept":
        filed.accepted = today
        filed.save(update_fields=["accepted"])
        book(filed, who=who, when=when)
    told = {"correct": f"自查报告退回更正：{reason.strip()}", "accept": "自查报告已受理", "drop": "不再要求报送自查报告"}[word]
    by = filed.changes.filter(step="submit").order_by("-pk").first()  # type: ignore[attr-defined]
    if by is not None:
        clocks.tell([by.by], told[:300], link=link_of(filed), when=when)
    _log(Act.RETURN, filed, who=who, when=when, where=where, purpose=reason.strip() or step.title, old=old)
    return filed


def _own(return_id: int, who: User) -> SelfInspection:
    """A return that the user fills in, held until the transaction ends. ValidationError where it is not to be filled in now."""
    if not may_fill(who):
        raise PermissionDenied
    filed = _held(return_id, who)
    if not fills(who, filed):
        raise ValidationError("自查报告由被要求的单位自己填报")
    if filed.state not in OWED:
        raise ValidationError(f"现在的状态是“{FILED[filed.state]}”，不能再填写；需要更正的请联系医保部门退回")
    if not is_open(filed):
        raise ValidationError("专项治理已经结束，不再接收自查报告，请联系医保部门")
    return filed


def _held(return_id: int, who: User) -> SelfInspection:
    return_for(who, return_id)
    held = SelfInspection.objects.select_for_update(of=("self",)).select_related("campaign", "institution", "agency")
    return held.get(pk=return_id)


def _keep(filed: SelfInspection, rows: Sequence[Row], head: Mapping[str, str], *, from_excel: bool) -> None:
    if len(rows) > MOST_ROWS:
        raise ValidationError(f"有 {len(rows)} 行，最多 {MOST_ROWS} 行，请把同类问题合并")
    filed.rows.all().delete()  # type: ignore[attr-defined]
    SelfInspectionRow.objects.bulk_create(
        SelfInspectionRow(
            filed=filed, place=place, said=forms.kept(row), involved=forms.yuan_of(row, "involved"),
            refund=forms.yuan_of(row, "refund"), reviews=forms.reviews_of(row),
        )
        for place, row in enumerate(rows, 1)
    )  # fmt: skip
    filed.head = {key: head.get(key, "").strip()[: forms.LONGEST_FOOT] for key in forms.FOOT}
    filed.declared = sum((forms.yuan_of(row, "involved") for row in rows), ZERO)
    filed.pledged = sum((forms.yuan_of(row, "refund") for row in rows), Decimal(0))
    filed.from_excel, filed.zero, filed.statement = from_excel, False, ""
    filed.save(update_fields=["head", "declared", "pledged", "from_excel", "zero", "statement"])


def _told(problems: Sequence[str]) -> list[str]:
    """Sentences for a page: the first ones, and how many more there are."""
    more = [f"还有 {len(problems) - MOST_TOLD} 处"] if len(problems) > MOST_TOLD else []
    return [*problems[:MOST_TOLD], *more]


def _log(act: Act, filed: SelfInspection, *, who: User, when: datetime, where: str | None, purpose: str, old: str = "") -> None:
    changes = {"状态": (FILED.get(old, ""), FILED[filed.state])} if old and old != filed.state else {}
    about_ = str(filed.pk)
    record(act, who=who, when=when, where=where, kind="自查报告", about=about_, purpose=purpose, area=filed.area, changes=changes)
