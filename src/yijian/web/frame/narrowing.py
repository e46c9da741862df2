"""What a list is narrowed to: words in the address, so that it can be sent to a colleague."""

from dataclasses import dataclass, fields
from typing import Self

from django.http import QueryDict


@dataclass(frozen=True)
class Narrowing:
    """A list's own filters inherit it: each field is a word of the address; '' = not narrowed."""

    @classmethod
    def of(cls, address: QueryDict) -> Self:
        """As an address says it."""
        return cls(**{field.name: address.get(field.name, "").strip() for field in fields(cls)})

    @property
    def any(self) -> bool:
        """Whether anything is narrowed."""
        return any(getattr(self, field.name) for field in fields(self))
