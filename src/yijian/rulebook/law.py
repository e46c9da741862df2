"""What the articles that rules cite ask for, in our own words (`rules/law.toml`). The text itself is the published one."""

import re
import tomllib
from functools import cache
from pathlib import Path

from yijian.vocabulary.content import content

LAW = "law.toml"
_ITEM = re.compile(r"第（[一二三四五六七八九十]+）项$")


@cache
def _articles(root: Path) -> dict[str, dict[str, str]]:
    path = root / LAW
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def asks(citation: str, root: Path | None = None) -> str:
    """What a cited article asks for; for an item that stands nowhere, what its article asks; '' for an unknown one.

    >>> asks("医疗保障基金使用监督管理条例 第三十八条第（一）项")[:9]
    '分解住院、挂床住院'
    """
    law, _, article = citation.partition(" ")
    known = _articles(root or content("rules")).get(law, {})
    return known.get(article) or known.get(_ITEM.sub("", article), "")
