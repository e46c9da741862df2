"""What the pages of leads and cases show of their transfers (see `frame.beside`)."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from yijian.web.accounts.queries import Right, User
from yijian.web.frame.beside import Note
from yijian.web.transfers.queries import transfers_of
from yijian.web.transfers.sources import fit
from yijian.web.transfers.steps import WORDS

TITLE = "部门移送"


def beside(about: str, user: User, record: Any) -> Iterable[Note]:
    """Each transfer of the record, and where one may be drafted."""
    if about.partition(":")[0] not in ("leads.lead", "cases.case") or not user.may(Right.SEE_TRANSFERS):
        return
    made = list(transfers_of(about))
    for one in made:
        yield Note(TITLE, f"{one.partner.name} {one}（{WORDS[one.state]}）", reverse("transfers:detail", args=[one.pk]))
    if user.may(Right.KEEP_TRANSFERS) and record.area in user.scope(Right.KEEP_TRANSFERS).areas and fit(record, made):
        yield Note(TITLE, "拟移送书", f"{reverse('transfers:new')}?about={about}")
