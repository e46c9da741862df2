"""The book of cases in the demo: one in every state, as far as its last weeks went."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from yijian.web.accounts.queries import By, User
from yijian.web.agreements import actions as agreements
from yijian.web.agreements.kinds import Given as Measure
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
MUCH, MUCH_FINED = Decimal("112000.00"), Decimal("134400.00")
"""A fine for which the party may ask for a hearing."""
LITTLE = Decimal("860.00")


@dataclass(frozen=True)
class Told:
    """A case of the demo: what it is about, days ago on which its lead came in, the state it has reached."""

    title: str
    facts: str
    days: int
    until: str
    loss: Decimal = LOSS


STORIES = (
    Told("药店串换保健食品案", "以统筹基金结算保健食品，进销存与结算不符。", 70, "closed"),
    Told("中医理疗虚记次数案", "理疗登记簿少于收费次数，多收部分由基金支付。", 92, "archived"),
    Told("麻醉项目重复收费案", "同一台手术重复收取麻醉监测费用。", 64, "closing"),
    Told("血液透析多计次数案", "治疗记录少于收费次数，多收部分由基金支付。", 40, "notified"),
    Told("康复项目超时收费案", "康复治疗收费时长超过医师排班时长。", 52, "hearing", MUCH),
    Told("耗材串换案", "以低价耗材使用、高价耗材收费。", 58, "executing", MUCH),
    Told("化验项目虚记案", "检验仪器记录少于收费次数。", 46, "decided"),
    Told("检验项目重复收费案", "组套项目与其中的单项同日收取。", 30, "reviewing"),
    Told("床位费多收案", "出院当日及转科期间重复收取床位费。", 34, "reviewed"),
    Told("门诊慢特病超量开药案", "多次开具超出规定用量的药品。", 26, "investigating"),
    Told("挂床住院案", "夜间查房多人不在病房，当事机构正在搬迁，暂时无法取证。", 44, "suspended"),
    Told("已注销门诊部收费案", "门诊部已经注销，没有承受其权利义务的单位。", 48, "terminated"),
    Told("收费公示不全反映案", "反映收费公示不全，核实后不属于医疗保障行政处罚事项。", 36, "refused"),
    Told("护理费超标准收费案", "按高一级护理收费，医嘱为低一级。", 12, "proposed"),
    Told("换药费重复收费案", "同日换药收取两次，当场核实并改正。", 15, "on_spot", LITTLE),
)

WAY = ("investigating", "reviewing", "reviewed", "notified", "decided", "executing", "closing", "closed", "archived")
"""The states that most pass one after the other; the days after filing on which each is reached stand in `_ways`."""


def tell(cast: dict[str, User], now: datetime) -> int:
    """Tell it; how many cases there are."""

    def by(name: str, days: float) -> By:
        return {"who": cast[name], "when": now - timedelta(days=days), "where": None}

    home = cast["yiyuan1"].organisation.institution
    for one in STORIES:
        lead = _lead(one, home, by, now)
        said = Filing(13, one.title, one.facts, one.loss, CERTIFICATES)
        if one.until == "on_spot":
            executing.decide_on_spot(lead, said, LITTLE, **by("banan", 1))
            continue
        case = filing.propose(lead, said, **by("jianguan", one.days - 8))
        _bring(case, one, by, now)
    _measures(by, now, home)
    return len(STORIES)


def _lead(one: Told, home: str, by: Callable[[str, float], By], now: datetime) -> int:
    """A lead about the first hospital that ended with “立案”."""
    day = timezone.localdate(now - timedelta(days=one.days))
    given = Given(
        "inspection", one.title.removesuffix("案"), one.facts, "institution", day, institution=institution(home), amount=one.loss
    )
    lead = leads.register(given, CITY, **by("jianguan", one.days))
    leads.assign(lead.pk, "banan", **by("jianguan", one.days - 1))
    leads.report(lead.pk, "case", one.loss, reason="调取明细与病历核对，情况属实。", **by("banan", one.days - 5))
    leads.confirm(lead.pk, **by("fuze", one.days - 7))
    return lead.pk


def _bring(case: Case, one: Told, by: Callable[[str, float], By], now: datetime) -> None:
    """Take a case to the state that it has reached."""
    days = one.days - 9
    branches: dict[str, tuple[str, Callable[[], object]]] = {
        "refused": ("proposed", lambda: filing.refuse(case.pk, reason="不属于医疗保障行政处罚事项", **by("fuze", days))),
        "suspended": (
            "investigating",
            lambda: filing.suspend(case.pk, reason="机构搬迁，关键证据暂时无法取得", **by("fuze", days - 8)),
        ),
        "terminated": (
            "investigating",
            lambda: filing.terminate(case.pk, reason="当事人已注销，没有权利义务承受人", **by("fuze", days - 8)),
        ),
        "hearing": ("notified", lambda: _hearing(case, days, by, now)),
    }
    last, branch = branches.get(one.until, (one.until, None))
    ways = _ways(case, one, days, by, now)
    for word in WAY[: WAY.index(last) + 1] if last in WAY else ():
        ways[word]()
    if branch is not None:
        branch()


def _ways(case: Case, one: Told, days: int, by: Callable[[str, float], By], now: datetime) -> dict[str, Callable[[], object]]:
    """What brings a case into each state of `WAY`."""
    fine = MUCH_FINED if one.loss == MUCH else FINE

    def investigating() -> None:
        filing.approve(case.pk, **by("fuze", days))
        for title, record, text in (
            ("收费明细与治疗记录比对表", "", "证明多收的次数和金额"),
            ("收费科负责人询问笔录", "interview", "问：收费依据是什么？答：按治疗单录入，未逐次核对。"),
        ):
            piece = Piece("electronic", title, "该院收费科，由科室负责人提供", now - timedelta(days=days - 1), text, record)
            evidence.take(case.pk, piece, list(CERTIFICATES), **by("banan", days - 1.5))

    def reviewing() -> None:
        why, grounds = "查明多收费用由基金支付，机构认可。", "主动退回，配合调查"
        proposal = Proposal("penalty", why, grounds, one.loss, fine=fine, factors=("relieved",))
        deciding.report(case.pk, proposal, **by("banan", days - 6))

    def reviewed() -> None:
        deciding.examine(case.pk, "agree", reason="事实清楚，适用依据正确，程序合法", **by("fazhi", days - 10))

    def notified() -> None:
        if one.loss == MUCH:
            deciding.discuss(case.pk, "局领导班子成员", reason="一致同意处理意见", **by("fuze", days - 10.5))
        deciding.notify(case.pk, **by("banan2", days - 11))

    def decided() -> None:
        said = "书面说明放弃陈述申辩和听证。"
        deciding.state(case.pk, "", waives=True, reason=said, **by("banan", days - 13))
        given = Decided("penalty", "主动退回，从轻处罚。", fine=fine, before=one.loss)
        deciding.decide(case.pk, given, **by("fuze", days - 18))

    def executed() -> None:
        day = timezone.localdate(now - timedelta(days=days - 20))
        executing.serve(case.pk, "direct", day, **by("banan", days - 20))

    def closing() -> None:
        day = timezone.localdate(now - timedelta(days=days - 21))
        executing.pay_fine(case.pk, "fine", fine, day, f"演示罚没{case.pk:04d}", **by("banan", days - 21))
        executing.finish(case.pk, reason="基金已在审核中退回，罚款已入库。", **by("banan2", days - 22))

    return {
        "investigating": investigating, "reviewing": reviewing, "reviewed": reviewed, "notified": notified, "decided": decided,
        "executing": executed, "closing": closing,
        "closed": lambda: executing.close(case.pk, **by("fuze", days - 24)),
        "archived": lambda: executing.archive(case.pk, **by("banan", days - 26)),
    }  # fmt: skip


def _hearing(case: Case, days: int, by: Callable[[str, float], By], now: datetime) -> None:
    """The party asked for a hearing, which is still to come."""
    asked = timezone.localdate(now - timedelta(days=days - 13))
    deciding.ask_hearing(case.pk, asked, **by("banan", days - 13))
    day = timezone.localdate(now + timedelta(days=20))
    deciding.call_hearing(case.pk, "fazhi", day, "三楼听证室", **by("fuze", 1))


def _measures(by: Callable[[str, float], By], now: datetime, home: str) -> None:
    """Under the agreement: a talk that was held, a department that is suspended, damages that wait for the head."""
    place = institution(home)

    def measure(kind: str, reason: str, ago: float, **more: object) -> int:
        given = Measure(kind, place, reason, "第二十八条第（三）项", **more)  # type: ignore[arg-type]
        return agreements.propose(CITY, given, **by("jianguan", ago)).pk

    today = timezone.localdate(now)
    talk = measure("interview", "同一问题一年内被审核扣款三次", 20, due=today - timedelta(days=12))
    agreements.decide(talk, **by("fuze", 18))
    agreements.finish(talk, reason="院长到场，提交整改承诺。", **by("jianguan", 12))
    ends = today + timedelta(days=50)
    stopped = measure("suspend_department", "康复科超时收费，整改期间暂停", 12, target="康复科", begin=today, end=ends)
    agreements.decide(stopped, **by("fuze", 10))
    measure("damages", "违反服务协议约定，多次串换耗材", 2, amount=Decimal("11200.00"), due=today + timedelta(days=20))
