"""What the demo made public: two decisions, one corrected, one withdrawn, one waiting for approval; two typical cases."""

from collections.abc import Callable
from datetime import datetime, timedelta

from yijian.web.accounts.queries import By, User
from yijian.web.cases.queries import Case, cases_for
from yijian.web.publishing import actions
from yijian.web.publishing.drafting import Said
from yijian.web.publishing.queries import newest_edition

ARCHIVED, CLOSED, CLOSING, EXECUTING, ON_SPOT = "archived", "closed", "closing", "executing", "on_spot"
"""Each of these is the state of one case of the demo whose penalty was served."""
SERVED = {ARCHIVED: 63, CLOSED: 41, CLOSING: 35, EXECUTING: 29}
"""Days ago on which it was."""
TYPICAL = (
    "接到日常检查线索后，检查组调取登记簿和结算明细，比对治疗记录。患者刘小平（住院号：YS-2201）住二病区12床，"
    "3月5日至3月9日记了十次治疗，实际做了四次，科室负责人赵国强签字承认。"
)


def tell(cast: dict[str, User], now: datetime) -> int:
    """Tell it; how many publications there are."""

    def by(name: str, days: float) -> By:
        return {"who": cast[name], "when": now - timedelta(days=days), "where": None}

    served = cases_for(cast["banan"]).filter(decision__outcome="penalty", decision__served__isnull=False)
    case = {one.state: one for one in served.order_by("-opened", "-pk")}
    made = {state: _publish(case[state], by, days - 3) for state, days in SERVED.items()}
    _correct(made[CLOSING], by, 20)
    actions.withdraw(made[EXECUTING], "revoked", reason="行政复议决定撤销本处罚决定", **by("fuze", 3))
    actions.draft(case[ON_SPOT].pk, "penalty", _said(case[ON_SPOT]), **by("banan2", 0.5))
    for n, one in enumerate((case[ARCHIVED], case[CLOSED])):
        said = Said(f"{one.title.removesuffix('案')}典型案例", f"{TYPICAL}{one.facts}已责令改正并依法处罚。", keeps_name=not n)
        typical = actions.draft(one.pk, "typical", said, **by("jianguan", 9 - n))
        actions.approve(typical.pk, newest_edition(typical).pk, **by("fazhi", 8 - n))
    return len(SERVED) + 1 + 2


def _said(case: Case) -> Said:
    text = case.facts if case.established == case.facts else f"{case.facts}经查，{case.established}"
    return Said(case.title, f"患者周晓芳的家属王大明反映后，检查组现场核实：{text}该院认可，并改正了收费。")


def _publish(case: Case, by: Callable[[str, float], By], days: float) -> int:
    made = actions.draft(case.pk, "penalty", _said(case), **by("banan", days))
    return actions.approve(made.pk, newest_edition(made).pk, **by("fuze", days - 1)).pk


def _correct(made: int, by: Callable[[str, float], By], days: float) -> None:
    actions.flag(made, reason="违法事实漏写了涉及的月份", **by("banan", days))
    text = "同一台手术重复收取麻醉监测费用，涉及三月至五月，多收部分由基金支付。机构已经退回并改正。"
    corrected = actions.correct(made, Said("麻醉项目重复收费案", text, note="补充了违法行为涉及的月份"), **by("banan2", days - 1))
    actions.approve_correction(made, newest_edition(corrected).pk, **by("fuze", days - 2))
