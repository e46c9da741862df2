"""The guarded door to publications of the office; what the public reads is `public.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from yijian.web.accounts.queries import Right, Scope, User, need
from yijian.web.cases.queries import Case, cases_for
from yijian.web.clocks.queries import running_in
from yijian.web.frame.narrowing import Narrowing
from yijian.web.frame.tallies import tally
from yijian.web.publishing.models import Edition, Publication
from yijian.web.publishing.steps import STEPS, WAITING, WORDS, Kind

__all__ = ["Filters", "Publication", "may_step", "publication_for", "publications_for", "tallies"]

DISCLOSURE, DUE = "penalty_disclosure", "publishing.due:cases.case:"
"""The clock of a disclosure, and how it names the case: it runs before there is a publication."""
MOST_DUE = 200
"""Running clocks that are looked through for what nobody has drafted."""
KINDS = {str(value): str(word) for value, word in Kind.choices}


@dataclass(frozen=True)
class Filters(Narrowing):
    """What a list of publications is narrowed to; it stands in the address."""

    kind: str = ""
    state: str = ""
    institution: str = ""
    year: str = ""

    def words(self, institutions: Mapping[str, str]) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [
            ("类别", KINDS.get(self.kind, "")),
            ("状态", {**WORDS, "waiting": "等待审批"}.get(self.state, "")),
            ("机构", institutions.get(self.institution, self.institution)),
            ("公开年度", self.year),
        ]
        return [(title, value) for title, value in said if value]

    def condition(self) -> Q:
        """The same as a condition on publications."""
        q = Q()
        if self.kind in KINDS:
            q &= Q(kind=self.kind)
        if self.state in WORDS:
            q &= Q(state=self.state)
        elif self.state == "waiting":
            q &= Q(state__in=WAITING)
        if self.institution:
            q &= Q(case__institution=self.institution)
        if self.year.isdecimal() and len(self.year) == 4 and int(self.year) > 0:
            q &= Q(published__year=int(self.year))
        return q


def publications_for(user: User, filters: Filters | None = None) -> "QuerySet[Publication]":
    """Publications that the user may see, narrowed."""
    need(user, Right.SEE_PUBLISHING)
    found = Publication.objects.filter(user.scope(Right.SEE_PUBLISHING).condition())
    found = found.select_related("case__institution", "current", "by")
    return found.filter(filters.condition()) if filters else found


def publication_for(user: User, publication_id: int) -> Publication:
    """One publication. Http404 if there is none, or none that the user may see."""
    found = (
        publications_for(user).select_related("case__lead__by", "case__decision", "case__by").filter(pk=publication_id).first()
    )
    if found is None:
        raise Http404(f"没有公开信息 {publication_id}，或不在您的管辖范围内。")
    return found


def publication_of(case_id: int, kind: str) -> Publication | None:
    """What stands for a case now, or None; withdrawn ones do not count. For pages that guard the case."""
    return Publication.objects.filter(case=case_id, kind=kind).exclude(state="withdrawn").first()


def of_case(case_id: int) -> "QuerySet[Publication]":
    """What was written of a case for the public, oldest first. For pages that guard the case."""
    return Publication.objects.filter(case=case_id).order_by("pk")


def newest_edition(publication: Publication) -> Edition:
    """What was written last."""
    return publication.editions.select_related("by", "approved_by").latest("pk")  # type: ignore[attr-defined]


def tallies(user: User) -> list[dict[str, Any]]:
    """state, word, n of the publications that the user may see, in the order of the states."""
    return tally(WORDS, publications_for(user).select_related(None))


def cases_to_publish(user: User, kind: str, limit: int = 20) -> "list[Case]":
    """Cases of the user's office that may be published and were not yet: penalties whose disclosure is due, soonest first; or
    closed cases, oldest first."""
    if not user.may(Right.SEE_CASES):
        return []
    areas = {*_areas(user, Right.KEEP_PUBLISHING), *_areas(user, Right.APPROVE_PUBLISHING)}
    done = Publication.objects.filter(case=OuterRef("pk"), kind=kind)
    found = cases_for(user).filter(area__in=areas).exclude(Exists(done))
    if kind == "penalty":
        due = [int(one.clock.about.removeprefix(DUE)) for one in running_in(list(areas), DISCLOSURE, DUE, MOST_DUE)]
        open_now = found.in_bulk(due)
        return [open_now[pk] for pk in due if pk in open_now][:limit]
    fit = Q(state__in=("closed", "archived"), decision__isnull=False)
    return list(found.filter(fit).order_by("opened", "pk")[:limit])


def _areas(user: User, right: Right) -> tuple[str, ...]:
    return tuple(user.scope(right).areas) if user.may(right) else ()


def may_step(user: User, publication: Publication, author: int) -> list[str]:
    """Words of the steps that the user may take now. author: who wrote the newest edition."""
    return [word for word, step in STEPS.items() if publication.state in step.frm and may_take(user, publication, word, author)]


def may_take(user: User, publication: Publication, word: str, author: int) -> bool:
    """Whether the step is the user's, whatever the state: of the office that has it, and nobody approves his own words."""
    right = Right(STEPS[word].right)
    if not user.may(right) or publication.area not in user.scope(right).areas:
        return False
    return user.pk != author if word in ("approve", "approve_correction") else True


def published_in(scope: Scope) -> "QuerySet[Publication]":
    """What these divisions made public, whether it still stands or not. For apps above, which guard what they show of it."""
    return Publication.objects.filter(scope.condition(institution="case__institution")).exclude(published=None)
