"""Rewards: proposed by an officer, approved by two others, claimed with the receipt code, paid without cash."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, need
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.leads.queries import lead_of
from yijian.web.parameters.queries import Book, due
from yijian.web.tips.actions import message
from yijian.web.tips.acts import Act
from yijian.web.tips.keyring import serves
from yijian.web.tips.models import Reward, Tip
from yijian.web.tips.queries import tip_for, tips_for

CENT = Decimal("0.01")
GRADES = {1: "一级", 2: "二级", 3: "三级"}


class Rule(NamedTuple):
    """A rule of rewards. cap, least: yuan."""

    key: str
    title: str
    begin: date
    cap: Decimal
    least: Decimal


@dataclass(frozen=True)
class Computed:
    """A reward, with how it comes about."""

    rule: Rule
    share: Decimal
    amount: Decimal
    words: str


class Offer(NamedTuple):
    """What the holder of a receipt reads of the reward."""

    words: str
    claimable: bool


@cache
def rules() -> list[Rule]:
    """All rules, newest first."""
    said = tomllib.loads((Path(__file__).parent / "rewards.toml").read_text(encoding="utf-8"))
    found = [Rule(k, v["title"], v["from"], Decimal(v["cap"]), Decimal(v["least"])) for k, v in said.items()]
    return sorted(found, key=lambda rule: rule.begin, reverse=True)


def computed(proved: Decimal, grade: int, *, insider: bool, area: str, on: date) -> Computed:
    """The reward for a tip that came on a day. proved: yuan. ValidationError: no such grade, or no rule yet."""
    if grade not in GRADES:
        raise ValidationError("请选择奖励等级：一级、二级或三级")
    rule = next((one for one in rules() if one.begin <= on), None)
    if rule is None:
        raise ValidationError(f"{on} 收到的举报早于现有奖励办法，不能计算")
    book = Book()
    share = book.value_of(f"reward_share_{grade}", area, on).value
    if insider:
        share *= 1 + book.value_of("reward_insider", area, on).value
    least = max(rule.least, book.value_of(f"reward_least_{grade}", area, on).value)
    plain = (proved * share).quantize(CENT)
    amount = min(rule.cap, max(least, plain))
    why = "不足下限，按下限" if plain < least else "超过上限，按上限" if plain > rule.cap else "在上下限之间"
    words = (
        f"{rule.title}：{proved:,.2f} 元 × {share.normalize():%} = {plain:,.2f} 元，{why}（{least:,.2f} 至 {rule.cap:,.2f} 元）"
    )
    return Computed(rule, share, amount, words)


def rewards_for(user: User) -> "QuerySet[Reward]":
    """Rewards for the tips that the user may know of."""
    return (
        Reward.objects.filter(tip__in=tips_for(user)).select_related("tip", "proposed_by").defer("tip__content", "tip__identity")
    )


def statement(user: User) -> list[dict[str, Any]]:
    """year, state, word, n, yuan of the rewards that the user may know of, newest year first."""
    rows = rewards_for(user).select_related(None).defer(None).order_by().values("proposed__year", "state")
    counted = rows.annotate(n=Count("pk"), yuan=Sum("amount"))
    words = {str(value): str(word) for value, word in Reward.State.choices}
    order = list(words)
    return [
        {"year": row["proposed__year"], "state": row["state"], "word": words[row["state"]], "n": row["n"], "yuan": row["yuan"]}
        for row in sorted(counted, key=lambda row: (-row["proposed__year"], order.index(row["state"])))
    ]


def proved_of(tip: Tip) -> Decimal:
    """What was proved by the lead that was made of the tip, in yuan."""
    lead = lead_of(f"tips.tip:{tip.pk}")
    while lead is not None and lead.merged_into is not None:
        lead = lead.merged_into
    return (lead.proved_amount if lead else None) or Decimal(0)


@transaction.atomic
def propose(tip_id: int, grade: int, *, insider: bool, who: User, when: datetime, where: str | None) -> Reward:
    """An officer proposes the reward of a proved tip. ValidationError where it was not proved, or there is one."""
    tip = _own(tip_id, who, Right.HANDLE_TIPS)
    if tip.outcome != "proved":
        raise ValidationError("只有查实的举报可以奖励")
    if Reward.objects.filter(tip=tip).exists():
        raise ValidationError("这件举报已提出过奖励")
    proved = proved_of(tip)
    known = computed(proved, grade, insider=insider, area=tip.area, on=timezone.localdate(tip.received))
    made = Reward.objects.create(
        tip=tip, rule=known.rule.key, grade=grade, insider=insider, proved=proved, share=known.share, amount=known.amount,
        proposed_by=who, proposed=when,
    )  # fmt: skip
    _log(Act.PROPOSE_REWARD, made, "", who=who, when=when, where=where, purpose=known.words)
    return made


@transaction.atomic
def decide(tip_id: int, *, agree: bool, who: User, when: datetime, where: str | None) -> Reward:
    """One of two approvals, or a refusal. ValidationError for the second of the same person."""
    reward = _reward(_own(tip_id, who, Right.APPROVE_TIPS))
    old = reward.state
    if old not in ("proposed", "once") or who.pk in (reward.proposed_by_id, reward.first_by_id):  # type: ignore[attr-defined]
        raise ValidationError("这项奖励不由您审批：须由提出人以外的两个人先后同意")
    if not agree:
        reward.state = Reward.State.REFUSED
    elif old == "proposed":
        reward.state, reward.first_by, reward.first_at = Reward.State.ONCE, who, when
    else:
        reward.state, reward.second_by, reward.second_at = Reward.State.APPROVED, who, when
        reward.claim_until = due("reward_claim", reward.tip.area, timezone.localdate(when))
    reward.save()
    _log(Act.APPROVE_REWARD, reward, old, who=who, when=when, where=where, purpose="" if agree else "不同意")
    return reward


def for_tipster(tip: Tip, now: datetime) -> Offer | None:
    """What the holder of the receipt is told, once it has been approved."""
    reward = Reward.objects.filter(tip=tip, state__in=["approved", "claimed", "paid"]).first()
    if reward is None:
        return None
    if reward.state == "paid":
        return Offer(f"奖励 {reward.amount:,.2f} 元已于 {reward.paid_on} 发放。", claimable=False)
    if reward.state == "claimed":
        return Offer(f"奖励 {reward.amount:,.2f} 元，已收到您的申领，正在办理。", claimable=False)
    if reward.claim_until and timezone.localdate(now) > reward.claim_until:
        return Offer(f"奖励 {reward.amount:,.2f} 元的申领期限 {reward.claim_until} 已过，请留言与受理人员联系。", claimable=False)
    return Offer(f"给您的奖励 {reward.amount:,.2f} 元已经批准，请在 {reward.claim_until} 前申领。", claimable=True)


@transaction.atomic
def claim(tip: Tip, account: str, *, when: datetime) -> Reward:
    """The holder of the receipt says how he wants to be paid; that is sealed to the officers like all he writes."""
    reward, offer = _reward(tip), for_tipster(tip, when)
    if offer is None or not offer.claimable:
        raise ValidationError("现在不能申领")
    message(tip, f"申领奖励：{account.strip()}", incoming=True, who=None, when=when)
    reward.state, reward.claimed = Reward.State.CLAIMED, when
    reward.save(update_fields=["state", "claimed"])
    clocks.tell([reward.proposed_by], f"{tip.number} 的奖励已申领", link=f"/desk/tips/{tip.pk}/", when=when)
    _log(Act.CLAIM_REWARD, reward, "approved", who=None, when=when, where=None)
    return reward


@transaction.atomic
def pay(tip_id: int, reference: str, on: date, *, who: User, when: datetime, where: str | None) -> Reward:
    """Note that it was paid, under the bank's number. ValidationError without one, or before it was approved and claimed."""
    reward = _reward(_own(tip_id, who, Right.HANDLE_TIPS))
    old = reward.state
    if old not in ("approved", "claimed"):
        raise ValidationError("两人审批同意后才能发放")
    if not reference.strip() or on > timezone.localdate(when):
        raise ValidationError("请写明支付凭证号，以及不晚于今天的发放日期")
    reward.state, reward.reference, reward.paid_on, reward.paid_by = Reward.State.PAID, reference.strip()[:60], on, who
    reward.save(update_fields=["state", "reference", "paid_on", "paid_by"])
    _log(Act.PAY_REWARD, reward, old, who=who, when=when, where=where)
    return reward


def _own(tip_id: int, who: User, right: Right) -> Tip:
    need(who, right)
    tip = tip_for(who, tip_id)
    if not serves(who, right, tip.area):
        raise PermissionDenied
    return tip


def _reward(tip: Tip) -> Reward:
    found = Reward.objects.select_for_update().select_related("tip", "proposed_by").filter(tip=tip).first()
    if found is None:
        raise ValidationError("这件举报还没有提出奖励")
    return found


def _log(act: Act, reward: Reward, old: str, *, who: User | None, when: datetime, where: str | None, purpose: str = "") -> None:
    words = {str(value): str(word) for value, word in Reward.State.choices}
    changes = {"状态": (words.get(old, ""), words[reward.state]), "奖励金额": ("", f"{reward.amount:,.2f} 元")}
    record(
        act,
        who=who,
        when=when,
        where=where,
        kind="举报奖励",
        about=reward.tip.number,
        area=reward.tip.area,
        purpose=purpose,
        changes=changes,
    )
