"""What the demo made public: two decisions, one corrected, one withdrawn, one waiting for approval; two typical cases."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from yijian.web.accounts.queries import By, User
from yijian.web.cases import executing
from yijian.web.cases.filing import Filing
from yijian.web.cases.queries import Case, cases_for
from yijian.web.publishing import actions
from yijian.web.publishing.drafting import Said
from yijian.web.story.cases import CERTIFICATES, lead_of_hospital

LOSS, FINE = Decimal("1000.00"), Decimal("1500.00")
ON_SPOT = (
    ("床位费多计案", "出院当日仍收取床位费，患者周晓芳的床位费多计两天，由基金支付。", 26),
    ("材料费超标准收费案", "一次性材料按整包收费，实际使用半包，由基金支付。", 22),
    ("注射费重复收费案", "同一次注射收取两次注射费，患者家属王大明在费用清单上发现，由基金支付。", 10),
)
"""Title, facts, days ago on which the lead came in."""
TYPICAL = (
    "接到日常检查线索后，检查组调取进销存和结算明细，比对治疗记录。患者刘小平（住院号：YS-2201）住二病区12床，"
    "3月5日至3月9日记了十次治疗，实际做了四次，科室负责人赵国强签字承认。"
)


def tell(cast: dict[str, User], now: datetime) -> int:
    """Tell it; how many publications there are."""

    def by(name: str, days: float) -> By:
        return {"who": cast[name], "when": now - timedelta(days=days), "where": None}

    done = list(cases_for(cast["banan"]).filter(state="closed").order_by("opened", "pk")[:2])
    first, second = done
    _publish(first, by, 38)
    _correct(_publish(second, by, 33), by, 20)
    home = cast["yiyuan1"].organisation.institution
    shown, gone, waiting = (_on_spot(one, home, by, now) for one in ON_SPOT)
    _publish(shown, by, 16)
    actions.withdraw(_publish(gone, by, 12), "revoked", reason="行政复议决定撤销本处罚决定", **by("fuze", 3))
    actions.draft(waiting.pk, "penalty", _said(waiting), **by("banan2", 1))
    for n, case in enumerate(done):
        said = Said(f"{case.title.removesuffix('案')}典型案例", f"{TYPICAL}{case.facts}已责令改正并依法处罚。", keeps_name=not n)
        made = actions.draft(case.pk, "typical", said, **by("jianguan", 9 - n))
        actions.approve(made.pk, **by("fazhi", 8 - n))
    return 2 + len(ON_SPOT) + len(done)


def _said(case: Case) -> Said:
    text = case.facts if case.established == case.facts else f"{case.facts}经查，{case.established}"
    return Said(case.title, f"{text}该院认可，并改正了收费。")


def _publish(case: Case, by: Callable[[str, float], By], days: float) -> int:
    made = actions.draft(case.pk, "penalty", _said(case), **by("banan", days))
    return actions.approve(made.pk, **by("fuze", days - 1)).pk


def _correct(made: int, by: Callable[[str, float], By], days: float) -> None:
    actions.flag(made, reason="违法事实漏写了涉及的月份", **by("banan", days))
    text = "治疗记录少于收费次数，涉及三月至五月，多收部分由基金支付。机构已经退回并改正。"
    said = Said("治疗项目多计次数案", text, note="补充了违法行为涉及的月份")
    actions.correct(made, said, **by("banan2", days - 1))
    actions.approve_correction(made, **by("fuze", days - 2))


def _on_spot(one: tuple[str, str, int], home: str, by: Callable[[str, float], By], now: datetime) -> Case:
    """A small penalty, decided and served on the spot, noted by the head."""
    title, facts, days = one
    lead = lead_of_hospital(title, facts, days, home, by, now)
    case = executing.decide_on_spot(lead, Filing(13, title, facts, LOSS, CERTIFICATES), FINE, **by("banan", days - 8))
    executing.take_note(case.pk, **by("fuze", days - 9))
    day = timezone.localdate(now - timedelta(days=days - 9))
    executing.pay_fine(case.pk, "fine", FINE, day, f"演示罚没9{case.pk:03d}", **by("banan2", days - 9))
    return case
