"""The lines of a review in forms: each has its fields under its own number, so that they work without scripts.

answer-33     admitted | contested      objection-33    why it is contested
line-33       yuan that are determined  note-33         why so much
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import QueryDict

from yijian.web.reviews.models import ReviewLine

Answer = ReviewLine.Answer
LONGEST = 3000
"""Characters of a reason."""


@dataclass(frozen=True)
class Row:
    """A line as its page shows it: number from 1, and what its fields hold, typed before or to begin with."""

    number: int
    line: ReviewLine
    answer: str
    objection: str
    yuan: str
    note: str


def rows_of(lines: Iterable[ReviewLine], given: QueryDict | None) -> list[Row]:
    """The lines in their order. given: a form that could not be taken."""
    return [
        Row(
            number,
            line,
            _held(given, "answer", line, ""),
            _held(given, "objection", line, ""),
            _held(given, "line", line, str(line.at_stake)),
            _held(given, "note", line, ""),
        )
        for number, line in enumerate(lines, 1)
    ]


def _held(given: QueryDict | None, field: str, line: ReviewLine, begin: str) -> str:
    return str(given.get(f"{field}-{line.pk}", begin)) if given is not None else begin


def of_lines(given: QueryDict, field: str) -> dict[int, str]:
    """Line → what stands in its field, of the lines that the form has."""
    prefix = f"{field}-"
    said = ((name.removeprefix(prefix), str(value)) for name, value in given.items() if name.startswith(prefix))
    return {int(number): value for number, value in said if number.isascii() and number.isdecimal()}


def answers_of(given: QueryDict) -> dict[int, str | None]:
    """Line → why it is contested, None = it is admitted; a line without an answer is not there.

    ValidationError where a line is admitted and yet a reason against it is written.
    """
    reasons = of_lines(given, "objection")
    answers: dict[int, str | None] = {}
    for line, answer in of_lines(given, "answer").items():
        why = reasons.get(line, "").strip()[:LONGEST]
        if answer == Answer.ADMITTED.value and why:
            raise ValidationError(f"有一条选了“认可”，又写了申诉理由（“{why[:20]}”）：请改选“申诉”，或删去理由")
        if answer in Answer.values:
            answers[line] = why if answer == Answer.CONTESTED.value else None
    return answers
