"""What pages of other records show of working together (see `frame.beside`)."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from yijian.web.accounts.queries import Right, User
from yijian.web.frame.beside import Note
from yijian.web.joint.consulting import meetings_about
from yijian.web.joint.queries import items_of, tally


def beside(about: str, user: User, record: Any) -> Iterable[Note]:
    """Of a case, lead or transfer its consultations; of a transfer its spot checks, too; of the yearly statement its year's."""
    if not user.may(Right.SEE_JOINT):
        return
    kind, _, key = about.partition(":")
    for meeting in meetings_about(about) if kind in ("cases.case", "leads.lead", "transfers.transfer") else ():
        words = f"{meeting.title}（{meeting.get_state_display()}）"  # type: ignore[attr-defined]
        yield Note("专案会商", words, reverse("joint:meeting", args=[meeting.pk]))
    if kind == "transfers.transfer":
        for item in items_of(int(key)):
            words = item.get_state_display()  # type: ignore[attr-defined]
            yield Note("移送抽查", words, reverse("joint:item", args=[item.pk]))
    if kind == "transfers.statement":
        n = tally(user, int(key))
        said = f"抽中 {n['drawn']} 件，已抽查 {n['looked']} 件，发现问题 {n['found']} 件，已整改 {n['corrected']} 件"
        yield Note("移送抽查", said, f"{reverse('joint:items')}?year={key}")
