"""Whose records somebody may open: role × division × organisation, as a condition on any table."""

from dataclasses import dataclass

from django.db.models import Q

NOBODY = Q(pk__in=[])


def prefix_of(division: str) -> str:
    """The digits that a division shares with all below it.

    >>> prefix_of("000000"), prefix_of("990000"), prefix_of("990100"), prefix_of("990102")
    ('', '99', '9901', '990102')
    """
    for length in (0, 2, 4):
        if not division[length:].strip("0"):
            return division[:length]
    return division


def within(division: str, other: str) -> bool:
    """Whether `other` is the division or lies in it.

    >>> within("990100", "990102"), within("990102", "990100")
    (True, False)
    """
    return other.startswith(prefix_of(division))


@dataclass(frozen=True)
class Scope:
    """Divisions, each with those below it; or one institution. Neither: nothing."""

    areas: tuple[str, ...] = ()
    institution: str = ""

    def condition(self, *, area: str = "area", institution: str = "institution") -> Q:
        """The same as a condition on a table with these fields: six digits of a division, an institution's code.

        One division is found in an index. A wide one (an office sees most of what its database holds) only sifts rows that
        another index gives in the order of the list: a range would lead databases to sort all of them instead.
        """
        if self.institution:
            return Q(**{institution: self.institution})
        whole = NOBODY
        for division in self.areas:
            prefix = prefix_of(division)
            if not prefix:
                return Q()
            whole |= Q(**{area if len(prefix) == len(division) else f"{area}__startswith": prefix})
        return whole

    def covers(self, *, area: str, institution: str = "") -> bool:
        """Whether a record of this area and institution lies in it."""
        if self.institution:
            return institution == self.institution
        return any(within(division, area) for division in self.areas)
