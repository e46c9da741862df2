"""The book of leads in the demo: some closed, some handed down, some waiting, one overdue."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from yijian.web.accounts.queries import By, User
from yijian.web.findings.queries import groups_for
from yijian.web.findings.rulebook import rules_about
from yijian.web.leads import actions as leads
from yijian.web.leads.actions import Given
from yijian.web.leads.queries import Lead
from yijian.web.leads.sources import given_of

CITY, COUNTY = "999900", "999901"
FROM_FINDINGS = 6
"""Groups of findings that become leads."""

PAPERS = (
    ("superior", "上级交办：核查血液透析收费", "省局专项检查交办，请核查收费与实际次数是否一致。", "省医保监函〔2026〕18号", 24),
    ("media", "媒体报道药店串换药品", "报道称有药店以统筹基金结算保健食品，请核查进销存与结算。", "", 3),
    ("self_report", "机构自查自报重复收费", "自查发现床位费与护理费重复收取，主动报告并申请退回。", "", 14),
)  # fmt: skip


def tell(cast: dict[str, User], now: datetime) -> int:
    """Tell it; how many leads there are."""

    def by(name: str, days: int) -> By:
        return {"who": cast[name], "when": now - timedelta(days=days), "where": None}

    keeper, book = cast["jianguan"], []
    groups = (
        groups_for(keeper).exclude(institution=None).exclude(rule__in=rules_about("agency")).order_by("-yuan_confirmed", "pk")
    )
    for n, group in enumerate(groups[:FROM_FINDINGS]):
        days = 26 - 3 * n
        said = replace(given_of(keeper, f"findings.group:{group.pk}"), received=timezone.localdate(now - timedelta(days=days)))
        book.append((leads.register(said, CITY, **by("jianguan", days)), days))
    for source, title, facts, reference, days in PAPERS:
        day = timezone.localdate(now - timedelta(days=days))
        said = Given(source, title, facts, "other", day, subject="待核实", reference=reference)
        book.append((leads.register(said, CITY, **by("jianguan", days)), days))
    for (lead, days), deed in zip(book, _deeds(by), strict=False):
        deed(lead, days)
    return len(book)


def _deeds(by: Callable[[str, int], By]) -> tuple[Callable[[Lead, int], None], ...]:
    """What became of the first, the second … lead."""

    def verified(lead: Lead, days: int) -> None:
        leads.grade(lead.pk, "A", **by("jianguan", days - 1))
        leads.assign(lead.pk, "banan", **by("jianguan", days - 1))
        why = "调取病历与收费明细核对，重复收费属实，机构认可，建议立案调查。"
        leads.report(lead.pk, "case", lead.amount, reason=why, **by("banan", days - 9))

    def closed(lead: Lead, days: int) -> None:
        verified(lead, days)
        leads.confirm(lead.pk, **by("fuze", days - 11))

    def handed(lead: Lead, days: int) -> None:
        leads.hand_down(lead.pk, COUNTY, reason="机构在你区，请核查后报结果", **by("jianguan", days - 1))

    def answered(lead: Lead, days: int) -> None:
        handed(lead, days)
        leads.assign(lead.pk, "dcbanan", **by("dongcheng", days - 2))
        leads.report(lead.pk, "minor", lead.amount, reason="涉及金额较小，机构已整改并退回。", **by("dcbanan", days - 8))
        leads.confirm(lead.pk, **by("dcfuze", days - 9))

    def verifying(lead: Lead, days: int) -> None:
        leads.grade(lead.pk, "B", **by("jianguan", days - 1))
        leads.assign(lead.pk, "banan", **by("jianguan", days - 1))

    def waiting(lead: Lead, days: int) -> None:
        """Nobody has done anything."""

    return closed, answered, verified, handed, verifying, waiting, verifying
