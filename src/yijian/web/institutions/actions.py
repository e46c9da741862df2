"""Taking institutions over from the lake."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from yijian.web.audit_log.actions import record
from yijian.web.institutions.acts import Act
from yijian.web.institutions.models import Institution

BATCH = 500


@transaction.atomic
def take_over_institutions(rows: Iterable[dict[str, Any]], *, who: str, when: datetime) -> int:
    """Make or renew institutions from fields (`lake.institutions_in`).

    Those that are gone keep their row, for findings point there, and lose their figures.
    """
    fresh = [Institution(**row) for row in rows]
    fields = [f.name for f in Institution._meta.concrete_fields if not f.primary_key]
    Institution.objects.exclude(pk__in=[one.pk for one in fresh]).update(settlements=0, fees=0, fund=0)
    Institution.objects.bulk_create(fresh, batch_size=BATCH, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    record(Act.LOAD, who=None, when=when, where=None, name=who, kind="定点医药机构", about=f"{len(fresh)} 家")
    return len(fresh)


def name_institutions(codes: Iterable[str]) -> None:
    """Make institutions that only reminders name; they go by their codes until a load of claims knows more of them."""
    fresh = [Institution(code=code, name=code) for code in sorted(codes)]
    Institution.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
