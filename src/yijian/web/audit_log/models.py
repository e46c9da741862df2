"""The log, to which one can only add; its head, and the checkpoints that were signed."""

import json
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import CharField, F, Func

from yijian.trust.log_entry import Entry, instant
from yijian.web.audit_log.acts import title_of


class AppendOnly(Exception):
    """Someone tried to change the log."""


class _Entries(models.QuerySet["LogEntry"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("the log is only added to")

    def delete(self) -> NoReturn:
        raise AppendOnly("the log is only added to")


def city_of_area() -> Func:
    """The first four digits of a line's division. Literals, not parameters: SQLite finds them in an index only so."""
    return Func(F("area"), template="SUBSTR(%(expressions)s, 1, 4)", output_field=CharField())


class LogEntry(models.Model):
    """One line: who (kept as text too), when, from where, what, about what, whose data, why, and what it changed.

    `area` says who may read it and is no part of what is hashed: see docs/decisions/the-desk.md.
    Lines are numbered from 0 without gaps. `leaf` is the hash of all fields (`trust.log_entry`), and a leaf of the log's tree.
    """

    number = models.IntegerField("编号", primary_key=True)  # not Big: in SQLite only `integer` is the row's own number
    at = models.DateTimeField("时间")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    who = models.CharField("账号", max_length=150)
    address = models.CharField("地址", max_length=45, blank=True)  # text: what is hashed must come back unchanged
    act = models.CharField("操作", max_length=80)  # a word of `acts.titles()`
    kind = models.CharField("对象类别", max_length=40, blank=True)
    about = models.CharField("对象编号", max_length=200, blank=True)
    person = models.CharField("人员编号", max_length=50, blank=True)
    purpose = models.TextField("事由", blank=True)
    changes = models.TextField("变更", blank=True)  # JSON: field → [old, new]; text for the same reason
    leaf = models.CharField("哈希", max_length=64)
    area = models.CharField("行政区划", max_length=6, blank=True)  # of the record, else of who acted, then; '' = of nobody

    objects = _Entries.as_manager()

    class Meta:
        indexes = [  # of queries.entries: newest first, narrowed by one thing and a period; `number` only breaks ties
            models.Index(fields=["at"], name="log_at"),
            models.Index(fields=["act", "at"], name="log_act_at"),
            models.Index(fields=["who", "at"], name="log_who_at"),
            models.Index(fields=["address", "at"], name="log_address_at"),
            models.Index(fields=["about", "at"], name="log_about_at"),
            models.Index(fields=["person", "at"], name="log_person_at"),
            # the newest of a county, and of a city; a province's are found by walking log_at
            models.Index(fields=["area", "at"], name="log_area_at"),
            models.Index(city_of_area(), F("at"), name="log_city_at"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.at:%Y-%m-%d %H:%M:%S} {self.who} {self.act} {self.kind} {self.about}"

    @property
    def title(self) -> str:
        """What was done, in Chinese."""
        return title_of(self.act)

    @property
    def changed(self) -> list[tuple[str, str, str]]:
        """(field, old, new) of what was changed, in words."""
        return [(field, _said(old), _said(new)) for field, (old, new) in json.loads(self.changes or "{}").items()]

    def entry(self) -> Entry:
        """The line as it is hashed and handed to others."""
        return Entry(
            self.number,
            instant(self.at),
            self.who,
            str(self.user_id or ""),  # pyright: ignore[reportAttributeAccessIssue]
            self.address,
            self.act,
            self.kind,
            self.about,
            self.person,
            self.purpose,
            self.changes,
        )

    @property
    def is_sound(self) -> bool:
        """Whether the line is still what was hashed when it was written."""
        return self.entry().leaf().hex() == self.leaf

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the line; AppendOnly if it is there already."""
        if not self._state.adding:
            raise AppendOnly("the log is only added to")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("the log is only added to")


def _said(value: object) -> str:
    """A value of `changes` as a person reads it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_said(one) for one in value) or "无"
    return "无" if value is None or value == "" else str(value)


class LogHead(models.Model):
    """Where the log stands: one row, which every writer locks, so that numbers have neither gaps nor doubles."""

    id = models.IntegerField(primary_key=True, default=1)
    origin = models.CharField(max_length=40)  # the log's own name, drawn once; checkpoints carry it
    size = models.IntegerField(default=0)  # how many lines there are, and the number of the next
    peaks = models.TextField(blank=True)  # `merkle.Frontier.packed`, in hex digits
    signed_on = models.CharField(max_length=10, blank=True)  # the day here of the last checkpoint, 2026-11-22


class LogCheckpoint(models.Model):
    """A signed checkpoint; the same note lies in the home (`Home.log`), apart from the database."""

    size = models.IntegerField(primary_key=True)
    at = models.DateTimeField()
    note = models.TextField()
