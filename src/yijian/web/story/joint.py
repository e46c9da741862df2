"""Working together in the demo: a plan that was agreed, a consultation with minutes, a spot check that found something."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from yijian.web.accounts.queries import By, User
from yijian.web.institutions.queries import institution
from yijian.web.joint import checks, meetings, plans, telling
from yijian.web.joint.checklist import questions
from yijian.web.joint.meetings import Call, Minutes
from yijian.web.joint.plans import Plan
from yijian.web.joint.queries import items_for
from yijian.web.joint.telling import Told
from yijian.web.leads import actions as leads
from yijian.web.transfers import answering as transfers
from yijian.web.transfers.given import Given, Item
from yijian.web.transfers.queries import Transfer, lead_of_transfer

CITY = "999900"
HANDED = (("分解住院", "split_stay", 24), ("串换药品", "swap", 44), ("重复收费", "overcharge", 40))
"""What the health commission handed over: title, category, days ago."""


def tell(cast: dict[str, User], now: datetime) -> int:
    """Tell it; how many transfers came in."""

    def by(name: str, days: float) -> By:
        return {"who": cast[name], "when": now - timedelta(days=days), "where": None}

    home = cast["yiyuan1"].organisation.institution
    came = [_handed_over(title, category, days, home, by) for title, category, days in HANDED]
    for one, (_, _, days) in list(zip(came, HANDED, strict=True))[1:]:
        _answered(one, days, by)
    _checked(now, cast, by)
    _inspected(home, now, by)
    _consulted(came[0], now, by)
    day = timezone.localdate(now - timedelta(days=20))
    told = Told("doctor", home, "王某某", "主治医师", "警告", "卫罚〔演示〕1号", day, "出具的诊断证明与病历不符")
    telling.tell(CITY, told, **by("weijian", 18))
    return len(came)


def _handed_over(title: str, category: str, days: int, home: str, by: Callable[[str, float], By]) -> Transfer:
    """It came from the health commission and was signed for."""
    when = by("weijian", days)
    lists = ([Item(f"{title}若干例", Decimal("3600.00"))], [Item("检查记录", pages=6)])
    given = Given(
        "health", category, "WJ9999", title, f"行业检查中发现{title}线索，请依法核查", timezone.localdate(when["when"]), *lists,
        institution=institution(home), reference=f"卫监移〔演示〕{days}号",
    )  # fmt: skip
    made = transfers.hand_over(CITY, given, **when)
    return transfers.receive(made.pk, **by("jianguan", days - 2))


def _answered(transfer: Transfer, days: int, by: Callable[[str, float], By]) -> None:
    """Its lead was verified and confirmed: that is the answer."""
    lead = lead_of_transfer(transfer)
    leads.assign(lead.pk, "banan2", **by("jianguan", days - 4))
    leads.report(lead.pk, "review", Decimal("2400.00"), reason="核对明细属实，转审核追回。", **by("banan2", days - 14))
    leads.confirm(lead.pk, **by("fuze", days - 16))


def _checked(now: datetime, cast: dict[str, User], by: Callable[[str, float], By]) -> None:
    """Drawn of those; one thing was wrong, and waits to be mended."""
    today = timezone.localdate(now)
    begin, end = today - timedelta(days=60), today - timedelta(days=16)
    drawn = checks.draw(CITY, begin, end, seed="演示", **by("jianguan", 15))
    for n, item in enumerate(items_for(cast["banan"]).filter(check_of=drawn)):
        wrong = {"supplement"} if n == 0 else set[str]()
        answers = {word: "no" if word in wrong else "yes" for word in questions(item.transfer.direction)}
        said = "材料不全没有书面通知补正，只有电话记录。" if wrong else ""
        checks.look(item.pk, answers, reason=said, **by("banan", 12))


def _inspected(home: str, now: datetime, by: Callable[[str, float], By]) -> None:
    """Agreed by the health commission; it begins next week."""
    today = timezone.localdate(now)
    said = Plan(
        "血液透析收费与诊疗联合检查", "透析次数、耗材用量与收费、治疗记录是否一致",
        "医保部门核对结算与进销存，卫健部门核查诊疗记录，各派两人",
        today + timedelta(days=5), today + timedelta(days=12), ["WJ9999"], [home],
    )  # fmt: skip
    plan = plans.draft(CITY, said, **by("jianguan", 9))
    plans.approve(plan.pk, **by("fuze", 8))
    plans.agree(plan.pk, reason="同意，派两名血液净化专家参加。", **by("weijian", 6))


def _consulted(transfer: Transfer, now: datetime, by: Callable[[str, float], By]) -> None:
    """About a lead that a transfer became; the minutes wait for nobody, one task is open."""
    number, today = lead_of_transfer(transfer).number, timezone.localdate(now)
    day = today - timedelta(days=10)
    call = Call(
        number, "分解住院案处理路径", "研究行政处罚、行政处分如何同步，病历由谁组织评议", day, "市医保局三楼会议室", ["WJ9999"]
    )
    meeting = meetings.call(call, **by("jianguan", 13))
    bureau, soon = "示例市医疗保障局", [today + timedelta(days=days) for days in (6, 2)]
    minutes = Minutes(
        "介绍检查发现和结算情况，讨论住院指征的认定。", "先由临床专家评议住院指征，再分别立案，处理结果互相通报。",
        "建议以专家评议意见作为认定依据。", {"WJ9999": "同意组织专家评议，并同步核查执业行为。"},
        f"组织临床专家评议住院指征 | 示例市卫生健康委员会 | {soon[0]}\n调取结算明细 | {bureau} | {soon[1]}",
    )  # fmt: skip
    meetings.minute(meeting.pk, minutes, **by("jianguan", 9))
    meetings.confirm(meeting.pk, **by("weijian", 7))
    ours = meeting.tasks.get(organisation__name=bureau)  # type: ignore[attr-defined]
    meetings.do(ours.pk, reason="结算明细已调取，交评议专家。", **by("jianguan", 3))
