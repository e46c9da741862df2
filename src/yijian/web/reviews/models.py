"""Reviews of bills, their lines, notices to institutions, appeals, decisions, and recorded samples."""

from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.db import models

from yijian.web.frame.given import CENT
from yijian.web.frame.indexes import Falling
from yijian.web.frame.states import Change
from yijian.web.reviews.steps import State


class Sample(models.Model):
    """A draw of inpatient settlements for second review: anyone can draw it again from the lake, the seed and the share."""

    area = models.CharField("行政区划", max_length=6)
    begin = models.DateField("结算日期自")
    end = models.DateField("至")
    seed = models.CharField("种子", max_length=64)
    share = models.DecimalField("比例", max_digits=6, decimal_places=4)
    snapshot = models.PositiveIntegerField("数据批次")
    strata = models.JSONField("分层", default=list)
    """[division, kind of institution, settlements, drawn] of each stratum."""
    population = models.PositiveIntegerField("住院结算数")
    drawn = models.PositiveIntegerField("抽中数")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("抽取时间")

    def __str__(self) -> str:
        return f"{self.area} {self.begin} {self.end} {self.drawn}/{self.population}"


class Notice(models.Model):
    """What was sent to an institution in one letter (告知书)."""

    number = models.CharField("文号", max_length=60, unique=True)
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="+")
    area = models.CharField("行政区划", max_length=6)
    at = models.DateTimeField("发送时间")
    due = models.DateField("申诉截止")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reviews_count = models.PositiveIntegerField("审核单数")
    amount = models.DecimalField("疑点金额", max_digits=18, decimal_places=2)

    def __str__(self) -> str:
        return self.number


class Letter(models.Model):
    """What a notice said when it was sent (`documents.notice.Notice` as data); its file is made from it when asked for."""

    notice = models.OneToOneField(Notice, models.PROTECT, primary_key=True, related_name="letter")
    said = models.JSONField("内容")

    def __str__(self) -> str:
        return str(self.notice)


class Review(models.Model):
    """One bill of an institution under review: a settlement with the findings on it, or a settlement drawn for second review."""

    class Source(models.TextChoices):
        """Where it comes from."""

        FINDING = "finding", "疑点"
        SAMPLE = "sample", "抽样复审"

    key = models.CharField("单据", max_length=80, unique=True)
    """What it is about, so that a bill is not under review twice: `setl:…` or `finding:…`."""
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="+")
    area = models.CharField("行政区划", max_length=6)
    source = models.CharField("来源", max_length=10, choices=Source.choices)
    sample = models.ForeignKey(Sample, models.PROTECT, null=True, related_name="reviews")
    setl_id = models.CharField("结算", max_length=64, blank=True)
    mdtrt_id = models.CharField("就诊", max_length=64, blank=True)
    psn_no = models.CharField("人员编号", max_length=64, blank=True)
    day = models.DateField("结算日期", null=True)
    inpatient = models.BooleanField("住院", default=False)
    fund_type = models.CharField("险种", max_length=10, blank=True)
    fees = models.DecimalField("医疗费总额", max_digits=16, decimal_places=2, null=True)
    fund = models.DecimalField("基金支付", max_digits=16, decimal_places=2, null=True)
    amount = models.DecimalField("疑点金额", max_digits=16, decimal_places=2, default=Decimal(0))
    """In doubt, each yuan once (`resolving`)."""
    determined = models.DecimalField("认定金额", max_digits=16, decimal_places=2, null=True)
    state = models.CharField("状态", max_length=20, choices=State.choices)
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="reviews")
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    """Who did the first review of it as a person; null where only rules did."""
    opened = models.DateTimeField("建立时间")

    class Meta:
        indexes = [
            # queries.reviews_for: of a state, most money first, with all that queries.tallies asks; of an area; …
            Falling(fields=["state", "-amount", "area"], name="review_by_state"),
            Falling(fields=["area", "state", "-amount"], name="review_by_area"),
            Falling(fields=["institution", "state", "-amount"], name="review_by_institution"),
            # of all
            Falling(fields=["-amount", "state", "area"], name="review_biggest"),
            # opening: other reviews of a bill; the search for a number
            models.Index(fields=["setl_id"], name="review_of_bill"),
            models.Index(fields=["mdtrt_id"], name="review_of_encounter"),
        ]

    def __str__(self) -> str:
        return f"审核单 {self.pk}"


class ReviewLine(models.Model):
    """One thing in doubt on a bill: a finding, or what a person saw. counted: its yuan that no other line has counted.

    The institution answers each line for itself, and the decision gives each its yuan of the fund: 0 … `at_stake`.
    """

    class Answer(models.TextChoices):
        """What the institution says to it; '' as long as it said nothing."""

        ADMITTED = "admitted", "认可"
        CONTESTED = "contested", "申诉"

    review = models.ForeignKey(Review, models.PROTECT, related_name="lines")
    finding = models.ForeignKey("findings.Finding", models.PROTECT, null=True, related_name="review_lines")
    what = models.TextField("问题")
    amount = models.DecimalField("涉及金额", max_digits=16, decimal_places=2)
    counted = models.DecimalField("计入金额", max_digits=16, decimal_places=2)
    answer = models.CharField("机构答复", max_length=10, choices=Answer.choices, blank=True)
    objection = models.TextField("申诉理由", blank=True)
    determined = models.DecimalField("认定金额", max_digits=16, decimal_places=2, null=True)
    note = models.TextField("认定说明", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(determined=None) | models.Q(determined__gte=0, determined__lte=models.F("counted")),
                name="determined_within_counted",
            ),
            models.CheckConstraint(
                condition=models.Q(answer="contested") & ~models.Q(objection="")
                | ~models.Q(answer="contested") & models.Q(objection=""),
                name="contested_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.what[:40]

    @property
    def at_stake(self) -> Decimal:
        """The fund's part of what counts: as much of it as of the whole bill; all of it where the bill is not known."""
        fees, fund = self.review.fees, self.review.fund
        if not fees or fund is None:
            return self.counted
        return min(self.counted, max(Decimal(0), (self.counted * fund / fees).quantize(CENT, ROUND_HALF_UP)))


class ReviewChange(Change):
    """A change of state of a review."""

    record = models.ForeignKey(Review, models.PROTECT, related_name="changes")


class Appeal(models.Model):
    """What an institution says against it. The reason for each line that it contests is the line's; text: what it adds."""

    review = models.OneToOneField(Review, models.PROTECT, related_name="appeal")
    text = models.TextField("补充说明", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("提交时间")

    def __str__(self) -> str:
        return f"{self.review_id} {self.at}"  # pyright: ignore[reportAttributeAccessIssue]


class Decision(models.Model):
    """The determination of a review, by somebody who did not do its first review."""

    class Outcome(models.TextChoices):
        """What follows."""

        RECOVER = "recover", "追回基金"
        DEDUCT = "deduct", "拒付扣款"
        WITHDRAW = "withdraw", "撤销疑点"
        TO_CASE = "to_case", "转立案线索"

    review = models.OneToOneField(Review, models.PROTECT, related_name="decision")
    outcome = models.CharField("处理", max_length=10, choices=Outcome.choices)
    reason = models.TextField("理由")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("认定时间")

    def __str__(self) -> str:
        return f"{self.review_id} {self.outcome}"  # pyright: ignore[reportAttributeAccessIssue]
