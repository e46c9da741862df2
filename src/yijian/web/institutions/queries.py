"""Asking about institutions. Who may ask is settled by the apps above: an institution itself is no secret."""

from collections import Counter
from collections.abc import Iterator, Mapping

from django.db.models import Q, QuerySet

from yijian.web.institutions.models import Institution

__all__ = [
    "Institution",
    "Names",
    "all_institutions",
    "areas_of_institutions",
    "institution",
    "institution_names",
    "institutions_by_code",
    "institutions_named",
    "is_pharmacy",
    "like",
    "peers_of",
]

MOST_OF = 0.9
"""Share of settlements that makes a division the pooling area; the rest were paid elsewhere."""


FEW = 1_000
"""Institutions that a list to choose from may have; of more, a person writes a part of the name."""
PROPOSED = 20
"""Institutions that are proposed for what somebody writes."""


class Names(Mapping[str, str]):
    """Code → name of these institutions, by name. Where they are more than a FEW, one is read when it is asked for."""

    def __init__(self, institutions: "QuerySet[Institution]") -> None:
        self._rows = institutions.order_by("name", "code")
        self._known = dict(self._rows.values_list("code", "name")[: FEW + 1])
        self.few = self._whole = len(self._known) <= FEW
        """few: whether all of them fit into a list to choose from."""
        if not self.few:
            self._known = {}

    def __getitem__(self, code: str) -> str:
        if code not in self._known and not self._whole:
            self._known |= self._rows.filter(pk=code).values_list("code", "name")
        return self._known[code]

    def __iter__(self) -> Iterator[str]:
        if not self._whole:
            self._known, self._whole = dict(self._rows.values_list("code", "name")), True
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known) if self._whole else self._rows.count()


def all_institutions() -> "QuerySet[Institution]":
    """Every institution, by name."""
    return Institution.objects.order_by("name")


def institution_names() -> Names:
    """Code → name of all, by name: what a filter offers."""
    return Names(Institution.objects.all())


def like(words: str) -> list[tuple[str, str]]:
    """(code, name) of the first whose code begins so or whose name has these words; none for no words."""
    found = Institution.objects.filter(Q(code__istartswith=words) | Q(name__icontains=words)).order_by("name", "code")
    return list(found.values_list("code", "name")[:PROPOSED]) if words else []


def institutions_named(words: str) -> list[str]:
    """Codes of those whose name has these words."""
    return list(Institution.objects.filter(name__icontains=words).values_list("code", flat=True))


def institutions_by_code() -> dict[str, Institution]:
    """All of them."""
    return {one.pk: one for one in Institution.objects.all()}


def institution(code: str) -> Institution | None:
    """One institution, or None."""
    return Institution.objects.filter(pk=code).first()


def peers_of(one: Institution) -> "QuerySet[Institution]":
    """Institutions of the same kind and level with settlements, itself included."""
    return Institution.objects.filter(kind=one.kind, level=one.level, settlements__gt=0)


def is_pharmacy(one: Institution) -> bool:
    """Whether it is a pharmacy; pharmacies have no level."""
    return one.kind == Institution.Kind.PHARMACY


def areas_of_institutions() -> dict[str, str]:
    """Institution → six digits of its division; '' → the pooling area: the smallest division with 90 % of the settlements."""
    known = [row for row in Institution.objects.values_list("code", "area", "settlements") if row[1]]
    paid = sum(n for _, _, n in known)
    whole = "000000"
    for length in (6, 4, 2):
        by_prefix = Counter[str]()
        for _, area, n in known:
            by_prefix[area[:length]] += n
        prefix, most = by_prefix.most_common(1)[0] if by_prefix else ("", 0)
        if paid and most >= MOST_OF * paid:
            whole = prefix.ljust(6, "0")
            break
    return {**{code: area for code, area, _ in known}, "": whole}
