"""States as rows: what may follow what is data, and every change is a row with who, when and why.

A work area declares its steps in `steps.py`, its rows as a model on `Change`, and moves records only by `move`: nothing skips a
step, and of two people who decide at once the second is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models


@dataclass(frozen=True)
class Step:
    """One thing that may be done: its word and title, the states it may start from, the state it leads to, the right it takes."""

    word: str
    title: str
    frm: tuple[str, ...]
    to: str
    right: str
    needs_reason: bool = False


class Change(models.Model):
    """A change of state of a record. A work area's own adds the foreign key `record`."""

    step = models.CharField("步骤", max_length=20)
    old = models.CharField(max_length=20)
    new = models.CharField(max_length=20)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.TextField("说明", blank=True)

    class Meta:
        abstract = True


LEAST_REASON = 4
"""Characters that a reason must have: a word, not a dot."""


def move(
    record: Any, step: Step, changes: type[Change], *, who: Any, when: datetime, reason: str = "", words: Mapping[str, str]
) -> None:
    """Take a record through a step, inside the caller's transaction; the caller has asked for the right.

    words: state → its title. ValidationError where a reason is missing, or the record is in no state that the step starts from.
    """
    reason = reason.strip()
    if step.needs_reason and len(reason) < LEAST_REASON:
        raise ValidationError(f"“{step.title}”须写明理由，至少 {LEAST_REASON} 个字")
    old = record.state
    moved = type(record).objects.filter(pk=record.pk, state=old, state__in=step.frm).update(state=step.to)
    if not moved:
        now = type(record).objects.values_list("state", flat=True).get(pk=record.pk)
        raise ValidationError(f"现在的状态是“{words[now]}”，不能“{step.title}”；请刷新页面")
    record.state = step.to
    changes.objects.create(record=record, step=step.word, old=old, new=step.to, at=when, by=who, reason=reason)  # type: ignore[misc]
