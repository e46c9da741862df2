"""Correcting a name, and moving an account to another organisation."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from yijian.vocabulary.divisions import common
from yijian.web.accounts.actions import may_keep, note, written
from yijian.web.accounts.acts import Act
from yijian.web.accounts.handing_over import hand_over, open_work
from yijian.web.accounts.models import Organisation, Posting, User
from yijian.web.accounts.postings import said, unfit
from yijian.web.frame.given import reason_given

GIVE_BACK = "-"
"""Instead of a successor: the work goes back to whoever has the right for it."""


@transaction.atomic
def correct_name(user: User, display_name: str, *, reason: str, who: User | None, when: datetime, where: str | None) -> None:
    """Correct a person's name. ValidationError for no name, the same name, no reason, or one's own account."""
    may_keep(who, user.organisation.division.code)
    _somebody_else(who, user, "更正自己的姓名")
    name = display_name.strip()
    if not written(name):
        raise ValidationError("请写明姓名", code="display_name")
    if len(name) > 100:
        raise ValidationError("姓名最多 100 个字", code="display_name")
    if name == user.display_name:
        raise ValidationError(f"姓名已经是“{name}”，没有改动", code="display_name")
    purpose, old = reason_given(reason), user.display_name
    user.display_name = name
    user.save(update_fields=["display_name"])
    note(
        Act.CHANGE_ACCOUNT,
        "账号",
        user.username,
        f"更正姓名：{purpose}",
        who,
        when,
        where,
        {"display_name": (old, name)},
        user.home,
    )


@dataclass(frozen=True)
class Plan:
    """What a move would do: postings that end, each with the reason, those that stay, and the open work to be handed over."""

    ending: list[tuple[Posting, str]]
    staying: list[Posting]
    work: dict[str, list[str]]

    @property
    def things(self) -> int:
        """How many things wait for the person by name."""
        return sum(map(len, self.work.values()))


def plan(user: User, place: Organisation) -> Plan:
    """What moving the account there would do. It changes nothing."""
    ending = unfit(user, kind=place.kind, home=place.division.code)
    gone = {one.pk for one, _ in ending}
    held = Posting.objects.filter(user=user).select_related("division").order_by("role", "division")
    return Plan(ending, [one for one in held if one.pk not in gone], open_work(user))


@transaction.atomic
def move(
    user: User,
    place: Organisation,
    *,
    successor: str,
    reason: str,
    who: User | None,
    when: datetime,
    where: str | None,
) -> Plan:
    """Move an account to another organisation; what was done. Its sessions end.

    Postings that do not fit the new organisation end. Work that waits for the person by name goes to `successor` (an account of
    the old organisation) or, with GIVE_BACK, to whoever has the right for it; ValidationError where neither is said, where the
    successor may not do it, without a reason, for one's own account, or outside the keeper's area.
    """
    old = user.organisation
    may_keep(who, old.division.code)
    may_keep(who, place.division.code, field="organisation")
    _somebody_else(who, user, "调动自己的账号")
    if place.pk == old.pk:
        raise ValidationError(f"{user.display_name}已经在{place.name}", code="organisation")
    purpose = reason_given(reason)
    list(Posting.objects.select_for_update().filter(user=user))
    done = plan(user, place)
    changes: dict[str, tuple[object, object]] = {"organisation": (f"{old.name}（{old.pk}）", f"{place.name}（{place.pk}）")}
    changes |= hand_over(user, _successor(successor, user, old) if done.work else None, who=who, when=when)
    if done.ending:
        changes["postings"] = (said([*done.staying, *(one for one, _ in done.ending)]), said(done.staying))
        Posting.objects.filter(pk__in=[one.pk for one, _ in done.ending]).delete()
    user.organisation = place
    user.session_round += 1
    user.save(update_fields=["organisation", "session_round"])
    user.forget_postings()
    why = "；".join([purpose, *dict.fromkeys(why for _, why in done.ending)])
    note(Act.MOVE, "账号", user.username, why, who, when, where, changes, common({old.division.code, place.division.code}))
    return done


def successors(user: User) -> list[User]:
    """Who may be asked to take over: other accounts in use of the same organisation, by name."""
    found = User.objects.filter(organisation=user.organisation, is_active=True).exclude(pk=user.pk).order_by("display_name")
    return [one for one in found.prefetch_related("postings") if one.open]


def _successor(word: str, user: User, place: Organisation) -> User | None:
    if word == GIVE_BACK:
        return None
    found = next((one for one in successors(user) if one.username == word), None)
    if found is None:
        raise ValidationError(f"手上还有未办的事项，请选择移交给{place.name}的哪位同事，或退回待分派", code="successor")
    return found


def _somebody_else(who: User | None, user: User, what: str) -> None:
    if who is not None and who.pk == user.pk:
        raise ValidationError(f"不能{what}，请由另一名管理员办理")
