"""A process of its own with a PostgreSQL of its own, where things are really committed: prints how many plans and returns."""

import os
import threading
from collections.abc import Callable

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "yijian.web.settings"
    django.setup()

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction

from tests.web.campaigns.conftest import CITY, COUNTY, day, issue, said
from tests.web.conftest import account, by, organisation
from yijian.web.campaigns import actions, asking
from yijian.web.campaigns.kinds import Phase
from yijian.web.campaigns.models import Campaign, SelfInspection
from yijian.web.institutions.models import Institution


def together(first: Callable[[], object], second: Callable[[], object]) -> None:
    """The first holds its transaction open while the second, which does not see it, does the same."""
    inside, other = threading.Event(), threading.Event()

    def lead() -> None:
        with transaction.atomic():
            first()
            inside.set()
            other.wait(1)
        connection.close()

    def follow() -> None:
        inside.wait()
        try:
            second()
        except ValidationError as refused:
            print(refused.messages[0])
        other.set()
        connection.close()

    threads = [threading.Thread(target=lead), threading.Thread(target=follow)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    Institution.objects.create(code="H1", name="示例市第一医院", area=COUNTY, kind="1")
    city = organisation("YBC", "示例市医保局", "authority", CITY)
    county = organisation("YBA", "东城区医保局", "authority", COUNTY)
    people = {"supervisor": account("sc", "某人", "supervisor", city), "head": account("hc", "某人", "head", city)}
    people |= {"county": account("sa", "某人", "supervisor", county), "county_head": account("ha", "某人", "head", county)}
    whole = issue(actions.prepare(CITY, said(kinds=["hospital"]), **by(people["supervisor"])), people)
    below = said(under=whole, kinds=["hospital"], phases=[Phase("self_inspection", "自查自纠", day(0), day(9))], duties=[])

    def prepare() -> None:
        """The county makes its plan."""
        actions.prepare(COUNTY, below, **by(people["county"]))

    together(prepare, prepare)
    print("plans:", Campaign.objects.filter(parent=whole).count())
    plan = issue(Campaign.objects.filter(parent=whole).latest("pk"), people, "county", "county_head")
    together(
        lambda: asking.ask(plan.pk, **by(people["county"])),
        lambda: asking.ask(whole.pk, **by(people["supervisor"])),
    )
    print("returns:", SelfInspection.objects.filter(institution="H1").count())
