"""The books of tips and of rewards as lists that may leave as a file: nothing that a tip says, and nobody's name."""

from django.http import QueryDict

from yijian.web.accounts.queries import User
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.tips import queries, reward_views, rewards, views
from yijian.web.tips.models import Reward, Tip

TIPS: tuple[Field[Tip], ...] = (
    Field("举报编号", 28, "number"),
    Field("受理区划", 10, "area"),
    Field("途径", 12, "get_channel_display"),
    Field("署名", 8, lambda tip: "实名" if tip.named else "匿名"),
    Field("收到时间", 20, "received"),
    Field("状态", 12, "get_state_display"),
    Field("结果", 16, "get_outcome_display"),
    Field("决定时间", 20, "decided"),
)
REWARDS: tuple[Field[Reward], ...] = (
    Field("举报编号", 28, "tip.number"),
    Field("依据", 10, "rule"),
    Field("等级", 16, "grade_words"),
    Field("查实金额（元）", 16, "proved"),
    Field("奖励金额（元）", 16, "amount"),
    Field("状态", 14, "get_state_display"),
    Field("提出时间", 20, "proposed"),
    Field("申领期限", 12, "claim_until"),
    Field("发放日期", 12, "paid_on"),
    Field("支付凭证号", 24, "reference"),
)


def _tips(user: User, address: QueryDict) -> Sheet:
    filters = queries.Filters.of(address)
    found = queries.tips_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-received").order)
    return sheet_of("举报台账", TIPS, rows.iterator(chunk_size=2000), found.count(), filters.words())


def _rewards(user: User, address: QueryDict) -> Sheet:
    found = rewards.rewards_for(user)
    rows = found.order_by(*sorting_of(address, reward_views.COLUMNS, "-proposed").order)
    return sheet_of("举报奖励台账", REWARDS, rows.iterator(chunk_size=2000), found.count(), [])


LISTINGS = {"tips": Listing("举报台账", _tips), "tip_rewards": Listing("举报奖励台账", _rewards)}
