"""The log, to which one can only add."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models

from yijian.web.audit_log.acts import title_of


class AppendOnly(Exception):
    """Someone tried to change the log."""


class _Entries(models.QuerySet["LogEntry"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("the log is only added to")

    def delete(self) -> NoReturn:
        raise AppendOnly("the log is only added to")


class LogEntry(models.Model):
    """One line: who (kept as text too), when, from where, what, about what, and why or with what filter."""

    at = models.DateTimeField("时间")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    who = models.CharField("账号", max_length=150)
    address = models.GenericIPAddressField("地址", null=True)
    act = models.CharField("操作", max_length=80)  # a word of `acts.titles()`
    about = models.CharField("对象", max_length=200, blank=True)
    purpose = models.TextField("事由", blank=True)
    changes = models.TextField("变更", blank=True, default="")  # JSON: field → [old, new]

    objects = _Entries.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="log_newest"),  # queries.entries_for: newest first
            models.Index(fields=["act", "-at"], name="log_by_act"),  # the same, of one kind
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.who} {self.act} {self.about}"

    @property
    def title(self) -> str:
        """What was done, in Chinese."""
        return title_of(self.act)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the line; AppendOnly if it is there already."""
        if not self._state.adding:
            raise AppendOnly("the log is only added to")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("the log is only added to")
