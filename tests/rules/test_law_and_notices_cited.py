"""What rules cite exists: laws and articles in their texts, notices in theirs; what could not be compared says so."""

import os
import re
import tomllib
from pathlib import Path

import pytest

from yijian.rulebook.law import LAW, asks
from yijian.rulebook.library import load_rules
from yijian.vocabulary.content import content

RULES = load_rules()
SHARED = Path(os.environ.get("YIJIAN_SHARED", "/work/shared"))
KNOWN = tomllib.loads((content("rules") / LAW).read_text(encoding="utf-8"))
AT_HAND = ("医疗保障基金使用监督管理条例", "社会保险法")
CITED = sorted({c for r in RULES.values() for c in r.declaration.legal_basis})
NOTICES = sorted({n for r in RULES.values() for n in r.declaration.notices})


def articles(law: str) -> dict[str, str]:
    """The articles of a law whose text is at hand: `第十五条` → its text."""
    paths = sorted((SHARED / "domain" / "law").glob(f"{law}(*.md"))
    if not paths:
        pytest.skip("the texts of the laws are not at hand")
    parts = re.split(r"^(第[一二三四五六七八九十百]+条) ", paths[0].read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("citation", CITED)
def test_a_cited_article_is_a_known_one(citation):
    law, _, article = citation.partition(" ")
    assert law in KNOWN
    assert asks(citation), "rules/law.toml does not say what it asks for"
    if law in AT_HAND:
        article, item = re.fullmatch(r"(第[一二三四五六七八九十]+条)(?:第(（[一二三四五六七八九十]）)项)?", article).groups()
        text = articles(law)
        assert article in text
        assert item is None or f"\n{item}" in text[article]


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_law_whose_text_was_not_at_hand_is_named_among_the_known_gaps(rule):
    declared = rule.declaration
    unread = {c.partition(" ")[0] for c in declared.legal_basis} - set(AT_HAND)
    assert not unread or any("未与原文核对" in gap for gap in declared.known_gaps)


HEADINGS = (r"[一二三四五六七八九十]+", r"\([一二三四五六七八九十]+\)", r"\d+", r"[①②③④⑤]")
AFTER = ("、", "", r"\.", "")
"""Headings of a notice from the outer to the inner, and what stands after them."""


def section(text: str, place: str) -> str:
    """The text of a section, up to the next heading of its kind; `四(二)3①` is a part of a part. '' if it is not there."""
    for level, mark in _marks(place):
        found = re.search(rf"(?m)^\s*{re.escape(mark)}{AFTER[level]}", text)
        if not found:
            return ""
        text = re.split(rf"(?m)^\s*{HEADINGS[level]}{AFTER[level]}", text[found.end() :])[0]
    return text


def _marks(place: str) -> list[tuple[int, str]]:
    """`四(二)3` → (0, 四), (1, (二)), (2, 3)."""
    return [
        (next(level for level, h in enumerate(HEADINGS) if re.fullmatch(h, mark)), mark)
        for mark in re.findall(r"\(.+?\)|\d+|[一二三四五六七八九十]+|[①②③④⑤]", place)
    ]


@pytest.mark.parametrize("citation", NOTICES)
def test_a_cited_section_of_a_notice_is_there(citation):
    number, place = citation.split(" ")
    paths = sorted((SHARED / "seeds").glob(f"{number}_*.txt"))
    if not paths:
        pytest.skip("the notices are not at hand")
    text = paths[0].read_text(encoding="utf-8").replace("（", "(").replace("）", ")")
    assert section(text, place)
