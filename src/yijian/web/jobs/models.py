"""Jobs: what somebody asked for, how far it is, and what came of it."""

from django.conf import settings
from django.db import models


class State(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", "等待"
    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    FAILED = "failed", "未完成"


class Job(models.Model):
    """One job. done / of: steps, of = 0 while nobody knows; worker: `host:pid`, beat: when it last showed that it lives."""

    title = models.CharField("任务", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提交人")
    made = models.DateTimeField("提交时间")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    task = models.CharField("队列编号", max_length=40, blank=True)
    worker = models.CharField("进程", max_length=100, blank=True)
    begun = models.DateTimeField("开始时间", null=True)
    beat = models.DateTimeField("最近活动", null=True)
    ended = models.DateTimeField("结束时间", null=True)
    done = models.PositiveBigIntegerField("已做", default=0)
    of = models.PositiveBigIntegerField("共", default=0)
    said = models.CharField("结果", max_length=500, blank=True)
    problem = models.CharField("原因", max_length=1000, blank=True)
    link = models.CharField("结果页面", max_length=500, blank=True)
    file = models.CharField("存放名", max_length=80, blank=True)
    file_name = models.CharField("文件名", max_length=200, blank=True)
    expires = models.DateTimeField("文件保留至", null=True)

    class Meta:
        indexes = [
            models.Index(fields=["by", "-made"], name="job_of_person"),  # queries.jobs_of
            models.Index(fields=["state", "beat"], name="job_by_state"),  # tending.recover
            models.Index(fields=["expires"], name="job_expiring"),  # tending.sweep
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def open(self) -> bool:
        """Whether it is still to be waited for."""
        return self.state in (State.WAITING, State.RUNNING)
