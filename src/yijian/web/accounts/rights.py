"""Rights and roles. A role is data (`roles.toml`); a right is a word that guarded doors and actions ask for."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import combinations
from pathlib import Path


class Right(StrEnum):
    """What someone may do."""

    SEE_FINDINGS = "see_findings"
    """查看疑点"""
    SCREEN = "screen"
    """筛查疑点：确认、排除、分派"""
    SHOW_IDENTITY = "show_identity"
    """查看身份"""
    SEE_DATA = "see_data"
    """查看规则、覆盖与数据导入"""
    SETTLE_KNOWLEDGE = "settle_knowledge"
    """确认知识点"""
    SEE_REVIEWS = "see_reviews"
    """查看审核单"""
    REVIEW = "review"
    """审核：建单、发送、抽样、认定"""
    ANSWER = "answer"
    """答复：认可、申诉"""
    SEE_REMINDERS = "see_reminders"
    """查看事前事中提醒"""
    SEE_LEDGER = "see_ledger"
    """查看追回台账"""
    KEEP_LEDGER = "keep_ledger"
    """追回：责令退回、登记到账"""
    WRITE_OFF = "write_off"
    """核销"""
    SEE_LEADS = "see_leads"
    """查看线索"""
    KEEP_LEADS = "keep_leads"
    """线索：登记、定级、分派、交办、上报"""
    VERIFY_LEADS = "verify_leads"
    """核查线索"""
    CONFIRM_LEADS = "confirm_leads"
    """审定线索核查结果"""
    SEE_TIPS = "see_tips"
    """查看举报台账（不含内容）"""
    HANDLE_TIPS = "handle_tips"
    """举报：打开、受理、反馈"""
    APPROVE_TIPS = "approve_tips"
    """举报：审批身份查看、销毁与奖励"""
    SEE_CASES = "see_cases"
    """查看案件"""
    KEEP_CASES = "keep_cases"
    """案件：提请立案、接收重大案情报告"""
    HANDLE_CASES = "handle_cases"
    """办案：调查、告知、送达、执行"""
    EXAMINE_CASES = "examine_cases"
    """法制审核、主持听证"""
    DECIDE_CASES = "decide_cases"
    """案件审批与决定"""
    SEE_AGREEMENTS = "see_agreements"
    """查看协议处理"""
    KEEP_AGREEMENTS = "keep_agreements"
    """协议处理：提请、登记落实"""
    DECIDE_AGREEMENTS = "decide_agreements"
    """审批协议处理"""
    SEE_TRANSFERS = "see_transfers"
    """查看部门移送"""
    KEEP_TRANSFERS = "keep_transfers"
    """移送：拟稿、发出、签收、受理、办结"""
    APPROVE_TRANSFERS = "approve_transfers"
    """审批移送"""
    ANSWER_TRANSFERS = "answer_transfers"
    """协作部门：移送、签收、补正、反馈"""
    SEE_PUBLISHING = "see_publishing"
    """查看公开信息"""
    KEEP_PUBLISHING = "keep_publishing"
    """公开：起草、登记错误、更正"""
    APPROVE_PUBLISHING = "approve_publishing"
    """公开：审批、撤回、决定不予公开"""
    SEE_DRAWS = "see_draws"
    """查看随机抽取"""
    KEEP_DRAWS = "keep_draws"
    """随机抽取：拟名单、回避、冻结、重抽，人员库"""
    TAKE_PART_IN_DRAWS = "take_part_in_draws"
    """参与随机抽取：承诺、揭示"""
    SEE_INSPECTIONS = "see_inspections"
    """查看检查"""
    KEEP_INSPECTIONS = "keep_inspections"
    """检查：拟定、派员、通知、办结"""
    INSPECT = "inspect"
    """现场检查：核查、取证、笔录、复查"""
    CONFIRM_INSPECTIONS = "confirm_inspections"
    """认定检查结果、责令整改"""
    SEE_CAMPAIGNS = "see_campaigns"
    """查看专项治理与自查"""
    KEEP_CAMPAIGNS = "keep_campaigns"
    """专项治理：拟方案、下发自查、催报、受理"""
    APPROVE_CAMPAIGNS = "approve_campaigns"
    """审批专项治理方案"""
    FILL_RETURNS = "fill_returns"
    """定点机构填报自查"""
    FILL_AGENCY_RETURNS = "fill_agency_returns"
    """经办机构填报自查"""
    SEE_EXTRAPOLATIONS = "see_extrapolations"
    """查看抽样推算"""
    KEEP_EXTRAPOLATIONS = "keep_extrapolations"
    """抽样推算：抽取、登记审核结果、得出结论"""
    SEE_TRAINING = "see_training"
    """查看宣传培训和法规案例"""
    KEEP_TRAINING = "keep_training"
    """登记宣传培训"""
    SEE_JOINT = "see_joint"
    """查看部门协作：移送抽查、联合检查、会商、处罚互通"""
    KEEP_JOINT = "keep_joint"
    """部门协作：抽取移送、拟联合检查方案、召集会商、登记处罚信息"""
    CHECK_TRANSFERS = "check_transfers"
    """抽查移送案件"""
    APPROVE_JOINT = "approve_joint"
    """审批联合检查"""
    ANSWER_JOINT = "answer_joint"
    """协作部门：会签方案、确认纪要、互通处罚"""
    SEE_STATISTICS = "see_statistics"
    """查看统计报表"""
    KEEP_STATISTICS = "keep_statistics"
    """统计报表：填报、说明更正、关账"""
    APPROVE_STATISTICS = "approve_statistics"
    """审核报送统计报表"""
    SEE_CLOCKS = "see_clocks"
    """督办：查看下属逾期事项"""
    SEE_OWN = "see_own"
    """查看发给本机构的事项"""
    KEEP_ACCOUNTS = "keep_accounts"
    """管理单位与账号"""
    KEEP_PARAMETERS = "keep_parameters"
    """管理时限、标准与工作日"""
    LOAD_RUNS = "load_runs"
    """装入审核结果"""
    READ_LOG = "read_log"
    """查看操作日志"""


@dataclass(frozen=True)
class Role:
    """A role: its word, its Chinese title, kinds of organisation that have it, its rights, roles it must be apart from."""

    name: str
    title: str
    kinds: tuple[str, ...]
    rights: frozenset[Right]
    apart: frozenset[str]

    @property
    def second_factor(self) -> bool:
        """Who can see identities logs in with a second factor."""
        return bool(self.rights & {Right.SHOW_IDENTITY, Right.HANDLE_TIPS, Right.APPROVE_TIPS})


@cache
def roles() -> dict[str, Role]:
    """All roles by their word, in the order of the file."""
    said = tomllib.loads((Path(__file__).parent / "roles.toml").read_text(encoding="utf-8"))
    return {
        name: Role(name, one["title"], tuple(one["kinds"]), frozenset(map(Right, one["rights"])), frozenset(one["apart"]))
        for name, one in said.items()
    }


def not_together(names: set[str]) -> tuple[Role, Role] | None:
    """Two of these roles that one person may not hold, or None."""
    for one, other in combinations((role for name, role in roles().items() if name in names), 2):
        if other.name in one.apart or one.name in other.apart:
            return one, other
    return None
