"""The book of transfers in the demo: to the health commission in each state, to the police on paper, one from there, one due."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from yijian.web.accounts.queries import By, User
from yijian.web.institutions.queries import institution
from yijian.web.leads import actions as leads
from yijian.web.transfers import answering, drafting
from yijian.web.transfers.given import Given, Item
from yijian.web.transfers.queries import Transfer

CITY, HEALTH, POLICE = "999900", "WJ9999", "GA9999"

MATTERS = (
    ("无依据重复做心脏彩超", "groundless", "三个月内对同一批住院患者重复检查，病历中没有复查依据。", "4680.00", 60),
    ("超量开具中成药", "excess", "门诊处方一次开药超过规定天数，病历没有说明理由。", "7350.50", 45),
    ("未经同意使用自费耗材", "no_consent", "使用支付范围以外的耗材，没有患者或家属签字的同意书。", "12800.00", 34),
    ("未核验身份办理住院", "real_name", "入院登记没有核验医保凭证，出现他人冒名住院。", "9120.00", 22),
    ("安排患者到指定药店购药", "elsewhere", "门诊医生安排患者到指定药店购买同一品种。", "3260.00", 12),
    ("分解处方重复开药", "excess", "同一患者同日多张处方开具同类药品。", "2240.00", 6),
)
"""Title, category, facts, yuan, days ago on which the lead was confirmed; the first went furthest."""


def tell(cast: dict[str, User], now: datetime) -> int:
    """Tell it; how many transfers there are."""

    def by(name: str, days: float) -> By:
        return {"who": cast[name], "when": now - timedelta(days=days), "where": None}

    home, deeds = cast["yiyuan1"].organisation.institution, _deeds(by)
    for n, (title, category, facts, yuan, days) in enumerate(MATTERS):
        about = _lead(title, facts, Decimal(yuan), days, home, by, now)
        since = timezone.localdate(now - timedelta(days=days))
        given = Given(
            "health", category, HEALTH, title, facts, since, [Item(title, amount=Decimal(yuan))],
            [Item("费用明细", pages=12), Item("病历复印件", pages=30)], institution=institution(home), amount=Decimal(yuan),
        )  # fmt: skip
        one = drafting.draft(about, given, **by("jianguan", days - 1))
        for deed in deeds[: len(deeds) - n]:
            deed(one, days)
    _police(by, now)
    _came_in(by, now)
    _lead("联合惩戒线索待移送", "检查发现该院医师多次违反诊疗规范。", Decimal("1800.00"), 1, home, by, now)
    return len(MATTERS) + 2


def _lead(title: str, facts: str, yuan: Decimal, days: int, home: str, by: Callable[[str, float], By], now: datetime) -> str:
    """A lead that ended with “移送其他部门”, as a transfer names it."""
    day = timezone.localdate(now - timedelta(days=days + 9))
    given = leads.Given("inspection", title, facts, "institution", day, institution=institution(home), amount=yuan)
    lead = leads.register(given, CITY, **by("jianguan", days + 9))
    leads.assign(lead.pk, "banan", **by("jianguan", days + 8))
    leads.report(lead.pk, "transfer", yuan, reason=f"{facts}属于其他部门职责，建议移送。", **by("banan", days + 2))
    leads.confirm(lead.pk, **by("fuze", days))
    return f"leads.lead:{lead.pk}"


def _deeds(by: Callable[[str, float], By]) -> tuple[Callable[[Transfer, int], None], ...]:
    """What is done to a transfer, one after the other: the first goes through all, each later one through one fewer."""

    def sent(one: Transfer, days: int) -> None:
        drafting.approve(one.pk, **by("fuze", days - 2))
        drafting.send(one.pk, **by("jianguan", days - 3))

    def received(one: Transfer, days: int) -> None:
        answering.receive(one.pk, **by("weijian", days - 5))

    def accepted(one: Transfer, days: int) -> None:
        answering.accept(one.pk, **by("weijian", days - 7))

    def reported(one: Transfer, days: int) -> None:
        why = "对该院给予警告，并处罚款，责令限期整改；对有关医师暂停执业活动。"
        answering.report(one.pk, "penalty", reason=why, **by("weijian", days - 25))

    def closed(one: Transfer, days: int) -> None:
        answering.close(one.pk, **by("jianguan", days - 27))

    return sent, received, accepted, reported, closed


def _police(by: Callable[[str, float], By], now: datetime) -> None:
    """Nobody of the police has an account: our office enters their receipt, and health is told of it."""
    given = Given(
        "police", "crime", POLICE, "倒卖医保药品", "多人集中刷卡购药后转卖，涉嫌诈骗医保基金。",
        timezone.localdate(now - timedelta(days=16)), [Item("转卖药品", amount=Decimal("86400.00"))],
        [Item("购药明细", pages=40), Item("询问笔录", pages=16)], subject="某药品回收点", amount=Decimal("86400.00"),
        copy_to=HEALTH,
    )  # fmt: skip
    day = timezone.localdate(now - timedelta(days=25))
    said = leads.Given("superior", "倒卖医保药品", "上级交办：多人集中刷卡购药后转卖。", "other", day, subject="某药品回收点")
    lead = leads.register(said, CITY, **by("jianguan", 25))
    leads.assign(lead.pk, "banan", **by("jianguan", 24))
    leads.report(lead.pk, "transfer", Decimal("86400.00"), reason="查明涉嫌诈骗，应移送公安机关。", **by("banan", 18))
    leads.confirm(lead.pk, **by("fuze", 16))
    one = drafting.draft(f"leads.lead:{lead.pk}", given, **by("jianguan", 15))
    drafting.approve(one.pk, **by("fuze", 14))
    drafting.send(one.pk, **by("jianguan", 13))
    receipt = SimpleUploadedFile("公安机关回执.txt", "今收到移送案件，案卷 56 页。".encode())
    answering.receive(one.pk, files=[receipt], **by("jianguan", 10))


def _came_in(by: Callable[[str, float], By], now: datetime) -> None:
    """The health commission found something; it waits for our receipt."""
    day = timezone.localdate(now - timedelta(days=3))
    given = Given(
        "health", "split_stay", HEALTH, "行业检查发现分解住院", "抽查出院病历，同一患者同一病种当日出院当日再入院。", day,
        [Item("分解住院 6 例")], [Item("病历复印件", pages=48)], subject="示例市某某医院", reference="示卫监移〔2026〕7号",
    )  # fmt: skip
    answering.hand_over(CITY, given, **by("weijian", 1))
