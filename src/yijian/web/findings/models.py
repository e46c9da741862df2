"""Runs, what each rule did in them, findings, their groups, and what people decided about them."""

from decimal import Decimal

from django.conf import settings
from django.db import models

from yijian.web.findings.causes import cause_words
from yijian.web.frame.indexes import Falling


class Run(models.Model):
    """A run of the engine whose findings were taken over."""

    id = models.CharField(max_length=16, primary_key=True)
    finished = models.DateTimeField("审核完成")
    snapshot = models.PositiveIntegerField("数据批次")
    loaded = models.DateTimeField("装入时间")

    class Meta:
        indexes = [models.Index(fields=["-loaded"], name="run_newest")]  # queries.newest_run

    def __str__(self) -> str:
        return self.id


class RuleResult(models.Model):
    """One rule's line in the coverage ledger of a run: total = excluded + not_applicable + passed + found + not_judged."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="results")
    rule = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    verdict = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    official_code = models.CharField(max_length=40, blank=True)
    rule_hash = models.CharField(max_length=64)
    knowledge_hash = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)
    total = models.BigIntegerField()
    excluded = models.BigIntegerField()
    not_applicable = models.BigIntegerField()
    passed = models.BigIntegerField()
    found = models.BigIntegerField()
    not_judged = models.BigIntegerField()
    causes = models.JSONField(default=dict)
    findings = models.BigIntegerField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "rule"], name="one_line_a_rule")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.rule}"  # pyright: ignore[reportAttributeAccessIssue]

    @property
    def title_short(self) -> str:
        """The title up to its colon: what fits a column."""
        return self.title.split("：")[0]

    @property
    def causes_said(self) -> list[tuple[str, int]]:
        """Why rows were not judged, in words; most rows first."""
        return sorted(((cause_words(cause), n) for cause, n in self.causes.items()), key=lambda c: -c[1])

    @property
    def judged(self) -> int:
        """Rows that the rule could judge."""
        return self.passed + self.found

    @property
    def in_scope(self) -> int:
        """Rows that the rule speaks of."""
        return self.passed + self.found + self.not_judged

    def share_not_judged(self) -> float:
        """Part of what the rule speaks of that it could not judge: 0 to 1."""
        return self.not_judged / self.in_scope if self.in_scope else 0.0

    @property
    def scope_parts(self) -> list[tuple[str, str, float]]:
        """The parts of what the rule speaks of, for a bar."""
        return [("通过", "passed", self.passed), ("命中", "found", self.found), ("未能判定", "unjudged", self.not_judged)]

    @property
    def all_parts(self) -> list[tuple[str, str, float]]:
        """All five parts, for a bar."""
        return [*self.scope_parts, ("不涉及", "apart", self.not_applicable), ("剔除", "excluded", self.excluded)]


_OPEN = models.Q(gone_in=None)
"""Lists are of open findings: the indexes that they are read from hold no others."""


class Finding(models.Model):
    """A machine says that something is wrong. `gone_in`: the run that no longer found it; null while it is open."""

    class Verdict(models.TextChoices):
        """How sure the rule is."""

        VIOLATION = "violation", "明确违规"
        SUSPICION = "suspicion", "可疑"

    class State(models.TextChoices):
        """What people made of it. Each change is a row of `Screened`."""

        NEW = "new", "待筛查"
        CONFIRMED = "confirmed", "属实"
        REVIEW = "review", "审核中"
        REJECTED = "rejected", "已排除"
        MAPPING = "mapping", "对照错误"
        MERGED = "merged", "已合并"

    finding_id = models.CharField(max_length=40, primary_key=True)
    rule = models.CharField("规则", max_length=100)
    rule_title = models.CharField("规则名称", max_length=200)
    official_code = models.CharField("规则编码", max_length=40, blank=True)
    verdict = models.CharField("性质", max_length=20, choices=Verdict.choices)
    institution = models.ForeignKey(
        "institutions.Institution", models.PROTECT, null=True, db_index=False, related_name="findings"
    )
    psn_no = models.CharField("人员编号", max_length=64, blank=True)
    mdtrt_id = models.CharField("就诊", max_length=64, blank=True)
    setl_id = models.CharField("结算", max_length=64, blank=True)
    day = models.DateField("发生日期", null=True)
    amount = models.DecimalField("涉及金额", max_digits=16, decimal_places=2, null=True)
    explanation = models.TextField("说明")
    legal_basis = models.TextField("依据", blank=True)
    evidence = models.TextField("证据", blank=True)
    mapping_error = models.CharField("疑似目录对照错误", max_length=40, blank=True)
    """The finding that puts the code mapping under these rows in doubt; '' where nothing does."""
    rule_hash = models.CharField(max_length=64)
    knowledge_hash = models.CharField(max_length=64, blank=True)
    first_run = models.ForeignKey(Run, models.PROTECT, db_index=False, related_name="+")
    gone_in = models.ForeignKey(Run, models.PROTECT, null=True, db_index=False, related_name="+")
    area = models.CharField("行政区划", max_length=6)
    """Whose it is: the institution's division; the pooling area's where no institution is named."""
    group = models.ForeignKey("FindingGroup", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="findings")
    """Written with the finding; the group's own row follows at the end of a load."""
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.NEW)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")

    class Meta:
        # Keys of other tables have no index of their own where one below begins with them: a million rows go into each.
        indexes = [
            # queries.findings_for one group, and its figures (groups.refresh)
            Falling(fields=["group", "state", "-amount"], name="finding_of_group", condition=_OPEN),
            # findings of one area, biggest first: scopes below the pooling area
            Falling(fields=["area", "-amount"], name="finding_by_area", condition=_OPEN),
            # queries.findings_for: biggest amount first (the list as it opens, and the start page); with all that else is asked
            # of a long list, so that a filter by amount is counted in the index alone
            Falling(fields=["-amount", "state", "area"], name="finding_biggest", condition=_OPEN),
            # the same by day, and a month
            Falling(fields=["-day", "state", "area"], name="finding_by_day", condition=_OPEN),
            # the list of one state; what is to be put on reviews
            Falling(fields=["state", "-amount"], name="finding_by_state", condition=_OPEN),
            # those whose code mapping is in doubt
            Falling(fields=["mapping_error", "-amount"], name="finding_by_mapping", condition=_OPEN),
            # the list of one rule
            Falling(fields=["rule", "-amount"], name="finding_by_rule", condition=_OPEN),
            # the list and the months of one institution
            Falling(fields=["institution", "-amount"], name="finding_by_institution", condition=_OPEN),
            # queries.others_of_person, and the search for a number
            models.Index(fields=["psn_no"], name="finding_by_person"),
            models.Index(fields=["mdtrt_id"], name="finding_by_encounter"),
            models.Index(fields=["setl_id"], name="finding_by_settlement"),
        ]

    def __str__(self) -> str:
        return self.finding_id

    @property
    def rule_short(self) -> str:
        """The rule's title up to its colon."""
        return self.rule_title.split("：")[0]

    @property
    def evidence_ids(self) -> list[str]:
        """Keys of the rows that show it, in the order in which the rule gave them."""
        return self.evidence.split()


class Figures(models.Model):
    """Open findings and their yuan by state. Kept by `groups.refresh` in the action that changes a finding, never by hand."""

    n_new = models.PositiveIntegerField("待筛查", default=0)
    n_confirmed = models.PositiveIntegerField("属实", default=0)
    n_review = models.PositiveIntegerField("审核中", default=0)
    n_rejected = models.PositiveIntegerField("已排除", default=0)
    n_mapping = models.PositiveIntegerField("对照错误", default=0)
    n_merged = models.PositiveIntegerField("已合并", default=0)
    yuan_new = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    yuan_confirmed = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    yuan_review = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    yuan_rejected = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    yuan_mapping = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    yuan_merged = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))

    class Meta:
        abstract = True

    @property
    def total(self) -> int:
        """Open findings in it."""
        return self.n_new + self.n_confirmed + self.n_review + self.n_rejected + self.n_mapping + self.n_merged

    @property
    def done(self) -> int:
        """Findings that somebody decided about."""
        return self.total - self.n_new


class FindingGroup(Figures):
    """疑点组: open findings of one rule at one institution that one run found first. Its figures are kept by `groups.refresh`.

    A million findings are some ten thousand groups: lists read these, and sums that are narrowed to a rule or an institution.
    """

    id = models.CharField(max_length=32, primary_key=True)
    rule = models.CharField("规则", max_length=100)
    rule_title = models.CharField("规则名称", max_length=200)
    verdict = models.CharField("性质", max_length=20, choices=Finding.Verdict.choices)
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, null=True, db_index=False, related_name="+")
    batch = models.ForeignKey(Run, models.PROTECT, db_index=False, related_name="+")
    area = models.CharField("行政区划", max_length=6)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta(Figures.Meta):
        indexes = [
            # queries.groups_for: what is to be screened, most money first
            Falling(fields=["-yuan_new"], name="group_biggest"),
            # the sums of an institution, and of a rule
            models.Index(fields=["institution", "rule"], name="group_by_institution"),
            models.Index(fields=["rule"], name="group_by_rule"),
            # the inbox of whoever it was given to
            Falling(fields=["assigned_to", "-yuan_new"], name="group_of_screener", condition=~models.Q(assigned_to=None)),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def rule_short(self) -> str:
        """The rule's title up to its colon."""
        return self.rule_title.split("：")[0]


class RuleSum(Figures):
    """The figures of all groups of a rule in a division."""

    rule = models.CharField("规则", max_length=100)
    rule_title = models.CharField("规则名称", max_length=200)
    verdict = models.CharField("性质", max_length=20, choices=Finding.Verdict.choices)
    area = models.CharField("行政区划", max_length=6)
    groups = models.PositiveIntegerField(default=0)
    """Groups in which something is to be screened."""

    class Meta(Figures.Meta):
        constraints = [models.UniqueConstraint(fields=["rule", "rule_title", "verdict", "area"], name="one_sum_a_rule")]

    def __str__(self) -> str:
        return f"{self.rule} {self.area}"


class InstitutionSum(Figures):
    """The figures of all groups of an institution."""

    institution = models.ForeignKey("institutions.Institution", models.PROTECT, db_index=False, related_name="finding_sums")
    verdict = models.CharField("性质", max_length=20, choices=Finding.Verdict.choices)
    area = models.CharField("行政区划", max_length=6)

    class Meta(Figures.Meta):
        constraints = [models.UniqueConstraint(fields=["institution", "verdict", "area"], name="one_sum_an_institution")]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.verdict}"  # pyright: ignore[reportAttributeAccessIssue]


class Screening(models.Model):
    """One decision of one person about one or many findings; it may be taken back."""

    to = models.CharField("结论", max_length=10, choices=Finding.State.choices)
    reason = models.TextField("理由", blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    findings = models.PositiveIntegerField("疑点数")
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2)
    undone_at = models.DateTimeField("撤回时间", null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["by", "-at"], name="screening_newest")]  # queries.screenings_of

    def __str__(self) -> str:
        return f"{self.pk} {self.to} {self.findings}"


class Screened(models.Model):
    """What a decision changed about a finding: a row for each change of state."""

    screening = models.ForeignKey(Screening, models.PROTECT, related_name="lines")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="screened")
    old = models.CharField(max_length=10, choices=Finding.State.choices)
    new = models.CharField(max_length=10, choices=Finding.State.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["screening", "finding"], name="screened_once")]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.old} → {self.new}"  # pyright: ignore[reportAttributeAccessIssue]
