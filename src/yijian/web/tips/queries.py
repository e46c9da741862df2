"""The guarded door to tips: whoever sees the area sees that there is a tip; what it says opens only with a key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from yijian.web.accounts.queries import Right, Scope, User, need
from yijian.web.clocks.queries import Clock
from yijian.web.frame.narrowing import Narrowing
from yijian.web.frame.tallies import tally
from yijian.web.tips.keyring import Opened, serves
from yijian.web.tips.models import Reward, Tip, TipShare, Unsealing
from yijian.web.tips.steps import OPEN, OUTCOMES, STEPS, WORDS

__all__ = ["Filters", "Tip", "asked", "clocks_of", "has_share", "may_step", "tallies", "tip_for", "tips_for"]


@dataclass(frozen=True)
class Filters(Narrowing):
    """What a list of tips is narrowed to; it stands in the address, so it holds nothing of what a tip says."""

    state: str = ""
    channel: str = ""
    outcome: str = ""
    named: str = ""
    text: str = ""

    def words(self) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        channels: Mapping[Any, Any] = dict(Tip.Channel.choices)
        said = [
            ("状态", {**WORDS, "open": "未办结"}.get(self.state, "")),
            ("途径", str(channels.get(self.channel, ""))),
            ("结果", OUTCOMES.get(self.outcome, "")),
            ("署名", {"1": "实名", "0": "匿名"}.get(self.named, "")),
            ("编号", self.text),
        ]
        return [(title, value) for title, value in said if value]

    def condition(self) -> Q:
        """The same as a condition on tips."""
        q = Q()
        if self.state in WORDS:
            q &= Q(state=self.state)
        elif self.state == "open":
            q &= Q(state__in=OPEN)
        if self.channel in Tip.Channel.values:
            q &= Q(channel=self.channel)
        if self.outcome in OUTCOMES:
            q &= Q(outcome=self.outcome)
        if self.named in ("0", "1"):
            q &= Q(named=self.named == "1")
        return q & Q(number=self.text) if self.text else q


def tips_for(user: User, filters: Filters | None = None) -> "QuerySet[Tip]":
    """Tips that the user may know of, without their ciphertext."""
    need(user, Right.SEE_TIPS)
    found = Tip.objects.filter(user.scope(Right.SEE_TIPS).condition()).defer("content", "identity")
    return found.filter(filters.condition()) if filters else found


def tip_for(user: User, tip_id: int) -> Tip:
    """One tip. Http404 if there is none, or none that the user may know of."""
    found = tips_for(user).select_related("by").filter(pk=tip_id).first()
    if found is None:
        raise Http404(f"没有举报 {tip_id}，或不在您的管辖范围内。")
    return found


def tallies(user: User) -> list[dict[str, Any]]:
    """state, word, n of the tips that the user may know of, in the order of the states."""
    need(user, Right.SEE_TIPS)
    return tally(WORDS, Tip.objects.filter(user.scope(Right.SEE_TIPS).counted()))


def clocks_of(tips: "list[Tip]") -> dict[int, Clock]:
    """Tip id → the clock that runs for it and is due first."""
    running = Clock.objects.filter(about__in=[f"tips.tip:{tip.pk}" for tip in tips], ended="").order_by("-due")
    return {int(clock.about.split(":")[1]): clock for clock in running}


def may_step(user: User, tip: Tip) -> list[str]:
    """Words of the steps that the user may take now; the system concludes, and erasing has its own page part."""
    return [
        word
        for word, step in STEPS.items()
        if word not in ("conclude", "erase") and tip.state in step.frm and serves(user, Right(step.right), tip.area)
    ]


def has_share(tip: Tip, opened: Opened) -> bool:
    """Whether one of the open keys opens what the tip says."""
    return TipShare.objects.filter(tip=tip, message=None, part=TipShare.Part.CONTENT, key_id__in=list(opened)).exists()


def asked(user: User, tip: Tip) -> "QuerySet[Unsealing]":
    """Who asked to see the identity, newest first."""
    need(user, Right.SEE_TIPS)
    return tip.unsealings.select_related("officer", "decided_by")  # type: ignore[attr-defined,no-any-return]


def tips_in(scope: Scope) -> "QuerySet[Tip]":
    """Tips of these divisions, without their ciphertext. For apps above, which show how many; so the next one."""
    return Tip.objects.filter(scope.condition(institution="pk")).defer("content", "identity")


def rewards_in(scope: Scope) -> "QuerySet[Reward]":
    """Rewards that were paid for tips of these divisions."""
    return Reward.objects.filter(scope.condition(area="tip__area", institution="pk"), state=Reward.State.PAID)
