"""Asking about institutions. Who may ask is settled by the apps above: an institution itself is no secret."""

from collections import Counter

from django.db.models import QuerySet

from yijian.web.institutions.models import Institution

__all__ = [
    "Institution",
    "all_institutions",
    "areas_of_institutions",
    "institution",
    "institution_names",
    "institutions_by_code",
    "institutions_named",
    "is_pharmacy",
    "peers_of",
]

MOST_OF = 0.9
"""Share of settlements that makes a division the pooling area; the rest were paid elsewhere."""


def all_institutions() -> "QuerySet[Institution]":
    """Every institution, by name."""
    return Institution.objects.order_by("name")


def institution_names() -> dict[str, str]:
    """Code → name of all, by name: what a filter offers."""
    return dict(Institution.objects.order_by("name").values_list("code", "name"))


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
