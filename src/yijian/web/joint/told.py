"""The guarded door to what authorities tell each other: our decisions in force; what each registered of its own."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from yijian.web.accounts.queries import Right, Scope, User
from yijian.web.cases.queries import Decision, penalties_in
from yijian.web.joint.models import Penalised
from yijian.web.joint.parties import may_read


def scope_of(user: User) -> Scope:
    """The divisions whose penalties the user reads: of our offices by theirs, of another authority by its own."""
    if not may_read(user):
        raise PermissionDenied
    return user.scope(Right.SEE_JOINT if user.may(Right.SEE_JOINT) else Right.ANSWER_JOINT)


def decisions_for(user: User) -> "QuerySet[Decision]":
    """Our penalties in force; persons insured are not told to anybody, for what is exchanged is institutions and doctors."""
    return penalties_in(scope_of(user)).exclude(case__subject_kind="person")


def told_to(user: User) -> "QuerySet[Penalised]":
    """What was registered: for our offices all of their divisions; for another authority its own, and what our offices gave."""
    scope = scope_of(user)
    found = Penalised.objects.filter(scope.condition()).select_related("giver", "institution", "by")
    if not user.may(Right.SEE_JOINT):
        found = found.filter(Q(giver=user.organisation) | ~Q(giver__kind="partner"))
    return found.order_by("-day", "-pk")


def told_for(user: User, row_id: int) -> Penalised:
    """One of them. Http404 if there is none, or none that the user may see."""
    found = told_to(user).filter(pk=row_id).first()
    if found is None:
        raise Http404(f"没有处罚信息 {row_id}，或不在您的范围内。")
    return found


def may_withdraw(user: User, row: Penalised) -> bool:
    """Whether the user's organisation gave it, or entered it for one."""
    if row.withdrawn:
        return False
    theirs = user.may(Right.ANSWER_JOINT) and row.giver == user.organisation
    return theirs or (user.may(Right.KEEP_JOINT) and row.area in user.scope(Right.KEEP_JOINT).areas and row.by == user)
