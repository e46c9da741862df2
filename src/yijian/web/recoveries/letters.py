"""What the letter that orders a repayment says, kept as it was when it was sent: money comes in, the letter does not change."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from yijian.web.accounts.queries import User
from yijian.web.audit_log.actions import record
from yijian.web.documents import order as document
from yijian.web.documents.rendering import MEDIA
from yijian.web.parameters.queries import Book
from yijian.web.recoveries.acts import Act
from yijian.web.recoveries.models import Letter, Order, Recovery
from yijian.web.recoveries.queries import order_for

KINDS: dict[str, Callable[[document.Order], bytes]] = {"pdf": document.as_pdf, "docx": document.as_docx}
"""Extension → how the file is made."""


def keep(order: Order, organ: str) -> Letter:
    """Keep what a letter says that is being sent; in the transaction that sends it. organ: who sends it."""
    rows = Recovery.objects.filter(order=order).select_related("particulars").order_by("review", "pk")
    book, day = Book(), timezone.localdate(order.at)
    said = document.Order(
        number=order.number,
        institution=order.institution.name,
        code=order.institution.pk,
        amount=order.amount,
        due=order.due,
        period=str(book.value_of("repayment_period", order.area, day)),
        account=book.value_of("repayment_account", order.area, day).text,
        organ=organ,
        day=day,
        items=tuple(_item(row) for row in rows),
    )
    return Letter.objects.create(order=order, said=msgspec.to_builtins(said))


def _item(row: Recovery) -> document.Item:
    said = row.particulars  # type: ignore[attr-defined]
    what = f"{row.rule_title}：{said.what}"
    return document.Item(row.review, said.bill, said.day, what, said.basis, said.counted, row.ordered)


def is_kept(order: Order) -> bool:
    """Whether the letter can be fetched: one that was sent before letters were kept cannot."""
    return Letter.objects.filter(order=order).exists()


@transaction.atomic
def fetch(order_id: int, kind: str, *, who: User, when: datetime, where: str | None) -> tuple[Order, bytes, str]:
    """A letter, its file of this kind (`KINDS`) and the media type; that it was fetched is logged. Http404 if there is none."""
    order = order_for(who, order_id)
    letter = Letter.objects.filter(order=order).first()
    if letter is None or kind not in KINDS:
        raise Http404(f"{order.number} 没有存下可下载的正文。")
    made = KINDS[kind](msgspec.convert(letter.said, document.Order))
    record(Act.LETTER, who=who, when=when, where=where, kind="退回通知", about=order.number, purpose=kind, area=order.area)
    return order, made, MEDIA[kind]
