"""Into which finding others may be merged: those about the same bill, the same rows, or the same person by the same rule."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from yijian.web.accounts.queries import User
from yijian.web.findings.models import Finding
from yijian.web.findings.queries import findings_for

SHOWN = 12
"""Candidates on a page; the way out is to type the id."""
LOOKED_AT = 300
"""Findings that are compared; a person rarely has more at one institution."""
STANDING = (Finding.State.NEW, Finding.State.CONFIRMED, Finding.State.REVIEW)
"""States of a finding that may stand for others."""


@dataclass(frozen=True)
class Candidate:
    """A finding into which the chosen ones may be merged, and what it has in common with them, in words."""

    finding: Finding
    why: str


def candidates(user: User, chosen: Sequence[Finding]) -> list[Candidate]:
    """Findings that may stand for the chosen ones, newest first; [] where those are of several institutions.

    Of several that are chosen, one may stand for the rest.
    """
    places = {one.institution_id for one in chosen}  # pyright: ignore[reportAttributeAccessIssue]
    if len(places) != 1:
        return []
    persons, rules = {one.psn_no for one in chosen if one.psn_no}, {one.rule for one in chosen if not one.psn_no}
    near = findings_for(user).filter(institution=places.pop(), state__in=STANDING).order_by(F("day").desc(nulls_last=True), "pk")
    # Each by its own index: a person's findings; or where no person is concerned, those of the rule at the institution.
    found = list(near.filter(psn_no__in=persons)[:LOOKED_AT]) if persons else []
    found += list(near.filter(rule__in=rules, psn_no="")[:LOOKED_AT]) if rules else []
    others = {one.pk: [c for c in chosen if c.pk != one.pk] for one in found}
    told = [Candidate(one, "、".join(_common(one, others[one.pk]))) for one in found if others[one.pk]]
    told.sort(key=_day, reverse=True)
    return [one for one in told if one.why][:SHOWN]


def _day(one: Candidate) -> date:
    return one.finding.day or date.min


def to_merge(user: User, group: str, ids: Collection[str] | None) -> list[Finding]:
    """What was chosen of a group and is still to be screened: those with these ids, or (None) the biggest of all."""
    found = findings_for(user).filter(group=group, state=Finding.State.NEW)
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    return list(found.order_by("-amount", "pk")[:LOOKED_AT])


def _common(one: Finding, chosen: Sequence[Finding]) -> list[str]:
    """What a finding has in common with any of the chosen ones."""
    rows = set(one.evidence_ids)
    words = {
        "同一结算": any(one.setl_id and one.setl_id == c.setl_id for c in chosen),
        "同一次就诊": any(one.mdtrt_id and one.mdtrt_id == c.mdtrt_id for c in chosen),
        "同一证据": any(not rows.isdisjoint(c.evidence_ids) for c in chosen),
        "同一规则、同一人": any(one.psn_no and (one.psn_no, one.rule) == (c.psn_no, c.rule) for c in chosen),
        "同一规则": any(not one.psn_no and one.rule == c.rule for c in chosen),
    }
    return [word for word, holds in words.items() if holds]
