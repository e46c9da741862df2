"""The guarded door to draws: offices by division; another body those that it takes part in, once they are frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from yijian.draws.frozen import KINDS
from yijian.web.accounts.queries import Right, User, need
from yijian.web.draws.models import Draw, DrawBody, DrawMember, DrawObject
from yijian.web.draws.steps import INNER, STEPS, WORDS
from yijian.web.frame.narrowing import Narrowing
from yijian.web.frame.tallies import tally

__all__ = [
    "Draw",
    "DrawMember",
    "Filters",
    "acts_for",
    "draw_for",
    "drawn_from",
    "drawn_from_any",
    "draws_for",
    "may_read",
    "may_step",
    "member_for",
    "members_for",
    "register_in_use",
]

SHOWN = {"drawn": "抽中", "recused": "回避", "cooling": "冷却", "left": "未抽中"}
"""What the objects of a draw are narrowed to."""


@dataclass(frozen=True)
class Filters(Narrowing):
    """What a list of draws is narrowed to; it stands in the address."""

    state: str = ""
    kind: str = ""
    text: str = ""

    def words(self) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [("状态", WORDS.get(self.state, "")), ("对象", KINDS.get(self.kind, "")), ("文号", self.text)]
        return [(title, value) for title, value in said if value]

    def condition(self) -> Q:
        """The same as a condition on draws."""
        q = Q()
        if self.state in WORDS:
            q &= Q(state=self.state)
        if self.kind in KINDS:
            q &= Q(kind=self.kind)
        if self.text:
            q &= Q(number=self.text)
        return q


def may_read(user: User) -> bool:
    """Whether the user works with draws at all."""
    return user.may(Right.SEE_DRAWS) or user.may(Right.TAKE_PART_IN_DRAWS)


def draws_for(user: User, filters: Filters | None = None) -> "QuerySet[Draw]":
    """Draws that the user may see, narrowed. PermissionDenied for whoever works with none."""
    if not may_read(user):
        raise PermissionDenied
    seen = Q(pk__in=[])
    if user.may(Right.SEE_DRAWS):
        seen = user.scope(Right.SEE_DRAWS).condition(institution="pk")
    if seen and user.may(Right.TAKE_PART_IN_DRAWS):  # an empty condition is everything already
        own = DrawBody.objects.filter(draw=OuterRef("pk"), organisation=user.organisation)
        seen |= Q(Exists(own)) & ~Q(state__in=INNER)
    found = Draw.objects.filter(seen)
    return found.filter(filters.condition()) if filters else found


def announced() -> "QuerySet[Draw]":
    """Draws whose list was frozen, newest first: for the public page, which shows numbers and hashes only."""
    return Draw.objects.exclude(list_hash="").order_by("-opened")


def draw_for(user: User, draw_id: int) -> Draw:
    """One draw. Http404 if there is none, or none that the user may see."""
    found = draws_for(user).select_related("by__organisation", "before").filter(pk=draw_id).first()
    if found is None:
        raise Http404(f"没有随机抽取 {draw_id}，或不在您的范围内。")
    return found


def tallies(user: User) -> list[dict[str, Any]]:
    """state, word, n of the draws that the user may see, in the order of the states."""
    return tally(WORDS, draws_for(user))


def may_step(user: User, draw: Draw) -> list[str]:
    """Words of the steps that the user may take now."""
    return [word for word, step in STEPS.items() if draw.state in step.frm and may_take(user, draw, word)]


def may_take(user: User, draw: Draw, word: str) -> bool:
    """Whether the step is the user's, whatever the state: the office's whose draw it is."""
    right = Right(STEPS[word].right)
    return user.may(right) and draw.area in user.scope(right).areas


def acts_for(user: User, draw: Draw, body: DrawBody) -> bool:
    """Whether the user commits and reveals for a body: its own people, and for papers the office that keeps the draw.

    Who prepared the list chooses no secret of his own, so that list and seed are never one person's.
    """
    if body.organisation_id is None:  # type: ignore[attr-defined]
        return may_take(user, draw, "freeze")
    own = body.organisation_id == user.organisation_id  # type: ignore[attr-defined]
    return own and user.may(Right.TAKE_PART_IN_DRAWS) and draw.by_id != user.pk  # type: ignore[attr-defined]


def strata_of(draw: Draw) -> list[dict[str, Any]]:
    """stratum (its row), listed, out (recused or cooling), drawn: of each, by name."""
    rows = DrawObject.objects.filter(draw=draw).order_by().values("stratum")
    rows = rows.annotate(listed=Count("pk"), out=Count("pk", filter=~Q(recused="") | ~Q(cooling="")), drawn=Count("place"))
    counted = {row["stratum"]: row for row in rows}
    return [{**counted[one.name], "stratum": one} for one in draw.strata.order_by("name")]  # type: ignore[attr-defined]


def objects_in(draws: "QuerySet[Draw]", shown: str) -> "QuerySet[DrawObject]":
    """The objects of draws; those drawn in their order. shown: a word of `SHOWN`, or '' for all."""
    narrowed = {
        "drawn": Q(place__isnull=False),
        "recused": ~Q(recused=""),
        "cooling": ~Q(cooling=""),
        "left": Q(place=None, recused="", cooling=""),
    }
    found = DrawObject.objects.filter(narrowed.get(shown, Q()), draw__in=draws)
    return found.order_by("draw", "place") if shown == "drawn" else found.order_by("draw", "stratum", "code")


def members_for(user: User, kind: str = "") -> "QuerySet[DrawMember]":
    """The register in the user's divisions, those who left last."""
    need(user, Right.KEEP_DRAWS)
    found = DrawMember.objects.filter(user.scope(Right.KEEP_DRAWS).condition(institution="pk"))
    return found.filter(kind=kind) if kind else found


def member_for(user: User, member_id: int) -> DrawMember:
    """One of the register. Http404 if there is none there."""
    found = members_for(user).filter(pk=member_id).first()
    if found is None:
        raise Http404("人员库里没有这个人，或不在您的范围内。")
    return found


def register_in_use(kinds: Sequence[str], today: date) -> "list[DrawMember]":
    """Everybody of the register, of any division, who may be sent today: there, with a valid certificate, an account in use.

    For apps above, which ask for their own right.
    """
    valid = Q(until=None) | Q(until__gte=today)
    found = DrawMember.objects.filter(valid, kind__in=kinds, ended=None).select_related("account").order_by("area", "name", "pk")
    return [one for one in found if one.account is None or one.account.open]


def drawn_from_any(draws: Sequence[Draw]) -> set[str]:
    """Codes of those whom any of these drew. As guarded as `drawn_from`."""
    return set(DrawObject.objects.filter(draw__in=draws, place__isnull=False).values_list("code", flat=True))


def drawn_from(draw: Draw) -> list[str]:
    """Codes of those who were drawn, in their order. For apps above, which ask for the draw at its door."""
    return list(DrawObject.objects.filter(draw=draw, place__isnull=False).order_by("place").values_list("code", flat=True))
