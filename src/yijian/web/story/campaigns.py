"""The demo's campaign: a plan of the city by the notice of 2020, the county's plan below it, and returns in every state."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from yijian.sheets import workbook
from yijian.web.accounts.queries import By, User, division_name
from yijian.web.campaigns import actions, asking, forms, returning
from yijian.web.campaigns.given import Given
from yijian.web.campaigns.kinds import Duty, Phase, templates
from yijian.web.campaigns.queries import SelfInspection
from yijian.web.campaigns.return_queries import Filters, returns_for

COUNTY = "999901"
BEGAN, DUE, SHOWN = 40, 6, 80
"""Days ago the campaign began, the last day of the self-inspection, and days that the on-site phase has still to run."""
FOUND = (
    ("重复收费", "同日重复收取护理费", "36", "8640.00", "8640.00", "修改收费字典，加装拦截"),
    ("超标准收费", "床位费按高一档标准收取", "21", "3150.50", "3150.50", "更正床位费标准"),
    ("分解收费", "将一次检查拆分为两项收费", "12", "2280.00", "1900.00", "合并收费项目，培训收费人员"),
)
NAMES = ("kind", "what", "times", "involved", "refund", "remedy")
STATEMENT = "成立自查小组，抽取住院病历二百份、门诊处方一千张，逐项核对收费与医嘱，没有发现违规使用医保基金的问题。"


def tell(cast: Mapping[str, User], now: datetime) -> int:
    """Tell it; how many returns were delivered."""

    def by(name: str, days: float) -> By:
        return {"who": cast[name], "when": now - timedelta(days=days), "where": None}

    today = timezone.localdate(now)

    def day(days: int) -> str:
        return f"{today - timedelta(days=days)}"

    def phase(kind: str, title: str, begin: int, end: int, tasks: str = "") -> Phase:
        return Phase(kind, title, today - timedelta(days=begin), today - timedelta(days=end), tasks)

    model = templates()["jilin_2020"]
    given = Given(
        title=f"{today.year}年医保基金监督检查专项治理", text=model.text.strip(), basis="本省年度专项治理工作方案",
        kinds=["hospital", "pharmacy", "agency"], focuses=["charging", "admissions"],
        data_begin=today.replace(year=today.year - 2, month=1, day=1), data_end=today - timedelta(days=60),
        phases=[
            phase("deployment", "工作部署", BEGAN, 32, model.phases[0].tasks),
            phase("self_inspection", "自查自纠", 32, DUE, model.phases[1].tasks),
            phase("inspection", "现场检查与抽检复查", DUE - 1, -SHOWN, model.phases[2].tasks),
            phase("summary", "总结", -SHOWN, -SHOWN - 20, model.phases[3].tasks),
        ],
        duties=[
            Duty("plan", "制定本地区实施方案的“时间表”和“路线图”", "below", today - timedelta(days=30)),
            Duty("report", "报送现场检查总结报告", "below", today + timedelta(days=SHOWN)),
            Duty("report", "报送自查自纠阶段情况", "below", today - timedelta(days=2)),
            Duty("report", "专项治理情况汇总", "own", today + timedelta(days=SHOWN + 20)),
        ],
        targets={"coverage": Decimal(1), "on_site": Decimal("0.2"), "agencies": Decimal(1)}, template="jilin_2020",
    )  # fmt: skip
    made = actions.prepare(cast["jianguan"].home, given, **by("jianguan", BEGAN))
    actions.take(made.pk, "submit", **by("jianguan", BEGAN - 0.2))
    made = actions.take(made.pk, "issue", **by("fuze", BEGAN - 1))
    below = Given(
        title=f"东城区{today.year}年医保基金监督检查专项治理", text=given.text, basis=made.number, kinds=given.kinds,
        focuses=given.focuses, data_begin=given.data_begin, data_end=given.data_end, under=made,
        phases=[
            phase("deployment", "部署", 38, 33),
            phase("self_inspection", "自查自纠", 32, DUE + 1),
            phase("inspection", "现场检查", DUE - 2, -60),
        ],
    )  # fmt: skip
    receipt = made.duties.get(kind="receipt", area=COUNTY)  # type: ignore[attr-defined]
    actions.fulfil(receipt.pk, note="", **by("dongcheng", BEGAN - 2))
    plan = actions.prepare(COUNTY, below, **by("dongcheng", 36))
    actions.take(plan.pk, "submit", **by("dongcheng", 35))
    actions.take(plan.pk, "issue", **by("dcfuze", 34))
    asking.ask(made.pk, **by("jianguan", 32))
    return _returns(cast, by, day)


def _returns(cast: Mapping[str, User], by: Callable[[str, float], By], day: Callable[[int], str]) -> int:
    def own(name: str) -> SelfInspection | None:
        """The return of an account's own place; None where the city is too small for it."""
        who = cast.get(name)
        mine = returns_for(who, Filters(text=who.organisation.institution or who.organisation.pk)) if who else None
        return mine.first() if mine is not None else None

    def rows(filed: SelfInspection, *wanted: int) -> list[dict[str, str]]:
        kinds = forms.form_of(filed.form).by_key["kind"].choices
        known = [dict(zip(NAMES, FOUND[n], strict=True)) for n in wanted]
        more = {"refunded_on": day(12), "remedied_on": day(10), "responsible": "医保办"}
        return [one | more | {"kind": one["kind"] if one["kind"] in kinds else "其他"} for one in known]

    def send(name: str, days: float, *wanted: int) -> SelfInspection | None:
        if (filed := own(name)) is None:
            return None
        returning.fill(filed.pk, rows(filed, *wanted), {"filler": "医保办"}, **by(name, days + 0.1))
        return returning.submit(filed.pk, **by(name, days))

    done = [send("yiyuan1", 14, 0, 1), accepted := send("yiyuan2", 16, 0, 1, 2), send("yiyuan4", 3, 1)]
    if accepted:
        returning.take(accepted.pk, "accept", **by("jianguan", 9))
    if nothing := own("yiyuan3"):
        done.append(returning.submit_nothing(nothing.pk, STATEMENT, {"filler": "医保办"}, **by("yiyuan3", 20)))
    if typed := own("yiyuan5"):
        done.append(_from_excel(typed, rows(typed, 1, 2), by("yiyuan5", 11)))
    if sent_back := send("yiyuan6", 15, 2):
        reason = "第 1 行退回金额小于涉及金额，请说明差额"
        returning.take(sent_back.pk, "correct", reason=reason, **by("jianguan", 5))
    agency = own("neishen")
    if agency is None:
        return sum(one is not None for one in done)
    row = {"kind": "违规支付费用", "what": "重复支付门诊慢特病费用", "times": "4", "involved": "1260.00", "refund": "1260.00",
           "remedied_on": day(10), "remedy": "追回重复支付，增加系统校验", "responsible": "待遇科"}  # fmt: skip
    returning.fill(agency.pk, [row], {"filler": "内审科"}, **by("neishen", 12))
    done.append(returning.submit(agency.pk, **by("neishen", 12)))
    return sum(one is not None for one in done)


def _from_excel(filed: SelfInspection, typed: list[dict[str, str]], by: By) -> SelfInspection:
    """The downloaded template, filled in and taken over."""
    sheet = forms.form_of(filed.form)
    read, _ = forms.read_rows(sheet, typed)
    held = workbook(sheet, forms.head_of(filed, division_name(filed.area)), read)
    returning.take_file(filed.pk, SimpleUploadedFile("自查.xlsx", held), **by)
    return returning.submit(filed.pk, **by)
