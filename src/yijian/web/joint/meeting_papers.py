"""The documents of a consultation (see `papers.toml`)."""

from datetime import datetime

from yijian.web.accounts.queries import User
from yijian.web.joint.models import Consultation
from yijian.web.papers import actions as papers
from yijian.web.papers.layout import Table
from yijian.web.papers.queries import Paper


def notice(one: Consultation, *, who: User, when: datetime, where: str | None) -> Paper:
    """The invitation."""
    return _write("consultation_notice", one, (), who=who, when=when, where=where)


def minutes(one: Consultation, *, who: User, when: datetime, where: str | None) -> Paper:
    """The minutes, with each authority's opinion and what is to be done."""
    parties = list(one.participants.select_related("organisation").order_by("pk"))  # type: ignore[attr-defined]
    said = ((one.by.organisation.name, one.ours), *((party.organisation.name, party.opinion) for party in parties))
    tasks = one.tasks.select_related("organisation").order_by("pk")  # type: ignore[attr-defined]
    tables = [Table("各方意见", ("单位", "意见"), said, (3, 7))]
    if rows := tuple((str(n), task.what, task.organisation.name, str(task.due)) for n, task in enumerate(tasks, 1)):
        tables.append(Table("落实事项", ("序号", "事项", "单位", "期限"), rows, (1, 5, 3, 2)))
    return _write("consultation_minutes", one, tuple(tables), who=who, when=when, where=where)


def _write(kind: str, one: Consultation, tables: tuple[Table, ...], *, who: User, when: datetime, where: str | None) -> Paper:
    partners = "、".join(one.participants.order_by("pk").values_list("organisation__name", flat=True))  # type: ignore[attr-defined]
    words = {
        "partners": partners, "matter": one.matter, "name": one.title, "agenda": one.agenda, "day": one.day, "place": one.place,
        "minutes": one.minutes, "conclusion": one.conclusion,
    }  # fmt: skip
    return papers.write(
        kind, f"joint.meeting:{one.pk}", words, area=one.area, organ=who.organisation.name, tables=tables,
        who=who, when=when, where=where,
    )  # fmt: skip
