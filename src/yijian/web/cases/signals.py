"""What apps above are told, inside the transaction of the action; and what they add to a case's page."""

from dataclasses import dataclass, field

from django.dispatch import Signal

decided = Signal()
"""A case has its decision. Arguments: case, decision, when."""

served = Signal()
"""The decision has reached the party. Arguments: case, decision, day, when."""

shown = Signal()
"""The page of a case is put together for somebody. Arguments: case, user. Receivers answer with a `Beside`, or None."""


@dataclass(frozen=True)
class Beside:
    """What an app above has to say at the side of a case: a title, lines of (words, address, state), and what may be begun."""

    title: str
    lines: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    begin: tuple[str, str] | None = None
    """(words, address)"""
