"""The rulebook as a static site: every rule has a page, links lead somewhere, nothing in it runs."""

import re

from yijian.rulebook.library import load_rules
from yijian.rulebook.site import pages
from yijian.vocabulary.content import content

RULES = load_rules()


def test_every_rule_has_a_page_and_every_link_leads_to_one():
    made = pages(RULES, content("rules"))
    assert {f"{rule}.html" for rule in RULES} < set(made)
    assert {link for text in made.values() for link in re.findall(r'href="([^"]+)"', text)} <= set(made)
    assert not any("<script" in text for text in made.values())


def test_a_page_says_law_examples_versions_and_sql():
    text = pages({"split_admission": RULES["split_admission"]}, content("rules"))["split_admission.html"]
    for words in ("第三十八条第（一）项", "分解住院、挂床住院", "入院日期", "未能判定", "内容摘要", "SELECT"):
        assert words in text
