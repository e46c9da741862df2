"""The documents of a transfer (see `papers.toml`)."""

from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from yijian.web.accounts.queries import User, division_name
from yijian.web.papers import actions as papers
from yijian.web.papers.layout import Table
from yijian.web.papers.queries import Paper
from yijian.web.parameters.queries import value_of
from yijian.web.transfers.bodies import categories
from yijian.web.transfers.models import Transfer


def report(made: Transfer, *, who: User, when: datetime, where: str | None) -> Paper:
    """What the head decides on; it stays in the office."""
    words = {"since": made.since, "source": categories()[made.category].source}
    return _write(
        "transfer_report", made, words, f"transfers.inner:{made.pk}", tables=_lists(made), who=who, when=when, where=where
    )


def letter(made: Transfer, *, who: User, when: datetime, where: str | None) -> Paper:
    """The letter with the list of problems and that of evidence."""
    words = {"copy_to": made.copy_to.name if made.copy_to else "", "supplement": _days(made, when)}
    return _write("transfer_letter", made, words, tables=_lists(made), who=who, when=when, where=where)


def receipt(made: Transfer, *, who: User, when: datetime, where: str | None) -> Paper:
    """回执: how many pages, which papers."""
    evidence = made.items.filter(kind="evidence").order_by("pk")  # type: ignore[attr-defined]
    pages = evidence.aggregate(pages=Sum("pages"))["pages"]
    words = {"pages": pages or "—", "evidence": "；".join(one.what for one in evidence)}
    return _write("transfer_receipt", made, words, who=who, when=when, where=where)


def supplement(made: Transfer, reason: str, *, who: User, when: datetime, where: str | None) -> Paper:
    """What is missing."""
    return _write(
        "transfer_supplement", made, {"reason": reason, "supplement": _days(made, when)}, who=who, when=when, where=where
    )


def result(made: Transfer, *, who: User | None, when: datetime, where: str | None) -> Paper:
    """What was done about it."""
    words = {"result": made.get_result_display(), "reason": made.outcome}  # type: ignore[attr-defined]
    return _write("transfer_result", made, words, who=who, when=when, where=where)


def _days(made: Transfer, when: datetime) -> str:
    return str(value_of("transfer_supplement", made.area, timezone.localdate(when)))


def _lists(made: Transfer) -> tuple[Table, ...]:
    items = list(made.items.order_by("pk"))  # type: ignore[attr-defined]
    problems = [one for one in items if one.kind == "problem"]
    evidence = [one for one in items if one.kind == "evidence"]
    return (
        Table(
            "违法违规问题清单", ("序号", "问题", "金额（元）"),
            tuple((str(n), one.what, "" if one.amount is None else f"{one.amount:,.2f}") for n, one in enumerate(problems, 1)),
            (1, 7, 2),
        ),
        Table(
            "证据材料清单", ("序号", "材料", "页数"),
            tuple((str(n), one.what, str(one.pages or "")) for n, one in enumerate(evidence, 1)),
            (1, 7, 2),
        ),
    )  # fmt: skip


def _write(
    kind: str, made: Transfer, words: dict[str, Any], about: str = "", *, tables: tuple[Table, ...] = (),
    who: User | None, when: datetime, where: str | None,
) -> Paper:  # fmt: skip
    known = {
        "party": made.who, "matter": made.title, "facts": made.facts, "amount": made.amount, "partner": made.partner.name,
        "body": made.body_title, "category": made.category_title, "letter": made.number or "未编号",
        "giver": _office(made) if made.out else made.partner.name,
    }  # fmt: skip
    return papers.write(
        kind, about or f"transfers.transfer:{made.pk}", known | words, area=made.area, tables=tables,
        organ=who.organisation.name if who else _office(made), who=who, when=when, where=where,
    )  # fmt: skip


def _office(made: Transfer) -> str:
    """Our office: that of whoever drafted it, or of the area."""
    return made.by.organisation.name if made.out else f"{division_name(made.area)}医疗保障局"
