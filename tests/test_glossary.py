"""The glossary is kept true: each word that it says is in the code is in the code."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_word_of_the_glossary_is_in_the_code():
    rows = re.findall(r"^\| .* \| `([^`]+)` \|$", (ROOT / "docs/glossary.md").read_text(encoding="utf-8"), re.M)
    assert len(rows) > 25
    files = [p for d in ("src", "rules") for s in ("py", "sql", "toml") for p in (ROOT / d).rglob(f"*.{s}")]
    text = "\n".join(p.read_text(encoding="utf-8") for p in files)
    assert [word for word in rows if not re.search(rf"\b{re.escape(word)}\b", text)] == []


def test_no_word_stands_twice():
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| .* \|$", (ROOT / "docs/glossary.md").read_text(encoding="utf-8"), re.M)[1:]
    for column in (0, 1):
        words = [r[column].strip() for r in rows]
        assert len(words) == len(set(words))
