"""What the pages of leads and campaigns show of inspections (see `frame.beside`)."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from yijian.web.accounts.queries import Right, User
from yijian.web.frame.beside import Note
from yijian.web.frame.templatetags.frame import share
from yijian.web.inspections.coverage import of_campaign
from yijian.web.inspections.kinds import SUBJECTS
from yijian.web.inspections.queries import inner, inspection_of, inspections_for


def beside(about: str, user: User, record: Any) -> Iterable[Note]:
    """Of a lead that was made from an inspection, where it comes from; of a campaign, how many subjects were inspected."""
    if about.startswith("leads.lead:") and inner(user):
        one = inspection_of(record.about)
        if one is not None and inner(user, one) and inspections_for(user).filter(pk=one.pk).exists():
            yield Note("检查", f"{one.title}（{one.number}）", reverse("inspections:detail", args=[one.pk]))
    if about.startswith("campaigns.campaign:") and user.scope(Right.SEE_INSPECTIONS).covers(area=record.area):
        link = f"{reverse('inspections:list')}?{urlencode({'about': about})}"
        for word, (seen, whole) in of_campaign(record).items():
            if whole:
                yield Note(f"现场检查{SUBJECTS[word]}", f"{seen:,}/{whole:,} 家，{share(seen, whole)}", link)
