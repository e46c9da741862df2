"""What the pages of leads and cases show of measures under the agreement (see `frame.beside`)."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from yijian.web.accounts.queries import Right, User
from yijian.web.agreements.queries import measures_of
from yijian.web.agreements.sources import fit
from yijian.web.agreements.steps import WORDS
from yijian.web.frame.beside import Note

TITLE = "协议处理"


def beside(about: str, user: User, record: Any) -> Iterable[Note]:
    """Each measure that stands on the record, and where one may be proposed."""
    if about.partition(":")[0] not in ("leads.lead", "cases.case") or not user.may(Right.SEE_AGREEMENTS):
        return
    made = list(measures_of(about))
    for one in made:
        yield Note(TITLE, f"{one.title}（{WORDS[one.state]}）", reverse("agreements:detail", args=[one.pk]))
    if user.may(Right.KEEP_AGREEMENTS) and record.area in user.scope(Right.KEEP_AGREEMENTS).areas and fit(record, made):
        yield Note(TITLE, "提请协议处理", f"{reverse('agreements:new')}?about={about}")
