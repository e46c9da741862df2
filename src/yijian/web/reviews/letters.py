"""What a letter to an institution says, kept as it was when it was sent: reviews go on, the letter does not change."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from yijian.web.accounts.queries import User
from yijian.web.audit_log.actions import record
from yijian.web.documents import notice as document
from yijian.web.documents.rendering import MEDIA
from yijian.web.parameters.queries import value_of
from yijian.web.reviews.acts import Act
from yijian.web.reviews.models import Letter, Notice, ReviewLine
from yijian.web.reviews.queries import notice_for

KINDS: dict[str, Callable[[document.Notice], bytes]] = {"pdf": document.as_pdf, "docx": document.as_docx}
"""Extension → how the file is made."""


def keep(notice: Notice, organ: str) -> Letter:
    """Keep what a letter says that is being sent; in the transaction that sends it. organ: who sends it."""
    lines = ReviewLine.objects.filter(review__notice=notice).select_related("review", "finding").order_by("review_id", "pk")
    day = timezone.localdate(notice.at)
    said = document.Notice(
        number=notice.number,
        institution=notice.institution.name,
        code=notice.institution.pk,
        bills=notice.reviews_count,
        amount=notice.amount,
        due=notice.due,
        period=str(value_of("appeal_period", notice.area, day)),
        organ=organ,
        day=day,
        items=tuple(_item(line) for line in lines),
    )
    return Letter.objects.create(notice=notice, said=msgspec.to_builtins(said))


def _item(line: ReviewLine) -> document.Item:
    found, review = line.finding, line.review
    what = f"{found.rule_short}：{line.what}" if found else f"复审发现：{line.what}"
    return document.Item(review.pk, review.setl_id, review.day, what, found.legal_basis if found else "", line.counted)


@transaction.atomic
def fetch(notice_id: int, kind: str, *, who: User, when: datetime, where: str | None) -> tuple[Notice, bytes, str]:
    """A letter, its file of this kind (`KINDS`) and the media type; that it was fetched is logged. Http404 if there is none."""
    notice = notice_for(who, notice_id)
    letter = Letter.objects.filter(notice=notice).first()
    if letter is None or kind not in KINDS:
        raise Http404(f"{notice.number} 没有存下可下载的正文。")
    made = KINDS[kind](msgspec.convert(letter.said, document.Notice))
    record(Act.LETTER, who=who, when=when, where=where, kind="告知书", about=notice.number, purpose=kind, area=notice.area)
    return notice, made, MEDIA[kind]
