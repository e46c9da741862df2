"""Reminders, and how often hospitals asked. Taken over from the lake month by month; nobody edits them here."""

from django.db import models


class Stage(models.TextChoices):
    """When the hospital asked."""

    BEFORE = "pre", "事前"
    DURING = "mid", "事中"
    UNKNOWN = "", "未注明"


class Done(models.TextChoices):
    """`warn_dspo_way`: what the doctor did with a reminder. The first two are national."""

    GONE_ON = "1", "继续执行"
    CHANGED = "2", "返回修改"
    OTHER = "9", "其他方式"
    NOTHING = "0", "没有反馈"


class RemindedRule(models.Model):
    """A rule that some reminder names, of ours or of another system."""

    code = models.CharField("规则", max_length=100, primary_key=True)
    name = models.CharField("规则名称", max_length=200)
    official_code = models.CharField("两库编码", max_length=100, blank=True)

    def __str__(self) -> str:
        return self.name


class Reminder(models.Model):
    """One reminder: a row of `bffact_warn_rslt_d` that says that something is wrong. Persons by `psn_no` alone."""

    id = models.CharField("提醒编号", max_length=100, primary_key=True)
    month = models.DateField("月份")
    asked = models.DateTimeField("询问时间")
    took = models.FloatField("用时（毫秒）", null=True)
    stage = models.CharField("阶段", max_length=3, choices=Stage.choices, blank=True)
    scene = models.CharField("触发场景", max_length=10, blank=True)
    rule = models.ForeignKey(RemindedRule, models.PROTECT, related_name="reminders")
    severity = models.CharField("严重程度", max_length=10, blank=True)
    text = models.TextField("提醒内容", blank=True)
    amount = models.DecimalField("涉及金额", max_digits=16, decimal_places=2, null=True)
    fee = models.DecimalField("费用总额", max_digits=16, decimal_places=2, null=True)
    done = models.CharField("处理", max_length=1, choices=Done.choices, default=Done.NOTHING)
    reason = models.CharField("原因", max_length=500, blank=True)
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="reminders")
    doctor = models.CharField("医师", max_length=60, blank=True)
    psn_no = models.CharField("人员编号", max_length=64, blank=True)
    mdtrt_id = models.CharField("就诊", max_length=64, blank=True)
    pack = models.CharField("规则包", max_length=100, blank=True)

    class Meta:
        indexes = [
            # the list as it opens: newest first
            models.Index(fields=["-asked", "id"], name="reminder_newest"),
            # queries.by_rule, totals of a rule: answered from the index alone
            models.Index(fields=["rule", "done", "amount"], name="reminder_by_rule"),
            # queries.by_institution
            models.Index(fields=["institution", "done", "amount"], name="reminder_by_institution"),
            # queries.by_doctor
            models.Index(fields=["doctor", "institution", "done", "amount"], name="reminder_by_doctor"),
            # queries.by_month, actions._replace
            models.Index(fields=["month", "done", "amount"], name="reminder_by_month"),
            # queries.reasons, and the list of a reason
            models.Index(fields=["reason", "done"], name="reminder_by_reason"),
            # queries.of_encounter, and the search for a number
            models.Index(fields=["mdtrt_id"], name="reminder_by_encounter"),
            models.Index(fields=["psn_no"], name="reminder_by_person"),
        ]

    def __str__(self) -> str:
        return self.id


class Asked(models.Model):
    """How often doctors of an institution asked in a month, and to how many of these requests a reminder was the answer."""

    month = models.DateField("月份")
    stage = models.CharField("阶段", max_length=3, choices=Stage.choices, blank=True)
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="+")
    doctor = models.CharField("医师", max_length=60, blank=True)
    requests = models.PositiveIntegerField("询问次数")
    reminded = models.PositiveIntegerField("得到提醒的次数")

    class Meta:
        indexes = [
            # queries.asked_for of all months, of one, of one institution, of one doctor
            models.Index(fields=["month", "requests", "reminded"], name="asked_by_month"),
            models.Index(fields=["institution", "requests", "reminded"], name="asked_by_institution"),
            models.Index(fields=["doctor"], name="asked_by_doctor"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.institution_id}"  # pyright: ignore[reportAttributeAccessIssue]


class LoadedMonth(models.Model):
    """A month as it was taken over: while the lake's rows give the same digest, it is not read again."""

    month = models.DateField(primary_key=True)
    digest = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
