"""The log, to which one can only add."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models


class AppendOnly(Exception):
    """Someone tried to change the log."""


class Act(models.TextChoices):
    """What can be logged."""

    LOG_IN = "log_in", "登录"
    LOG_IN_FAILED = "log_in_failed", "登录失败"
    LOG_OUT = "log_out", "退出"
    SHOW_IDENTITY = "show_identity", "查看身份"
    EXPORT = "export", "导出"
    LOAD = "load", "装入审核结果"
    SETTLE_POINT = "settle_point", "确认知识点"
    MAKE_ACCOUNT = "make_account", "建立账号"


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
    act = models.CharField("操作", max_length=20, choices=Act.choices)
    about = models.CharField("对象", max_length=200, blank=True)
    purpose = models.TextField("事由", blank=True)

    objects = _Entries.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="log_newest"),  # queries.entries_for: newest first
            models.Index(fields=["act", "-at"], name="log_by_act"),  # the same, of one kind
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.who} {self.act} {self.about}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the line; AppendOnly if it is there already."""
        if not self._state.adding:
            raise AppendOnly("the log is only added to")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("the log is only added to")
