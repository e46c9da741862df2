"""Every write of people: screening findings, taking a screening back, assigning groups, showing an identity.

A run is taken over by `taking_over.load_run`.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet, Sum

from yijian.claims.vault import Vault
from yijian.vocabulary.divisions import common
from yijian.vocabulary.home import Home
from yijian.web.accounts.queries import Right, User, need, user_named
from yijian.web.audit_log.actions import record
from yijian.web.findings.acts import Act
from yijian.web.findings.filters import Filters
from yijian.web.findings.groups import refresh
from yijian.web.findings.models import Finding, FindingGroup, Screened, Screening
from yijian.web.findings.queries import finding_for, findings_for, groups_for, groups_given_to

BATCH = 2000
LEAST_PURPOSE = 4
"""Characters that a purpose must have: a word, not a dot."""

SHOWN = ("psn_name", "certno")
"""What an official needs to find the person's papers; the vault holds more, which no page shows."""

State = Finding.State
NEEDS_REASON = frozenset({State.REJECTED, State.MAPPING})
UNDO_WITHIN = timedelta(days=30)
"""How long a screening may be taken back."""


@transaction.atomic
def screen(
    chosen: Filters | Collection[str],
    to: str,
    *,
    reason: str = "",
    into: str = "",
    who: User,
    when: datetime,
    where: str | None,
) -> Screening:
    """Decide about findings: those with these ids, or all that a filter gives. One decision, one row for each finding changed.

    to: confirmed, rejected or mapping (both with a reason), or merged (`into`: the finding that stands for them).
    Only findings that are still to be screened are changed; ValidationError where that leaves none.
    """
    need(who, Right.SCREEN)
    if to not in (State.CONFIRMED, State.REJECTED, State.MAPPING, State.MERGED):
        raise ValidationError("请选择筛查结论：属实、排除、对照错误或合并")
    reason = reason.strip()
    if to in NEEDS_REASON and len(reason) < LEAST_PURPOSE:
        raise ValidationError(f"请写明理由，至少 {LEAST_PURPOSE} 个字")
    target = _target(into, who) if to == State.MERGED else None
    found = _chosen(chosen, who).filter(state=State.NEW)
    if target:
        found = found.exclude(pk=target.pk)
        if found.exclude(institution_id=target.institution_id).exists():  # type: ignore[attr-defined]
            raise ValidationError("只能合并同一家机构的疑点")
    sums = found.order_by().aggregate(n=Count("pk"), yuan=Sum("amount"))
    if not sums["n"]:
        raise ValidationError("所选疑点都已有结论，或已不成立；请刷新页面")
    screening = Screening.objects.create(
        to=to, reason=reason, at=when, by=who, findings=sums["n"], amount=sums["yuan"] or Decimal(0)
    )
    groups, areas = _move(screening, found, target)
    refresh(groups)
    changes = {"状态": (State.NEW.label, State(to).label), "疑点数": (0, sums["n"])}
    about = str(screening.pk)
    record(
        Act.SCREEN, who=who, when=when, where=where, kind="筛查", about=about, purpose=reason, area=common(areas), changes=changes
    )
    return screening


def _target(into: str, who: User) -> Finding:
    found = findings_for(who).filter(pk=into).exclude(state__in=(State.REJECTED, State.MERGED)).first() if into else None
    if found is None:
        raise ValidationError("请选择或填写要并入的疑点；它必须成立，且未被排除或合并")
    return found


def _chosen(chosen: Filters | Collection[str], who: User) -> "QuerySet[Finding]":
    if isinstance(chosen, Filters):
        return findings_for(who, chosen)
    return findings_for(who).filter(pk__in=list(chosen))


def _move(screening: Screening, found: "QuerySet[Finding]", target: Finding | None) -> tuple[set[str], set[str]]:
    """Change the state of the findings, a row each; the groups that changed, and their divisions."""
    held = list(found.order_by("pk").select_for_update(of=("self",)).values_list("pk", "group_id", "area"))
    for start in range(0, len(held), BATCH):
        keys = [key for key, _, _ in held[start : start + BATCH]]
        Screened.objects.bulk_create(
            Screened(screening=screening, finding_id=key, old=State.NEW, new=screening.to) for key in keys
        )
        Finding.objects.filter(pk__in=keys).update(state=screening.to, merged_into=target)
    return {group for _, group, _ in held}, {area for _, _, area in held}


@transaction.atomic
def undo(screening_id: int, *, who: User, when: datetime, where: str | None) -> Screening:
    """Take a screening back: its findings are to be screened again. By whoever made it, within 30 days.

    ValidationError where it was taken back before, is too old, or others build on it (merged into one of them).
    """
    need(who, Right.SCREEN)
    screening = Screening.objects.select_for_update().filter(pk=screening_id, by=who).first()
    if screening is None:
        raise ValidationError("只能撤回本人作出的筛查结论")
    if screening.undone_at:
        raise ValidationError("这次筛查已经撤回")
    if when - screening.at > UNDO_WITHIN:
        raise ValidationError(f"超过 {UNDO_WITHIN.days} 天的筛查不能撤回")
    lines = Finding.objects.filter(screened__screening=screening, state=screening.to)
    keys = list(lines.values_list("pk", "group_id", "area"))
    if len(keys) < screening.findings:
        raise ValidationError("其中有疑点已进入后续环节或另有结论，不能整批撤回")
    for start in range(0, len(keys), BATCH):
        part = [key for key, _, _ in keys[start : start + BATCH]]
        if Finding.objects.filter(merged_into__in=part).exists():
            raise ValidationError("有其他疑点合并到这批疑点，请先撤回那次合并")
        Finding.objects.filter(pk__in=part).update(state=State.NEW, merged_into=None)
    screening.undone_at, screening.undone_by = when, who
    screening.save(update_fields=["undone_at", "undone_by"])
    refresh({group for _, group, _ in keys})
    area = common({area for _, _, area in keys})
    changes = {"状态": (State(screening.to).label, State.NEW.label), "疑点数": (len(keys), 0)}
    record(Act.UNDO, who=who, when=when, where=where, kind="筛查", about=str(screening.pk), area=area, changes=changes)
    return screening


def hand_over(finding_ids: Collection[str]) -> None:
    """Confirmed findings go to a review; from now on their screening cannot be taken back. A part of the caller's action."""
    _pass_on(finding_ids, State.CONFIRMED, State.REVIEW)


def give_back(finding_ids: Collection[str]) -> None:
    """Findings whose review was withdrawn are confirmed and free again. A part of the caller's action."""
    _pass_on(finding_ids, State.REVIEW, State.CONFIRMED)


def _pass_on(finding_ids: Collection[str], old: str, new: str) -> None:
    wanted, groups = sorted(finding_ids), set[str]()
    for start in range(0, len(wanted), BATCH):
        some = Finding.objects.filter(pk__in=wanted[start : start + BATCH], state=old)
        groups |= set(some.values_list("group_id", flat=True))
        some.update(state=new)
    refresh(groups)


@transaction.atomic
def assign(group_ids: Collection[str], to: str, *, who: User, when: datetime, where: str | None) -> int:
    """Give groups to a colleague ('' = to nobody) who may screen them; how many. ValidationError where the colleague may not."""
    need(who, Right.SCREEN)
    whom = user_named(to) if to else None
    if to and (whom is None or not whom.may(Right.SCREEN)):
        raise ValidationError(f"{to} 不是可以筛查疑点的人员")
    groups = groups_for(who).filter(pk__in=list(group_ids))
    _within_reach(whom, groups)
    areas = set(groups.order_by().values_list("area", flat=True).distinct())
    count = FindingGroup.objects.filter(pk__in=groups.values("pk")).update(assigned_to=whom)
    if not count:
        raise ValidationError("没有选中任何疑点组")
    about, changes = f"{count} 组", {"assigned_to": ("", to)}
    record(Act.ASSIGN, who=who, when=when, where=where, kind="疑点组", about=about, area=common(areas), changes=changes)
    return count


def _within_reach(whom: User | None, groups: "QuerySet[FindingGroup]") -> None:
    scope = whom.scope(Right.SCREEN) if whom else None
    if (
        whom
        and scope
        and not all(scope.covers(area=area) for area in groups.order_by().values_list("area", flat=True).distinct())
    ):
        raise ValidationError(f"{whom.display_name}的管辖范围不含所选的全部机构")


def pass_groups_on(user: User, to: User | None) -> None:
    """Give what waits for a person to somebody else who may screen it, or to nobody. A part of the caller's action.

    Groups that are done go back to nobody: should a later run find more of them, they are not his any longer.
    """
    held = FindingGroup.objects.filter(assigned_to=user)
    waiting = groups_given_to(user).select_related(None)
    if to and waiting.exists() and not to.may(Right.SCREEN):
        raise ValidationError(f"{to.display_name}不是可以筛查疑点的人员", code="successor")
    _within_reach(to, waiting)
    waiting.order_by().update(assigned_to=to)
    if to is None or to.pk != user.pk:
        held.update(assigned_to=None)


@transaction.atomic
def show_identity(finding_id: str, *, home: Home, purpose: str, who: User, when: datetime, where: str | None) -> dict[str, str]:
    """Name and certificate number of the finding's person, no more. The look is logged before anything is shown.

    PermissionDenied without the right; ValidationError without a purpose. {} where the vault does not know the person.
    """
    need(who, Right.SHOW_IDENTITY)
    finding = finding_for(who, finding_id)
    purpose = purpose.strip()
    if len(purpose) < LEAST_PURPOSE:
        raise ValidationError(f"请写明查看身份的事由，至少 {LEAST_PURPOSE} 个字")
    record(
        Act.SHOW_IDENTITY,
        who=who,
        when=when,
        where=where,
        kind="疑点",
        about=finding_id,
        person=finding.psn_no,
        purpose=purpose,
        area=finding.area,
    )
    with Vault.open(home) as vault:
        known = vault.identity(finding.psn_no)
    return {column: known[column] for column in SHOWN if column in known}
