"""What identifies persons in the record of a case: for apps above that let a text of it leave the office."""

from dataclasses import dataclass

from yijian.web.cases.models import Case, Custody
from yijian.web.findings.queries import persons_of_group
from yijian.web.reviews.queries import person_of_review


@dataclass(frozen=True)
class Named:
    """names: of whoever handled it or its evidence; others: hands through which evidence went, persons or departments;
    numbers: of persons and certificates; texts: what was written, in which more persons stand.
    """

    names: frozenset[str]
    others: frozenset[str]
    numbers: frozenset[str]
    texts: tuple[str, ...]


def named_in(case: Case) -> Named:
    """The record of a case, its lead, its evidence, its papers' people. The caller has asked for the right."""
    officers = list(case.officers.select_related("user"))  # type: ignore[attr-defined]
    evidence = list(case.evidence.all())  # type: ignore[attr-defined]
    custody = list(Custody.objects.filter(evidence__case=case))
    changes = list(case.changes.select_related("by"))  # type: ignore[attr-defined]
    hearings = list(case.hearings.select_related("host"))  # type: ignore[attr-defined]
    opinions = list(case.opinions.all())  # type: ignore[attr-defined]
    people = (
        [one.user for one in officers] + [one.by for one in changes] + [one.host for one in hearings] + [case.by, case.lead.by]
    )
    names = {one.display_name for one in people if one is not None} | {name for one in evidence for name in one.takers}
    lead = case.lead
    person = case.subject_kind == "person"
    numbers = {one.certificate for one in officers} | ({case.subject, lead.subject} if person else set[str]())
    kind, _, key = lead.about.partition(":")
    if kind == "findings.group":
        numbers |= persons_of_group(key)
    elif kind == "reviews.review" and key.isdecimal():
        numbers.add(person_of_review(int(key)))
    texts = [case.title, case.facts, case.established, case.grounds, lead.title, lead.facts, lead.established]
    texts += [text for one in evidence for text in (one.title, one.source, one.shows)]
    texts += [one.reason for one in custody] + [one.reason for one in changes]
    texts += [text for one in hearings for text in (one.place, one.record)] + [one.said for one in opinions]
    hands = {hand for one in custody for hand in (one.giver, one.taker)}
    return Named(frozenset(names), frozenset(hands), frozenset(filter(None, numbers)), tuple(filter(None, texts)))
