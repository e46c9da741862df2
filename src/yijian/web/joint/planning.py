"""The guarded door to joint inspections: our offices by division; another authority those it takes part in, never drafts."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from yijian.web.accounts.queries import Right, User
from yijian.web.joint.models import JointPlan, PlanPartner, Visit
from yijian.web.joint.parties import keeps, may_read, may_speak
from yijian.web.joint.steps import PLAN_STEPS


def plans_for(user: User) -> "QuerySet[JointPlan]":
    """Joint inspections that the user may see, newest first."""
    if not may_read(user):
        raise PermissionDenied
    if user.may(Right.SEE_JOINT):
        found = JointPlan.objects.filter(user.scope(Right.SEE_JOINT).condition())
    else:
        with_us = PlanPartner.objects.filter(organisation=user.organisation).values("plan")
        found = JointPlan.objects.filter(pk__in=with_us, state__in=("circulated", "agreed", "held", "closed"))
    return found.order_by("-opened").prefetch_related("partners__organisation")


def plan_for(user: User, plan_id: int) -> JointPlan:
    """One of them. Http404 if there is none, or none that the user may see."""
    found = plans_for(user).select_related("by").filter(pk=plan_id).first()
    if found is None:
        raise Http404(f"没有联合检查 {plan_id}，或不在您的范围内。")
    return found


def visit_for(user: User, visit_id: int) -> Visit:
    """An institution of a joint inspection that the user may see. Http404 otherwise."""
    found = Visit.objects.filter(pk=visit_id, plan__in=plans_for(user).order_by()).select_related("plan", "institution").first()
    if found is None:
        raise Http404(f"没有联合检查的机构 {visit_id}，或不在您的范围内。")
    return found


def waiting_for(user: User, plan: JointPlan) -> list[PlanPartner]:
    """Partners without a word yet for whom the user may speak."""
    parties = [one for one in plan.partners.all() if one.agreed is None]  # type: ignore[attr-defined]
    return [one for one in parties if may_speak(user, one, plan.area)]


def may_plan(user: User, plan: JointPlan) -> list[str]:
    """Words of the steps of our office that the user may take now; those of a partner: see `waiting_for`."""
    offered = [word for word, step in PLAN_STEPS.items() if plan.state in step.frm and step.right != Right.ANSWER_JOINT]
    return [word for word in offered if may_take_plan(user, plan, word)]


def may_take_plan(user: User, plan: JointPlan, word: str) -> bool:
    """Whether a step of our office is the user's, whatever the state; the drafter does not approve."""
    right = Right(PLAN_STEPS[word].right)
    if right is Right.KEEP_JOINT:
        return keeps(user, plan.area)
    own = user.may(right) and plan.area in user.scope(right).areas
    return own and not (word == "approve" and plan.by_id == user.pk)  # type: ignore[attr-defined]
