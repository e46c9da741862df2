"""Every write: writing a document, and noting that one was fetched."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from yijian.web.accounts.queries import User
from yijian.web.audit_log.actions import record
from yijian.web.papers.acts import Act
from yijian.web.papers.kinds import Kind, kind_of
from yijian.web.papers.layout import FORMS, Said, Table, said_of
from yijian.web.papers.models import Paper
from yijian.web.papers.queries import newest, paper_for
from yijian.web.parameters.actions import next_number


@transaction.atomic
def write(
    kind: str,
    about: str,
    words: Mapping[str, Any],
    *,
    area: str,
    organ: str,
    tables: Sequence[Table] = (),
    who: User | None,
    when: datetime,
    where: str | None,
) -> Paper:
    """Write a document about a record, or a new version of it under its number; the caller has asked for the right.

    words: what its text asks for; days and money are put into words. UserError where the text asks for more.
    """
    what, before, day = kind_of(kind), newest(about, kind), timezone.localdate(when)
    number = before.number if before else _number(what, area, day.year)
    said = said_of(what, words, number=number, organ=organ, day=day, tables=tables)
    made = Paper.objects.create(
        kind=kind, title=what.title, about=about, area=area, number=number, version=before.version + 1 if before else 1,
        said=msgspec.to_builtins(said), by=who, at=when,
    )  # fmt: skip
    purpose = f"{what.title} {number} 第 {made.version} 版".replace("  ", " ")
    record(Act.WRITE, who=who, when=when, where=where, kind="文书", about=str(made.pk), purpose=purpose, area=area)
    return made


def _number(kind: Kind, area: str, year: int) -> str:
    return f"{kind.series}〔{year}〕{area}-{next_number(kind.series, area, year)}号" if kind.series else ""


@transaction.atomic
def fetch(paper_id: int, form: str, *, who: User, when: datetime, where: str | None) -> tuple[Paper, bytes, str]:
    """A document, its file of this form (`FORMS`) and the media type; that it was fetched is logged. Http404 if there is none."""
    paper = paper_for(who, paper_id)
    if form not in FORMS:
        raise Http404("文书只有 PDF 和 Word 两种格式。")
    make, media = FORMS[form]
    made = make(said_in(paper))
    record(
        Act.FETCH, who=who, when=when, where=where, kind="文书", about=str(paper.pk), purpose=f"{paper} {form}", area=paper.area
    )
    return paper, made, media


def said_in(paper: Paper) -> Said:
    """What a paper says."""
    return msgspec.convert(paper.said, Said)
