"""Every write: put an activity into the book, withdraw one that was entered wrongly."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, need
from yijian.web.attachments.actions import attach
from yijian.web.audit_log.actions import record
from yijian.web.frame.given import reason_given
from yijian.web.training.acts import Act
from yijian.web.training.given import Given, known
from yijian.web.training.models import Activity, ActivityCount, Attendance
from yijian.web.training.queries import activity_for


@transaction.atomic
def enter(
    area: str, given: Given, *, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Activity:
    """Put it into the book, with signed lists, photos, a promise's scan. ValidationError where something is missing."""
    need(who, Right.KEEP_TRAINING)
    if area not in who.scope(Right.KEEP_TRAINING).areas:
        raise PermissionDenied
    kind, begin, end = given.check(timezone.localdate(when))
    attended = {code: people for code, people in given.attended.items() if people} if kind.attended else {}
    institutions, offices = known(attended, area)
    made = Activity.objects.create(
        kind=kind.word, title=given.title.strip()[:100], area=area, begin=begin, end=end, venue=given.venue,
        topic=given.topic.strip()[:1000], people=sum(attended.values()), opened=when, by=who,
    )  # fmt: skip
    ActivityCount.objects.bulk_create(
        ActivityCount(activity=made, what=what, number=number) for what, number in given.counts.items() if number
    )
    rows = [Attendance(activity=made, institution=one, people=attended[code]) for code, one in institutions.items()]
    rows += [Attendance(activity=made, organisation_id=code, people=attended[code]) for code in sorted(offices)]
    Attendance.objects.bulk_create(rows, batch_size=500)
    attach(f"training.activity:{made.pk}", files, who=who, when=when, where=where)
    _log(Act.RECORD, made, made.title, who=who, when=when, where=where)
    return made


@transaction.atomic
def withdraw(activity_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Activity:
    """It was entered wrongly: it stays with the reason and counts nowhere. ValidationError if it is withdrawn already."""
    need(who, Right.KEEP_TRAINING)
    one = activity_for(who, activity_id)
    if one.area not in who.scope(Right.KEEP_TRAINING).areas:
        raise PermissionDenied
    why = reason_given(reason)[:200]
    if not Activity.objects.filter(pk=one.pk, withdrawn=None).update(withdrawn=when, reason=why):
        raise ValidationError("这条登记已经撤销")
    one.withdrawn, one.reason = when, why
    _log(Act.WITHDRAW, one, why, who=who, when=when, where=where)
    return one


def _log(act: Act, one: Activity, purpose: str, *, who: User, when: datetime, where: str | None) -> None:
    record(act, who=who, when=when, where=where, kind="宣传培训", about=str(one.pk), purpose=purpose, area=one.area)
