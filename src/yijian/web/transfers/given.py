"""What a transfer says when it is drafted or comes in, and reading its lists as people type them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError

from yijian.web.accounts.queries import Organisation, partner_named
from yijian.web.frame.given import CENT, yuan_given
from yijian.web.institutions.queries import Institution
from yijian.web.transfers.bodies import bodies, suits

LEAST_FACTS = 10
"""Characters that the facts must have: a sentence."""
MOST_ITEMS = 200
MOST_PAGES = 100_000


@dataclass(frozen=True)
class Item:
    """A line of a list: yuan of a problem, pages of evidence."""

    what: str
    amount: Decimal | None = None
    pages: int | None = None


@dataclass(frozen=True)
class Given:
    """All that is written on a transfer. partner, copy_to: codes of organisations near the area."""

    body: str
    category: str
    partner: str
    title: str
    facts: str
    since: date
    problems: Sequence[Item]
    evidence: Sequence[Item]
    institution: Institution | None = None
    subject: str = ""
    amount: Decimal | None = None
    copy_to: str = ""
    reference: str = ""

    def check(self, direction: str, area: str, today: date) -> tuple[Organisation, Organisation | None]:
        """The other authority, and the one that is told. ValidationError says what is missing or cannot be."""
        if self.body not in bodies():
            raise ValidationError("请选择部门类别")
        if not suits(self.category, direction, self.body):
            raise ValidationError(f"请选择适用于{bodies()[self.body].title}的移送类别")
        partner = partner_named(self.partner, area)
        if partner is None:
            raise ValidationError("请从名单中选择对方单位；名单里没有的，请管理员先登记为协作部门")
        copied = partner_named(self.copy_to, area) if self.copy_to else None
        if self.copy_to and (copied is None or copied == partner):
            raise ValidationError("抄送单位须从名单中选择，并且不是移送的对方")
        if not self.title.strip() or len(self.facts.strip()) < LEAST_FACTS:
            raise ValidationError(f"请写明案由和主要事实，主要事实至少 {LEAST_FACTS} 个字")
        if self.institution is None and not self.subject.strip():
            raise ValidationError("请选择机构，或写明其他当事人")
        if not self.problems:
            raise ValidationError("请列出违法违规问题，至少一项")
        if not self.evidence:
            raise ValidationError("请列出移送的证据材料，至少一份")
        if self.since > today:
            raise ValidationError(f"处罚决定送达或发现之日 {self.since} 还没有到")
        return partner, copied


def problems_given(text: str) -> list[Item]:
    """A line a problem, its yuan after a bar: `重复收取床位费 | 1200.00`. ValidationError names the line."""
    return [
        Item(what, amount=yuan_given(rest, least=CENT, most=None) if rest else None)
        for what, rest in _lines(text, "违法违规问题")
    ]


def evidence_given(text: str) -> list[Item]:
    """A line a piece, its pages after a bar: `收费明细 | 12`. ValidationError names the line."""
    found: list[Item] = []
    for what, rest in _lines(text, "证据材料"):
        if rest and not (rest.isascii() and rest.isdecimal() and 0 < int(rest[:7]) <= MOST_PAGES):
            raise ValidationError(f"证据材料“{what[:30]}”的页数“{rest[:20]}”不是整数，请写成：材料名称 | 页数")
        found.append(Item(what, pages=int(rest) if rest else None))
    return found


def _lines(text: str, of: str) -> list[tuple[str, str]]:
    lines = [line.replace("｜", "|").strip() for line in text.replace("\x00", "").splitlines()]
    pairs = [(what.strip(), rest.strip()) for what, _, rest in (line.partition("|") for line in lines if line)]
    if len(pairs) > MOST_ITEMS:
        raise ValidationError(f"{of}最多 {MOST_ITEMS} 项，请把明细作为附件上传")
    for what, _ in pairs:
        if not 0 < len(what) <= 300:
            raise ValidationError(f"{of}每行一项，每项 1 到 300 个字")
    return pairs


def as_lines(items: Sequence[Item]) -> str:
    """The same list as it is typed."""
    ends = [one.amount if one.amount is not None else one.pages for one in items]
    return "\n".join(one.what if end is None else f"{one.what} | {end}" for one, end in zip(items, ends, strict=True))
