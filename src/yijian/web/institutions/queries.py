"""Asking about institutions. Who may ask is settled by the apps above: an institution itself is no secret."""

from django.db.models import QuerySet

from yijian.web.institutions.models import Institution

__all__ = ["Institution", "all_institutions", "institution", "is_pharmacy", "peers_of"]


def all_institutions() -> "QuerySet[Institution]":
    """Every institution, by name."""
    return Institution.objects.order_by("name")


def institution(code: str) -> Institution | None:
    """One institution, or None."""
    return Institution.objects.filter(pk=code).first()


def peers_of(one: Institution) -> "QuerySet[Institution]":
    """Institutions of the same kind and level with settlements, itself included."""
    return Institution.objects.filter(kind=one.kind, level=one.level, settlements__gt=0)


def is_pharmacy(one: Institution) -> bool:
    """Whether it is a pharmacy; pharmacies have no level."""
    return one.kind == Institution.Kind.PHARMACY
