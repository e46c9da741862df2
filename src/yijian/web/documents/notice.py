"""医保基金审核疑点告知书: the letter that takes doubts about bills to an institution."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from yijian.web.documents.rendering import day_words, docx, pdf, yuan_words


@dataclass(frozen=True)
class Item:
    """One doubt. review: number of the review; bill: the settlement; what: the rule and what was found; yuan that count."""

    review: int
    bill: str
    day: date | None
    what: str
    basis: str
    amount: Decimal


@dataclass(frozen=True)
class Notice:
    """All that the letter says. period: the time for an answer in words; organ: who sends it; bills: how many."""

    number: str
    institution: str
    code: str
    bills: int
    amount: Decimal
    due: date
    period: str
    organ: str
    day: date
    items: tuple[Item, ...]

    def words(self) -> dict[str, Any]:
        """As the templates say it."""
        return {
            "number": self.number,
            "institution": self.institution,
            "code": self.code,
            "bills": str(self.bills),
            "count": str(len(self.items)),
            "amount": yuan_words(self.amount),
            "due": day_words(self.due),
            "period": self.period,
            "organ": self.organ,
            "day": day_words(self.day),
            "items": [
                {
                    "order": str(order),
                    "review": str(item.review),
                    "bill": item.bill or "—",
                    "day": item.day.isoformat() if item.day else "—",
                    "what": item.what,
                    "basis": item.basis,
                    "amount": yuan_words(item.amount),
                }
                for order, item in enumerate(self.items, 1)
            ],
        }


def as_docx(notice: Notice) -> bytes:
    """The letter for Word. UserError where the template cannot be filled."""
    return docx("notice", notice.words())


def as_pdf(notice: Notice) -> bytes:
    """The letter as PDF; the same letter gives the same bytes. UserError without Chinese fonts."""
    return pdf("notice", notice.words(), day=notice.day)


def letter(notice: Notice) -> tuple[bytes, bytes]:
    """The letter as (DOCX, PDF)."""
    return as_docx(notice), as_pdf(notice)
