"""The book of cases in the demo: two closed, one told, one under legal review, one waiting for its approval."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from yijian.web.accounts.queries import By, User
from yijian.web.cases import deciding, evidence, executing, filing
from yijian.web.cases.deciding import Decided, Proposal
from yijian.web.cases.evidence import Piece
from yijian.web.cases.filing import Filing
from yijian.web.cases.queries import Case
from yijian.web.institutions.queries import institution
from yijian.web.leads import actions as leads
from yijian.web.leads.actions import Given

CITY = "999900"
CERTIFICATES = {"banan": "ZF-9999-0001", "banan2": "ZF-9999-0002"}
LOSS, FINE = Decimal("12600.00"), Decimal("15120.00")

STORIES = (
    ("药店串换保健食品案", "以统筹基金结算保健食品，进销存与结算不符。", 70),
    ("理疗项目虚记次数案", "理疗项目按整疗程收费，治疗记录少于收费次数。", 64),
    ("血液透析多计次数案", "治疗记录少于收费次数，多收部分由基金支付。", 40),
    ("检验项目重复收费案", "组套项目与其中的单项同日收取。", 30),
    ("护理费超标准收费案", "按高一级护理收费，医嘱为低一级。", 12),
)
"""Title, facts, days ago on which the lead came in."""


def tell(cast: dict[str, User], now: datetime) -> int:
    """Tell it; how many cases there are."""

    def by(name: str, days: float) -> By:
        return {"who": cast[name], "when": now - timedelta(days=days), "where": None}

    home = cast["yiyuan1"].organisation.institution
    for (title, facts, days), deed in zip(STORIES, _deeds(by, now), strict=True):
        lead = lead_of_hospital(title, facts, days, home, by, now)
        said = Filing(13, title, facts, LOSS, CERTIFICATES)
        case = filing.propose(lead, said, **by("jianguan", days - 8))
        deed(case, days - 9)
    return len(STORIES)


def lead_of_hospital(title: str, facts: str, days: int, home: str, by: Callable[[str, float], By], now: datetime) -> int:
    """A lead about the first hospital that ended with “立案”."""
    day = timezone.localdate(now - timedelta(days=days))
    given = Given("inspection", title.removesuffix("案"), facts, "institution", day, institution=institution(home), amount=LOSS)
    lead = leads.register(given, CITY, **by("jianguan", days))
    leads.assign(lead.pk, "banan", **by("jianguan", days - 1))
    leads.report(lead.pk, "case", LOSS, reason="调取明细与病历核对，情况属实。", **by("banan", days - 5))
    leads.confirm(lead.pk, **by("fuze", days - 7))
    return lead.pk


def _deeds(by: Callable[[str, float], By], now: datetime) -> tuple[Callable[[Case, int], None], ...]:
    """What became of the first, the second … case."""

    def opened(case: Case, days: int) -> None:
        filing.approve(case.pk, **by("fuze", days))
        for title, record, text in (
            ("收费明细与治疗记录比对表", "", "证明多收的次数和金额"),
            ("收费科负责人询问笔录", "interview", "问：收费依据是什么？答：按治疗单录入，未逐次核对。"),
        ):
            piece = Piece("electronic", title, "该院收费科，由科室负责人提供", now - timedelta(days=days - 1), text, record)
            evidence.take(case.pk, piece, list(CERTIFICATES), **by("banan", days - 1.5))

    def examined(case: Case, days: int) -> None:
        opened(case, days)
        proposal = Proposal(
            "penalty", "查明多收费用由基金支付，机构认可。", "主动退回，配合调查", LOSS, fine=FINE, factors=("relieved",)
        )
        deciding.report(case.pk, proposal, **by("banan", days - 6))

    def told(case: Case, days: int) -> None:
        examined(case, days)
        deciding.examine(case.pk, "agree", reason="事实清楚，适用依据正确，程序合法", **by("fazhi", days - 10))
        deciding.notify(case.pk, **by("banan2", days - 11))

    def closed(case: Case, days: int) -> None:
        told(case, days)
        said = "书面说明放弃陈述申辩和听证。"
        deciding.state(case.pk, "", waives=True, reason=said, **by("banan", days - 13))
        decided = Decided("penalty", "主动退回，从轻处罚。", fine=FINE, before=LOSS)
        deciding.decide(case.pk, decided, **by("fuze", days - 18))
        day = timezone.localdate(now - timedelta(days=days - 20))
        executing.serve(case.pk, "direct", day, **by("banan", days - 20))
        executing.pay_fine(case.pk, "fine", FINE, day, f"演示罚没{case.pk:04d}", **by("banan", days - 21))
        executing.finish(case.pk, reason="基金已在审核中退回，罚款已入库。", **by("banan2", days - 22))
        executing.close(case.pk, **by("fuze", days - 24))

    def proposed(case: Case, days: int) -> None:
        """It waits for the head."""

    return closed, closed, told, examined, proposed
