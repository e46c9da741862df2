"""What a document says, and its files: one layout for all kinds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from yijian.vocabulary.errors import UserError
from yijian.web.documents.rendering import day_words, docx, pdf, yuan_words
from yijian.web.papers.kinds import Kind


@dataclass(frozen=True)
class Table:
    """A table below the text. widths: parts of the page's width; money: columns that are set right."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class Said:
    """All that a document says, in words."""

    title: str
    number: str
    organ: str
    head: bool
    to: str
    paragraphs: tuple[str, ...]
    signs: tuple[str, ...]
    copies: str
    day: date
    tables: tuple[Table, ...] = field(default=())

    def words(self) -> dict[str, Any]:
        """As the layouts say it."""
        return {
            "title": self.title,
            "number": self.number,
            "organ": self.organ,
            "head": self.head,
            "to": self.to,
            "paragraphs": list(self.paragraphs),
            "signs": list(self.signs),
            "copies": self.copies,
            "day": day_words(self.day),
            "tables": [
                {
                    "title": one.title,
                    "head": list(one.head),
                    "rows": [list(row) for row in one.rows],
                    "widths": list(one.widths) or [1] * len(one.head),
                }
                for one in self.tables
            ],
        }


def said_of(kind: Kind, words: Mapping[str, Any], *, number: str, organ: str, day: date, tables: Sequence[Table] = ()) -> Said:
    """A kind's text filled. UserError where it asks for something that the record does not say, or is no template."""
    filled = {name: _word(value) for name, value in words.items()} | {"organ": organ, "number": number, "today": day_words(day)}
    text = _fill(kind, kind.text, filled)
    return Said(
        title=kind.title, number=number, organ=organ, head=kind.head, to=_fill(kind, kind.to, filled),
        paragraphs=tuple(line.strip() for line in text.splitlines() if line.strip()), signs=kind.signs,
        copies=_fill(kind, kind.copies, filled), day=day, tables=tuple(tables),
    )  # fmt: skip


def _word(value: Any) -> Any:
    """Days and money as documents write them; '' for what is not there."""
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, Decimal):
        return yuan_words(value)
    return "" if value is None else value


def _fill(kind: Kind, text: str, words: Mapping[str, Any]) -> str:
    try:
        return SandboxedEnvironment(undefined=StrictUndefined).from_string(text).render(words)
    except TemplateError as problem:
        raise UserError(f"文书“{kind.title}”的用语不能用：{problem}", do="请更正 documents/papers.toml 中的这一项") from problem


def as_docx(said: Said) -> bytes:
    """For Word. UserError where the layout cannot be filled."""
    return docx("official", said.words())


def as_pdf(said: Said) -> bytes:
    """As PDF; the same document gives the same bytes. UserError without Chinese fonts."""
    return pdf("official", said.words(), day=said.day)


FORMS: dict[str, tuple[Callable[[Said], bytes], str]] = {
    "pdf": (as_pdf, "application/pdf"),
    "docx": (as_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
"""Extension → how the file is made, its media type."""
