"""The side navigation: by work, only what the role may open."""

from dataclasses import dataclass

from django.http import HttpRequest

from yijian.web.accounts.queries import Right, User
from yijian.web.searching import open_to


@dataclass(frozen=True)
class Link:
    """One entry: where it leads (a url name), its word, its icon, the right it takes, and the view names it stands for.

    Without a right nobody is kept out: the page shows only what is one's own.
    """

    to: str
    title: str
    icon: str
    right: Right | None
    covers: tuple[str, ...] = ()


GROUPS: tuple[tuple[str, tuple[Link, ...]], ...] = (
    (
        "我的工作",
        (
            Link("start", "首页", "home", None),
            Link("clocks:inbox", "待办", "bell", None),
            Link("jobs:list", "后台任务", "clock", None),
        ),
    ),
    (
        "监控",
        (
            Link("findings:groups", "筛查", "checks", Right.SCREEN, ("findings:group", "findings:screenings")),
            Link("findings:list", "疑点", "alert-triangle", Right.SEE_FINDINGS, ("findings:detail",)),
            Link("findings:institutions", "机构", "building-hospital", Right.SEE_FINDINGS, ("findings:institution",)),
            Link(
                "reminders:overview",
                "提醒",
                "message-report",
                Right.SEE_REMINDERS,
                ("reminders:list", "reminders:by", "reminders:detail"),
            ),
            Link("findings:coverage", "覆盖台账", "checklist", Right.SEE_DATA),
        ),
    ),
    (
        "审核",
        (
            Link("reviews:list", "审核单", "file-text", Right.SEE_REVIEWS, ("reviews:detail",)),
            Link("reviews:samples", "抽样复审", "scale", Right.SEE_REVIEWS),
            Link("recoveries:ledger", "追回台账", "coins", Right.SEE_LEDGER, ("recoveries:rows", "recoveries:order")),
            Link("recoveries:payments", "到账登记", "building-bank", Right.KEEP_LEDGER),
            Link("recoveries:ledger", "退回基金", "coins", Right.ANSWER, ("recoveries:order",)),
            Link("reviews:list", "收到的审核单", "file-text", Right.ANSWER, ("reviews:detail",)),
            Link("agreements:list", "协议处理", "scale", Right.ANSWER, ("agreements:detail",)),
            Link("inspections:list", "检查与整改", "checklist", Right.ANSWER, ("inspections:detail",)),
        ),
    ),
    (
        "办案",
        (
            Link(
                "tips:list",
                "举报",
                "message-report",
                Right.SEE_TIPS,
                ("tips:detail", "tips:open", "tips:identity", "tips:new", "tips:keys", "tips:rewards"),
            ),
            Link("leads:list", "线索", "list-search", Right.SEE_LEADS, ("leads:detail", "leads:new")),
            Link("cases:list", "案件", "scale", Right.SEE_CASES, ("cases:detail", "cases:new")),
            Link("agreements:list", "协议处理", "file-text", Right.SEE_AGREEMENTS, ("agreements:detail", "agreements:new")),
            Link("cases:times", "办案用时", "clock", Right.SEE_CASES),
            Link("cases:reports", "重大案情报告", "alert-octagon", Right.SEE_CASES),
            Link(
                "transfers:list",
                "移送",
                "send",
                Right.SEE_TRANSFERS,
                ("transfers:detail", "transfers:new", "transfers:edit", "transfers:incoming", "transfers:statement"),
            ),
            Link("transfers:list", "移送", "send", Right.ANSWER_TRANSFERS, ("transfers:detail", "transfers:incoming")),
            Link(
                "publishing:list", "公开", "eye", Right.SEE_PUBLISHING, ("publishing:detail", "publishing:new", "publishing:edit")
            ),
        ),
    ),
    (
        "部门协作",
        (
            Link("joint:checks", "移送抽查", "list-search", Right.SEE_JOINT, ("joint:check", "joint:items", "joint:item")),
            Link(
                "joint:plans",
                "联合检查",
                "building-hospital",
                Right.SEE_JOINT,
                ("joint:plan", "joint:new_plan", "joint:edit_plan"),
            ),
            Link("joint:plans", "联合检查", "building-hospital", Right.ANSWER_JOINT, ("joint:plan",)),
            Link("joint:meetings", "专案会商", "message", Right.SEE_JOINT, ("joint:meeting", "joint:new_meeting")),
            Link("joint:meetings", "专案会商", "message", Right.ANSWER_JOINT, ("joint:meeting",)),
            Link("joint:penalties", "处罚互通", "arrows-exchange", Right.SEE_JOINT, ("joint:told", "joint:new_penalty")),
            Link("joint:penalties", "处罚互通", "arrows-exchange", Right.ANSWER_JOINT, ("joint:told", "joint:new_penalty")),
        ),
    ),
    (
        "检查",
        (
            Link(
                "campaigns:list",
                "专项治理",
                "checklist",
                Right.SEE_CAMPAIGNS,
                ("campaigns:detail", "campaigns:new", "campaigns:edit"),
            ),
            Link("campaigns:returns", "自查报告", "file-text", Right.SEE_CAMPAIGNS, ("campaigns:return", "campaigns:compare")),
            Link("campaigns:returns", "自查报告", "file-text", Right.FILL_RETURNS, ("campaigns:return",)),
            Link("campaigns:returns", "自查报告", "file-text", Right.FILL_AGENCY_RETURNS, ("campaigns:return",)),
            Link(
                "inspections:list",
                "检查",
                "checklist",
                Right.SEE_INSPECTIONS,
                ("inspections:detail", "inspections:new", "inspections:site", "inspections:record"),
            ),
            Link("inspections:coverage", "检查覆盖", "checks", Right.SEE_INSPECTIONS),
            Link("draws:list", "随机抽取", "arrows-exchange", Right.SEE_DRAWS, ("draws:detail", "draws:new")),
            Link("draws:list", "随机抽取", "arrows-exchange", Right.TAKE_PART_IN_DRAWS, ("draws:detail",)),
            Link("draws:members", "抽取人员库", "user", Right.KEEP_DRAWS),
            Link(
                "training:list",
                "宣传培训",
                "message",
                Right.SEE_TRAINING,
                ("training:detail", "training:new", "training:coverage"),
            ),
            Link(
                "extrapolation:list",
                "抽样推算",
                "scale",
                Right.SEE_EXTRAPOLATIONS,
                ("extrapolation:detail", "extrapolation:new"),
            ),
        ),
    ),
    (
        "统计",
        (
            Link(
                "statistics:list",
                "统计报表",
                "file-text",
                Right.SEE_STATISTICS,
                ("statistics:form", "statistics:rows", "statistics:typing"),
            ),
        ),
    ),
    (
        "规则",
        (
            Link("rules:list", "规则库", "book-2", Right.SEE_DATA, ("rules:detail",)),
            Link("rules:precision", "规则准确率", "scale", Right.SEE_REVIEWS),
            Link("training:library", "法规与案例", "scale", Right.SEE_TRAINING),
            Link("knowledge:list", "知识库", "list-search", Right.SEE_DATA, ("knowledge:points", "knowledge:sentences")),
        ),
    ),
    (
        "数据",
        (
            Link("imports:list", "数据导入", "database-import", Right.SEE_DATA, ("imports:detail",)),
            Link("imports:quarantine", "隔离区", "alert-octagon", Right.SEE_DATA),
        ),
    ),
    (
        "设置",
        (
            Link("accounts:list", "账号", "user", Right.KEEP_ACCOUNTS, ("accounts:detail", "accounts:make", "accounts:import")),
            Link(
                "accounts:organisations",
                "单位",
                "building-hospital",
                Right.KEEP_ACCOUNTS,
                ("accounts:organisation", "accounts:make_organisation"),
            ),
            Link("parameters:list", "时限与标准", "clock", Right.KEEP_PARAMETERS),
            Link("audit_log:list", "操作日志", "history", Right.READ_LOG, ("audit_log:detail",)),
        ),
    ),
)


def _open_to(user: User, links: tuple[Link, ...]) -> list[Link]:
    """Links of a group that the user may open; of several to one page, which different rights open, the first."""
    found: dict[str, Link] = {}
    for link in links:
        if link.right is None or user.may(link.right):
            found.setdefault(link.to, link)
    return list(found.values())


def navigation(request: HttpRequest) -> dict[str, object]:
    """Template context: groups with the links that this user may open, the present one marked; whether he has a search box."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    here = request.resolver_match.view_name if request.resolver_match else ""
    groups = [
        (title, [(link, here == link.to or here in link.covers) for link in _open_to(user, links)]) for title, links in GROUPS
    ]
    return {
        "navigation": [(title, links) for title, links in groups if links],
        "may_search": bool(open_to(user)) and here != "search",
    }
