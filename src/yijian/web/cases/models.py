"""Cases, their people, decisions, hearings, evidence, measures, money to the treasury, and reports of major cases."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yijian.web.cases.causes import Cause, causes
from yijian.web.cases.steps import Opinion, Outcome, State
from yijian.web.frame.indexes import Falling
from yijian.web.frame.states import Change

ZERO = Decimal(0)


def _yuan(title: str, **more: object) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(title, max_digits=18, decimal_places=2, **more)  # type: ignore[arg-type]


class Case(models.Model):
    """One act of one party, from its filing to the archive."""

    class Procedure(models.TextChoices):
        """By which it is decided."""

        ORDINARY = "ordinary", "普通程序"
        SUMMARY = "summary", "简易程序"

    number = models.CharField("案号", max_length=60, unique=True)
    lead = models.OneToOneField("leads.Lead", models.PROTECT, related_name="+")
    procedure = models.CharField("程序", max_length=10, choices=Procedure.choices, default=Procedure.ORDINARY)
    cause = models.PositiveSmallIntegerField("案由")
    subject_kind = models.CharField("当事人类别", max_length=12)
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, null=True, related_name="+")
    subject = models.CharField("当事人", max_length=200, blank=True)
    """As of the lead: a firm's or agency's name, or a person's number; '' where it is the institution."""
    title = models.CharField("案件", max_length=200)
    facts = models.TextField("立案事实")
    begin = models.DateField("行为发生自", null=True)
    end = models.DateField("行为终了", null=True)
    discovered = models.DateField("发现日期")
    five_years = models.BooleanField("适用五年时效", default=False)
    loss = _yuan("基金损失", default=ZERO)
    area = models.CharField("承办区划", max_length=6)
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.PROPOSED)
    # the final report
    established = models.TextField("查明事实和证据", blank=True)
    grounds = models.TextField("裁量理由", blank=True)
    proposal = models.CharField("处理意见", max_length=12, choices=Outcome.choices, blank=True)
    fine = _yuan("拟处罚款", default=ZERO)
    months = models.PositiveSmallIntegerField("拟暂停月数", default=0)
    factors = models.JSONField("裁量情节", default=list)
    refused = models.BooleanField("拒不改正", default=False)
    # what was said to the party, and by the party
    discussed = models.DateField("集体讨论日", null=True)
    notified = models.DateField("事先告知日", null=True)
    answer_by = models.DateField("陈述申辩和听证申请截止日", null=True)
    may_hear = models.BooleanField("可申请听证", default=False)
    waived = models.BooleanField("放弃陈述申辩和听证", default=False)
    heard = models.DateField("听证日", null=True)
    extensions = models.PositiveSmallIntegerField("办案期限延长次数", default=0)
    opened = models.DateTimeField("提请时间")
    filed = models.DateTimeField("立案时间", null=True)
    decided = models.DateTimeField("决定时间", null=True)
    ended = models.DateTimeField("结案时间", null=True)
    # set by `times.count` with the three moments above, for the statistics
    year = models.PositiveSmallIntegerField("立案年", null=True)
    days_decided = models.PositiveIntegerField("立案到决定天数", null=True)
    days_ended = models.PositiveIntegerField("立案到结案天数", null=True)
    late = models.BooleanField("逾期决定", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            # queries.cases_for: of a state, of an area, newest first
            Falling(fields=["state", "-opened"], name="case_by_state"),
            Falling(fields=["area", "state", "-opened"], name="case_by_area"),
            Falling(fields=["-opened", "state", "area"], name="case_newest"),
            Falling(fields=["-loss"], name="case_biggest"),
            # times.by_area
            models.Index(fields=["year", "area", "late"], name="case_by_year"),
            models.Index(fields=["year", "area", "days_decided"], name="case_by_decision"),
            models.Index(fields=["year", "area", "days_ended"], name="case_by_end"),
            models.Index(fields=["institution", "-opened"], name="case_of_institution"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def who(self) -> str:
        """The party in words; a person's number is not shown."""
        if self.institution is not None:
            return self.institution.name
        return "参保人员（编号见案卷）" if self.subject_kind == "person" else self.subject or "不明"

    @property
    def basis(self) -> Cause:
        """The cause with its article."""
        return causes()[self.cause]


class CaseChange(Change):
    """A change of state of a case."""

    record = models.ForeignKey(Case, models.PROTECT, related_name="changes")


class Officer(models.Model):
    """Somebody who handles a case, under the number of his certificate; one who left stays apart from its other duties."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="officers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    certificate = models.CharField("执法证号", max_length=40)
    since = models.DateField("自")
    left = models.DateField("至", null=True)
    why = models.CharField("更换或回避原因", max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="an_officer_once_a_case")]
        indexes = [models.Index(fields=["user", "left"], name="officer_open")]  # queries.cases_of_officer

    def __str__(self) -> str:
        return f"{self.case_id} {self.user_id}"  # type: ignore[attr-defined]


class Legal(models.Model):
    """An opinion of the legal review."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="opinions")
    opinion = models.CharField("意见", max_length=12, choices=Opinion.choices)
    said = models.TextField("理由")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.case_id} {self.opinion}"  # type: ignore[attr-defined]


class Hearing(models.Model):
    """A hearing that the party asked for."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="hearings")
    asked = models.DateField("申请日")
    late = models.BooleanField("逾期申请", default=False)
    host = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    told = models.DateField("通知日", null=True)
    day = models.DateField("听证日", null=True)
    place = models.CharField("地点", max_length=200, blank=True)
    record = models.TextField("笔录", blank=True)

    def __str__(self) -> str:
        return f"{self.case_id} {self.asked}"  # type: ignore[attr-defined]


class Excluded(models.Model):
    """A time that does not count toward the time for the decision (令第4号 第四十五条)."""

    class Kind(models.TextChoices):
        """Why it does not count."""

        TESTING = "testing", "检测检验"
        APPRAISAL = "appraisal", "鉴定"
        HEARING = "hearing", "听证"
        ANNOUNCEMENT = "announcement", "公告"
        EXPERTS = "experts", "专家评审"
        SUSPENSION = "suspension", "中止调查"

    case = models.ForeignKey(Case, models.PROTECT, related_name="excluded")
    kind = models.CharField("事由", max_length=12, choices=Kind.choices)
    begin = models.DateField("起")
    end = models.DateField("止", null=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(end=None), name="one_excluded_time_open")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"  # type: ignore[attr-defined]


class Decision(models.Model):
    """What was decided, and how far it is carried out. The repayment of an institution stands in the recovery ledger."""

    class Service(models.TextChoices):
        """How a decision reaches the party."""

        ON_SPOT = "on_spot", "当场交付"
        DIRECT = "direct", "直接送达"
        LEFT = "left", "留置送达"
        POST = "post", "邮寄送达"
        ELECTRONIC = "electronic", "电子送达（已签确认书）"
        ANNOUNCED = "announced", "公告送达"

    case = models.OneToOneField(Case, models.PROTECT, related_name="decision")
    outcome = models.CharField("决定", max_length=12, choices=Outcome.choices)
    fine = _yuan("罚款", default=ZERO)
    months = models.PositiveSmallIntegerField("暂停月数", default=0)
    repay = _yuan("责令退回", default=ZERO)
    """Of the loss, what no review or self-check has brought into the ledger before."""
    before = _yuan("已另行追回", default=ZERO)
    reasons = models.TextField("理由")
    to = models.CharField("移送机关", max_length=200, blank=True)
    day = models.DateField("决定日")
    served = models.DateField("送达日", null=True)
    service = models.CharField("送达方式", max_length=12, choices=Service.choices, blank=True)
    fine_due = models.DateField("罚款缴纳期限", null=True)
    deferred = models.CharField("延期或分期", max_length=300, blank=True)
    given_up = models.CharField("不再执行的原因", max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.case_id} {self.outcome}"  # type: ignore[attr-defined]


class ToTreasury(models.Model):
    """Money that the treasury's bank took of a party: fines and surcharges never enter the fund's ledger (条例第四十五条)."""

    class Kind(models.TextChoices):
        """What for."""

        FINE = "fine", "罚款"
        SURCHARGE = "surcharge", "加处罚款"
        REPAYMENT = "repayment", "退回基金（非定点机构当事人）"

    case = models.ForeignKey(Case, models.PROTECT, related_name="paid")
    kind = models.CharField("款项", max_length=10, choices=Kind.choices)
    day = models.DateField("入库日")
    amount = _yuan("金额")
    receipt = models.CharField("票据号", max_length=80, unique=True)
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="treasury_takes_money")]

    def __str__(self) -> str:
        return self.receipt


class Evidence(models.Model):
    """A piece of evidence, a record of an interview or of a place; its files are attachments with their hashes."""

    class Kind(models.TextChoices):
        """The eight kinds (行政处罚法 第四十六条)."""

        DOCUMENT = "document", "书证"
        OBJECT = "object", "物证"
        AUDIOVISUAL = "audiovisual", "视听资料"
        ELECTRONIC = "electronic", "电子数据"
        WITNESS = "witness", "证人证言"
        PARTY = "party", "当事人的陈述"
        APPRAISAL = "appraisal", "鉴定意见"
        INSPECTION = "inspection", "勘验笔录、现场笔录"

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    title = models.CharField("名称", max_length=200)
    source = models.CharField("来源（由谁提供、在哪里取得）", max_length=300)
    taken = models.DateTimeField("取得时间")
    shows = models.TextField("证明内容或笔录", blank=True)
    takers = models.JSONField("取证人员", default=list)
    """Names of the two officers who took it."""
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.title


class Custody(models.Model):
    """A piece of evidence changes hands."""

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="custody")
    giver = models.CharField("移交", max_length=100)
    taker = models.CharField("接收", max_length=100)
    reason = models.CharField("事由", max_length=300)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.taker}"  # type: ignore[attr-defined]


class Measure(models.Model):
    """Evidence is registered and preserved, or things are sealed, for a time."""

    class Kind(models.TextChoices):
        """Which measure."""

        PRESERVATION = "preservation", "先行登记保存"
        SEALING = "sealing", "封存"

    case = models.ForeignKey(Case, models.PROTECT, related_name="measures")
    kind = models.CharField("措施", max_length=12, choices=Kind.choices)
    what = models.TextField("物品清单")
    place = models.CharField("地点", max_length=200)
    begun = models.DateField("起")
    extended = models.BooleanField("已延长", default=False)
    ended = models.DateField("处理日", null=True)
    result = models.CharField("处理决定", max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ended=None) | Q(ended__gte=F("begun")), name="measure_ends_later")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"  # type: ignore[attr-defined]


class MajorReport(models.Model):
    """The report of a major case to the authority above."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="major")
    reasons = models.CharField("报告事由", max_length=200)
    found = models.TextField("发现过程", blank=True)
    facts = models.TextField("违法违规事实", blank=True)
    result = models.TextField("处理结果", blank=True)
    grounds = models.TextField("处理依据", blank=True)
    since = models.DateField("起算日")
    to = models.CharField("上级区划", max_length=6, blank=True)
    sent = models.DateTimeField("上报时间", null=True)
    received = models.DateTimeField("收到时间", null=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return str(self.case)
