"""Every write: taking reminders over from the lake, noting an export."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from yijian.web.audit_log.actions import record
from yijian.web.institutions.actions import name_institutions
from yijian.web.reminders.acts import Act
from yijian.web.reminders.lake import Lake
from yijian.web.reminders.models import Asked, LoadedMonth, RemindedRule, Reminder

BATCH = 5000


@transaction.atomic
def take_over_reminders(lake: Lake, *, who: str, when: datetime) -> int:
    """Make what pages show agree with the lake: months that differ are taken over anew, the others stay. How many months."""
    there, here = lake.months(), dict(LoadedMonth.objects.values_list("month", "digest"))
    differing = [month for month in sorted({*there, *here}) if there.get(month) != here.get(month)]
    if not differing:
        return 0
    name_institutions(lake.institutions())
    rules = [RemindedRule(**rule) for rule in lake.rules()]
    RemindedRule.objects.bulk_create(
        rules, update_conflicts=True, unique_fields=["code"], update_fields=["name", "official_code"], batch_size=200
    )
    reminders = sum(_replace(lake, month, there.get(month)) for month in differing)
    said = f"{len(differing)} 个月、{reminders} 条"
    record(Act.LOAD, who=None, when=when, where=None, name=who, kind="提醒", about="事前事中提醒", purpose=said)
    return len(differing)


def _replace(lake: Lake, month: date, digest: str | None) -> int:
    """Take one month over; `digest` None: the lake no longer has it. How many reminders it has."""
    # Plain deletes of one table each: nothing points at these rows, and a month has a hundred thousand.
    for model in (Reminder, Asked, LoadedMonth):
        model.objects.filter(month=month)._raw_delete(connection.alias)  # pyright: ignore[reportAttributeAccessIssue]
    if digest is None:
        return 0
    _insert(Asked, ({"month": month, **row} for row in _named(lake.asked(month))), leave_out=("id",))
    count = _insert(Reminder, map(_with_zone, lake.reminders(month)))
    LoadedMonth.objects.create(month=month, digest=digest)
    return count


def _named(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {"institution_id": row.pop("institution"), **row}


def _with_zone(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"asked": timezone.make_aware(row["asked"])}


def _insert(model: type[models.Model], rows: Iterable[Mapping[str, Any]], leave_out: tuple[str, ...] = ()) -> int:
    """Insert rows (by attribute name) with plain SQL, alike for SQLite and PostgreSQL: `bulk_create` makes a statement of
    every few dozen. How many."""
    fields = [field for field in model._meta.concrete_fields if field.attname not in leave_out]
    name = connection.ops.quote_name
    columns = ", ".join(name(field.column or field.attname) for field in fields)
    sql = (
        f"INSERT INTO {name(model._meta.db_table)} ({columns}) "  # noqa: S608 - our own names
        f"VALUES ({', '.join(['%s'] * len(fields))})"
    )
    waiting, count = iter(rows), 0
    with connection.cursor() as cursor:
        while batch := list(islice(waiting, BATCH)):
            cursor.executemany(sql, [[_stored(field, row[field.attname]) for field in fields] for row in batch])
            count += len(batch)
    return count


def _stored(field: "models.Field[Any, Any]", value: Any) -> Any:
    """A value as the database takes it; text and numbers are as they are."""
    special = isinstance(field, models.DateField | models.DecimalField)
    return field.get_db_prep_save(value, connection) if special else value
