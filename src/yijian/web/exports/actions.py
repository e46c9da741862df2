"""Every write: a list is written as a file, and the log says so; a long one becomes a job."""

from datetime import datetime
from typing import IO

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from yijian.web.accounts.queries import User
from yijian.web.audit_log.actions import record
from yijian.web.exports.acts import Act
from yijian.web.frame.export import FORMS, Listing, Sheet

AT_ONCE = 20_000
"""Rows that a page waits for; more become a job."""


def written(sheet: Sheet, form: str, *, who: User, when: datetime, where: str | None) -> IO[bytes]:
    """A list as a file (`FORMS`), open; nobody gets it before the log says so. UserError where it is too long for its form.

    The file is written outside of the transaction: a long one would keep all other writers waiting.
    """
    made = FORMS[form](sheet, who=str(who), when=timezone.localtime(when))
    about = f"{sheet.count} 条"
    with transaction.atomic():
        record(Act.EXPORT, who=who, when=when, where=where, kind=sheet.title, about=about, purpose=sheet.words)
    return made


def sheet_for(listing: Listing, user: User, address: str) -> Sheet:
    """The list as an address narrows and sorts it. PermissionDenied without the right to it."""
    return listing.sheet(user, QueryDict(address))


def file_name(sheet: Sheet, form: str, when: datetime) -> str:
    """疑点-20260131-0900.xlsx"""
    return f"{sheet.title}-{timezone.localtime(when):%Y%m%d-%H%M}.{form}"
