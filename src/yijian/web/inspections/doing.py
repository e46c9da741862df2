"""What the actions of this app share: taking a step, the log line, the name and page of an inspection."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.urls import reverse

from yijian.web.accounts.queries import Right, User, need
from yijian.web.audit_log.actions import record
from yijian.web.frame.states import move
from yijian.web.inspections.acts import Act
from yijian.web.inspections.models import Inspection, InspectionChange
from yijian.web.inspections.queries import inspection_for, may_take
from yijian.web.inspections.steps import STEPS, WORDS


def about(one: Inspection) -> str:
    """As attachments, papers and clocks name it."""
    return f"inspections.inspection:{one.pk}"


def link(one: Inspection) -> str:
    """Its page."""
    return reverse("inspections:detail", args=[one.pk])


def take(inspection_id: int, word: str, *, who: User, when: datetime, reason: str = "") -> tuple[Inspection, str]:
    """Take it through a step; the inspection and its state before. ValidationError where the step is not the person's."""
    need(who, Right(STEPS[word].right))
    one = inspection_for(who, inspection_id)
    if one.state in STEPS[word].frm and not may_take(who, one, word):
        title = STEPS[word].title
        raise ValidationError(f"“{title}”不由您办理：现场由检查组成员，认定由不在检查组里的负责人，其他由承办单位办理")
    old = one.state
    move(one, STEPS[word], InspectionChange, who=who, when=when, reason=reason, words=WORDS)
    return one, old


def hold(one: Inspection) -> None:
    """Nobody else changes it or its team until the action ends; its state as it is now. Before its team is read."""
    list(Inspection.objects.select_for_update().filter(pk=one.pk).values_list("pk"))
    one.refresh_from_db(fields=["state"])


def log(act: Act, one: Inspection, old: str, *, who: User, when: datetime, where: str | None, purpose: str) -> None:
    """The line of the audit log; nobody's name stands in it."""
    changes = {"状态": (WORDS.get(old, ""), WORDS[one.state])} if old != one.state else {}
    record(act, who=who, when=when, where=where, kind="检查", about=one.number, purpose=purpose, area=one.area, changes=changes)
