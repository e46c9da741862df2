"""Laws and cases to look up: articles with what they ask, the rules that look for breaches, the causes, typical cases."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from yijian.rulebook.law import asks
from yijian.rulebook.rule import Rule
from yijian.web.cases.causes import Cause, causes
from yijian.web.findings.rulebook import rules_now


@dataclass
class Article:
    """One article of one law. asks: in our words, '' where they are missing."""

    law: str
    article: str
    asks: str
    rules: list[Rule] = field(default_factory=list[Rule])
    causes: list[Cause] = field(default_factory=list[Cause])

    def has(self, text: str) -> bool:
        """Whether the words stand anywhere in it."""
        titles = [rule.declaration.title for rule in self.rules] + [cause.text for cause in self.causes]
        return any(text in said for said in (self.law, self.article, self.asks, *titles))


def articles(text: str = "") -> list[Article]:
    """All articles that rules or causes cite, by law in the order in which they are cited most; narrowed to some words."""
    found: dict[tuple[str, str], Article] = {}
    cited: dict[str, int] = defaultdict(int)

    def article(citation: str) -> Article:
        law, _, number = citation.partition(" ")
        cited[law] += 1
        return found.setdefault((law, number), Article(law, number, asks(citation)))

    for rule in rules_now().values():
        for citation in rule.declaration.legal_basis:
            article(citation).rules.append(rule)
    for cause in causes().values():
        if cause.article.startswith("《"):
            law, _, number = cause.article[1:].partition("》")
            article(f"{law} {number}").causes.append(cause)
    ordered = sorted(found.values(), key=lambda one: (-cited[one.law], one.law, _order(one.article)))
    return [one for one in ordered if one.has(text)] if text else ordered


DIGITS = {digit: n for n, digit in enumerate("零一二三四五六七八九")}
NUMERAL = re.compile(r"[零一二三四五六七八九十百]+")


def _order(article: str) -> tuple[int, ...]:
    """第三十八条第（一）项 → (38, 1): as articles stand in their law; those without a number come last."""
    return tuple(_number(found) for found in NUMERAL.findall(article)) or (10_000,)


def _number(numeral: str) -> int:
    total = last = 0
    for sign in numeral:
        if sign in DIGITS:
            last = DIGITS[sign]
        else:
            total, last = total + (last or 1) * (10 if sign == "十" else 100), 0
    return total + last
