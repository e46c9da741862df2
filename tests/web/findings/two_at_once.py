"""A process of its own with a PostgreSQL of its own, where things are really committed: prints `state: as counted, as kept`."""

import os
import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "yijian.web.settings"
    django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from tests.web.conftest import account, organisation
from yijian.web.findings import actions
from yijian.web.findings.groups import group_id, refresh
from yijian.web.findings.models import Finding, FindingGroup, InstitutionSum, RuleSum, Run
from yijian.web.institutions.models import Institution

INSIDE, OTHER = threading.Event(), threading.Event()


def make_findings() -> None:
    """Two of one group."""
    place = Institution.objects.create(code="H1", name="示例市第一医院", area="999901")
    run = Run.objects.create(id="a" * 16, finished=timezone.now(), snapshot=1, loaded=timezone.now())
    group = group_id("beds", "H1", run.pk, "violation")
    for key in ("f1", "f2"):
        Finding.objects.create(
            finding_id=key, rule="beds", rule_title="床位费", verdict="violation", institution=place, day=date(2026, 1, 5),
            amount=Decimal(10), explanation="多收床位费", rule_hash="0", first_run=run, area="999901", group_id=group,
        )  # fmt: skip
    with transaction.atomic():
        refresh()


def screened(key: str, to: str, *, before: Callable[[], object], after: Callable[[], object]) -> None:
    """Decide about one in a transaction that stays open until `after` returns."""
    before()
    with transaction.atomic():
        actions.screen([key], to, reason="病历能说明", who=BOSS, when=timezone.now(), where=None)
        after()
    connection.close()


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    make_findings()
    BOSS = account("wang", "王监管", "supervisor", organisation("YB", "示例市医疗保障局", "authority", "000000"))
    # The first holds its transaction open while the second, which does not see it, counts the same group.
    first = {"before": lambda: None, "after": lambda: (INSIDE.set(), OTHER.wait(1))}
    second = {"before": INSIDE.wait, "after": OTHER.set}
    threads = [
        threading.Thread(target=screened, args=("f1", "confirmed"), kwargs=first),
        threading.Thread(target=screened, args=("f2", "rejected"), kwargs=second),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for state in Finding.State.values:
        kept = [getattr(model.objects.get(), f"n_{state}") for model in (FindingGroup, RuleSum, InstitutionSum)]
        print(f"{state}: {Finding.objects.filter(state=state).count()}, {kept}")
