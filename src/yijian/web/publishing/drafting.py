"""What a publication says: figures from the record, texts without what identifies persons, the check before approval."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from stdnum.cn import uscc

from yijian.web.cases.naming import named_in
from yijian.web.cases.queries import Case
from yijian.web.institutions.queries import institution_names
from yijian.web.papers.queries import newest
from yijian.web.publishing.deidentify import (
    Known,
    left,
    looks_like_a_name,
    normal,
    replaced,
    shortened,
    shortened_institution,
)
from yijian.web.publishing.models import Edition, Publication

LEAST_TEXT = 20
LEAST_NAME = 4
"""Characters of an institution's name that is looked for in texts: shorter ones are words."""
MOST_NAMES = 200
PERSONS = "参保人员"


@dataclass(frozen=True)
class Said:
    """What the author writes. person: the name of a party that is a person; names: more of the record."""

    title: str
    text: str
    names: Sequence[str] = ()
    code: str = ""
    person: str = ""
    keeps_name: bool = True
    note: str = ""

    def check(self, kind: str) -> None:
        """ValidationError says what is missing or cannot be."""
        if not self.title.strip() or len(self.text.strip()) < LEAST_TEXT:
            words = "违法事实" if kind == "penalty" else "案情"
            raise ValidationError(f"请写明标题和{words}，{words}至少 {LEAST_TEXT} 个字")
        if self.code.strip() and not uscc.is_valid(self.code.strip()):
            raise ValidationError("统一社会信用代码不对：应为 18 位，最后一位是校验码；不知道的留空")
        if len(self.names) > MOST_NAMES:
            raise ValidationError(f"另列的姓名最多 {MOST_NAMES} 个")


def names_given(text: str) -> list[str]:
    """Names as a form says them: one a line, or apart by 、 or commas. Two characters at least."""
    parts = (one.strip()[:40] for one in re.split(r"[、，,\s]+", text))
    return list(dict.fromkeys(one for one in parts if len(one) > 1))


def known_of(case: Case, names: Sequence[str] = ()) -> Known:
    """Everything in the record that identifies somebody, and names that the author added."""
    named = named_in(case)
    people = {hand for hand in named.others if looks_like_a_name(hand)} | named.names | set(names)
    places = frozenset(name for name in institution_names().values() if len(name) >= LEAST_NAME)
    return Known(frozenset(people), named.numbers, places).with_names_in(named.texts)


def kept_name(case: Case, *, keeps_name: bool) -> str:
    """The institution's name that may stand in the text, or ''."""
    return normal(case.institution.name) if keeps_name and case.institution is not None else ""


def party_of(case: Case, person: str, *, keeps_name: bool) -> str:
    """The party as the public reads it: an institution's name whole or shortened, a firm's, a person's as 张某."""
    if case.institution is not None:
        return case.institution.name if keeps_name else shortened_institution(case.institution.name)
    if case.subject_kind == "person":
        return shortened(person) if person.strip() else f"某{PERSONS}"
    return shortened(case.subject) if looks_like_a_name(case.subject) else case.subject


def edition(publication: Publication, said: Said, **by: Any) -> Edition:
    """A new wording; its figures are the record's of now, its texts without what identifies persons.

    ValidationError where something is missing, or too little is left. by: at, by.
    """
    case, penalty = publication.case, publication.kind == "penalty"
    said.check(publication.kind)
    keeps = penalty or said.keeps_name
    known, keep = known_of(case, [*said.names, said.person.strip()]), kept_name(case, keeps_name=keeps)
    title, text, note = (replaced(words.strip(), known, keep) for words in (said.title, said.text, said.note))
    made = Edition(
        publication=publication, title=title[:200], party=party_of(case, said.person, keeps_name=keeps), text=text,
        note=note[:300], keeps_name=keeps, original_title=said.title.strip()[:200], original=said.text.strip(),
        person=said.person.strip(), names=list(said.names), **by,
    )  # fmt: skip
    if penalty:
        for name, value in figures(case).items():
            setattr(made, name, value)
        made.code = said.code.strip()
    made.save()
    return made


def figures(case: Case) -> dict[str, Any]:
    """What a disclosure takes from the record: number, basis, penalty, fine, repay (yuan), decided."""
    made = case.decision  # type: ignore[attr-defined]
    paper = newest(f"cases.case:{case.pk}", "case_penalty")
    return {
        "number": paper.number if paper else "", "basis": case.basis.article or "", "penalty": penalty_words(made),
        "fine": made.fine, "repay": made.repay, "decided": made.day,
    }  # fmt: skip


def penalty_words(decision: Any) -> str:
    """Kinds and contents of a penalty in words."""
    said: list[str] = []
    if decision.repay:
        said.append(f"责令退回医疗保障基金 {decision.repay:,.2f} 元")
    if decision.fine:
        said.append(f"罚款 {decision.fine:,.2f} 元")
    if decision.months:
        said.append(f"暂停医药服务或联网结算 {decision.months} 个月")
    return "；".join(said)


def proposed(case: Case, kind: str) -> Mapping[str, object]:
    """What the form of a new publication begins with."""
    text = case.established or case.facts
    if kind == "typical":
        text = f"{case.facts}\n{text}" if text != case.facts else text
        made = case.decision  # type: ignore[attr-defined]
        text += f"\n依据{case.basis.article or '有关规定'}，{penalty_words(made) or made.get_outcome_display()}。"
    return {"title": case.title, "text": text, "keeps_name": True, "names": "", "code": ""}


def known_to(one: Edition) -> tuple[Known, str]:
    """Everything in the record of now that identifies somebody, and the institution's name that may stand in this edition."""
    case = one.publication.case
    return known_of(case, [*one.names, one.person]), kept_name(case, keeps_name=one.keeps_name)


def still_named(one: Edition, known: Known, keep: str) -> list[str]:
    """Kinds of what still identifies somebody in any text of it. Empty where nothing does. known, keep: see `known_to`."""
    found = [kind for text in (one.title, one.text, one.note, one.penalty) for kind in left(text, known, keep)]
    if one.publication.case.subject_kind in ("person", "institution"):  # a firm is named
        found += left(one.party, Known(known.names, known.numbers), keep)
    return list(dict.fromkeys(found))
