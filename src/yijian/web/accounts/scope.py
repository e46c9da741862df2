"""Whose records somebody may open: role × division × organisation, as a condition on any table."""

from dataclasses import dataclass

from django.db.models import Q

from yijian.vocabulary.divisions import prefix_of, within

__all__ = ["NOBODY", "Scope", "prefix_of", "within"]

NOBODY = Q(pk__in=[])


@dataclass(frozen=True)
class Scope:
    """Divisions, each with those below it; or one institution. Neither: nothing."""

    areas: tuple[str, ...] = ()
    institution: str = ""

    def condition(self, *, area: str = "area", institution: str = "institution") -> Q:
        """The same as a condition on a table with these fields: six digits of a division (text, no key:
        `division__code`), an institution's code.

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

    def counted(self, *, area: str = "area", institution: str = "institution") -> Q:
        """The same where rows are only counted: as ranges, which an index on the area answers without looking at each."""
        if self.institution:
            return Q(**{institution: self.institution})
        whole = NOBODY
        for division in self.areas:
            prefix = prefix_of(division)
            whole |= Q(**{f"{area}__gte": prefix, f"{area}__lt": f"{prefix}~"})
        return whole

    def covers(self, *, area: str, institution: str = "") -> bool:
        """Whether a record of this area and institution lies in it."""
        if self.institution:
            return institution == self.institution
        return any(within(division, area) for division in self.areas)
