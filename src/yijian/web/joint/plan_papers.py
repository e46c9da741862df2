"""The documents of a joint inspection (see `papers.toml`)."""

from datetime import datetime

from yijian.web.accounts.queries import User
from yijian.web.joint.models import JointPlan
from yijian.web.leads.queries import leads_made_from
from yijian.web.papers import actions as papers
from yijian.web.papers.layout import Table
from yijian.web.papers.queries import Paper


def plan(one: JointPlan, *, who: User, when: datetime, where: str | None) -> Paper:
    """The plan as it goes to the partners."""
    return _write("joint_plan", one, (_places(one),), who=who, when=when, where=where)


def result(one: JointPlan, *, who: User, when: datetime, where: str | None) -> Paper:
    """What came of it: each institution, and the leads."""
    visits = list(one.visits.select_related("institution").order_by("pk"))  # type: ignore[attr-defined]
    made = leads_made_from([f"joint.visit:{visit.pk}" for visit in visits])
    rows = tuple(
        (
            str(n), visit.institution.name, str(visit.day or ""), visit.found,
            lead.number if (lead := made.get(f"joint.visit:{visit.pk}")) else "—",
        )
        for n, visit in enumerate(visits, 1)
    )  # fmt: skip
    table = Table("检查情况", ("序号", "机构", "日期", "情况", "线索编号"), rows, (1, 3, 2, 6, 3))
    return _write("joint_result", one, (table,), who=who, when=when, where=where)


def _places(one: JointPlan) -> Table:
    names = one.visits.order_by("pk").values_list("institution__name", flat=True)  # type: ignore[attr-defined]
    return Table("被检查机构", ("序号", "机构"), tuple((str(n), name) for n, name in enumerate(names, 1)), (1, 9))


def _write(kind: str, one: JointPlan, tables: tuple[Table, ...], *, who: User, when: datetime, where: str | None) -> Paper:
    partners = "、".join(one.partners.order_by("pk").values_list("organisation__name", flat=True))  # type: ignore[attr-defined]
    words = {
        "name": one.title, "partners": partners, "focus": one.focus, "work": one.work, "begin": one.begin, "end": one.end,
        "outcome": one.outcome,
    }  # fmt: skip
    return papers.write(
        kind,
        f"joint.plan:{one.pk}",
        words,
        area=one.area,
        organ=who.organisation.name,
        tables=tables,
        who=who,
        when=when,
        where=where,
    )
