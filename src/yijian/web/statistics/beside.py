"""What statistics say on other apps' pages (see `frame.beside`): of a campaign, its tables."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Right, User
from yijian.web.frame.beside import Note
from yijian.web.statistics.forms import forms
from yijian.web.statistics.periods import MOST, between, month_of

TABLES = ("annex4", "annex3", "annex2", "annex1")


def beside(about: str, user: User, record: Any) -> Iterable[Note]:
    """The annexes of a campaign that was issued, from that month until now."""
    issued = getattr(record, "issued", None)
    if not about.startswith("campaigns.campaign:") or issued is None or not user.may(Right.SEE_STATISTICS):
        return
    if not user.scope(Right.SEE_STATISTICS).covers(area=record.area):
        return
    first, last = month_of(issued), month_of(timezone.localdate())
    if not 0 < len(between(first, last)) <= MOST:
        return
    address = urlencode({"area": record.area, "period": f"{first}..{last}"})
    for key in TABLES:
        sheet = forms()[key].sheet
        yield Note(f"统计 {sheet.number}", sheet.title, f"{reverse('statistics:form', args=[key])}?{address}")
