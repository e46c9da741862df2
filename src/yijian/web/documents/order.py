"""责令退回医疗保障基金通知书: the letter that orders an institution to repay."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from yijian.web.documents.rendering import day_words, docx, pdf, yuan_words

NO_ACCOUNT = "收款账户由我单位另行告知"


@dataclass(frozen=True)
class Item:
    """One thing that was determined. review: number of the review; bill: the settlement; counted: yuan of it; fund: to repay."""

    review: int
    bill: str
    day: date | None
    what: str
    basis: str
    counted: Decimal
    fund: Decimal


@dataclass(frozen=True)
class Order:
    """All that the letter says. period: the time to repay in words; account: where to, '' = not known; organ: who sends it."""

    number: str
    institution: str
    code: str
    amount: Decimal
    due: date
    period: str
    account: str
    organ: str
    day: date
    items: tuple[Item, ...]

    def words(self) -> dict[str, Any]:
        """As the templates say it."""
        return {
            "number": self.number,
            "institution": self.institution,
            "code": self.code,
            "bills": str(len({item.review for item in self.items})),
            "count": str(len(self.items)),
            "counted": yuan_words(sum((item.counted for item in self.items), Decimal(0))),
            "amount": yuan_words(self.amount),
            "due": day_words(self.due),
            "period": self.period,
            "account": f"收款账户：{self.account}" if self.account else NO_ACCOUNT,
            "organ": self.organ,
            "day": day_words(self.day),
            "items": [
                {
                    "order": str(order),
                    "review": str(item.review) if item.review else "—",
                    "bill": item.bill or "—",
                    "day": item.day.isoformat() if item.day else "—",
                    "what": item.what,
                    "basis": item.basis,
                    "counted": yuan_words(item.counted),
                    "fund": yuan_words(item.fund),
                }
                for order, item in enumerate(self.items, 1)
            ],
        }


def as_docx(order: Order) -> bytes:
    """The letter for Word. UserError where the template cannot be filled."""
    return docx("order", order.words())


def as_pdf(order: Order) -> bytes:
    """The letter as PDF; the same letter gives the same bytes. UserError without Chinese fonts."""
    return pdf("order", order.words(), day=order.day)
