"""Sums that are kept say what a count of all findings says, whatever people do; bounded ones say so."""

from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import account, organisation
from yijian.engine.findings import needed_run, read_coverage, read_findings
from yijian.web.findings import actions, queries
from yijian.web.findings.filters import Filters
from yijian.web.findings.models import Finding, FindingGroup, InstitutionSum, RuleSum
from yijian.web.findings.taking_over import load_run
from yijian.web.institutions.queries import areas_of_institutions
from yijian.web.loading import take_over_newest_run

ASKED = (
    Filters(),
    Filters(state="confirmed"),
    Filters(state="all"),
    Filters(institution="H1"),
    Filters(rule="amount_arithmetic"),
    Filters(rule="amount_arithmetic", institution="H2"),
    Filters(verdict="violation"),
    Filters(verdict="suspicion", institution="H1", state="new"),
    Filters(text="第二医院"),
    Filters(text="床位", verdict="violation"),
)


def by_hand(user, filters):
    """The same sums, from the findings alone."""
    found = queries.findings_for(user, filters).select_related(None)
    return queries.Counted(found, found, Count("pk"), queries._AMOUNT)


def as_counted(user):
    """Every kept sum equals a count of all findings."""
    for filters in ASKED:
        kept, counted = queries.counted(user, filters), by_hand(user, filters)
        assert kept.totals == counted.totals, filters
        assert kept.by_rule == counted.by_rule, filters
        assert kept.by_institution == counted.by_institution, filters
        assert {k: v for k, v in kept.by_area.items() if v[0]} == counted.by_area, filters
        new = queries.findings_for(user, filters).filter(state="new").select_related(None).order_by()
        counts = new.aggregate(
            n=Count("pk"),
            yuan=Sum("amount"),
            groups=Count("group", distinct=True),
            institutions=Count("institution", distinct=True),
        )
        if filters.state in ("", "all", "new"):
            assert queries.to_screen(user, filters) == counts | {"yuan": counts["yuan"] or 0}, filters
    on_page = {one.pk: (one.n, one.yuan) for one in queries.institutions_with_findings(user) if one.n}
    assert on_page == {r["institution_id"]: (r["n"], r["yuan"]) for r in by_hand(user, Filters()).by_institution}


def loaded_again(home, keep, name, move=""):
    """A later run that found only these again; `move`: an institution that now belongs to another division."""
    run = needed_run(home)
    later = type(run)(name * 16, datetime.now(UTC).isoformat(), run.snapshot, run.rules, run.units)
    rows = [row for n, row in enumerate(read_findings(home, run).to_pylist()) if n in keep]
    areas = areas_of_institutions() | ({move: "999907"} if move else {})
    load_run(later, read_coverage(home, run), rows, official_codes={}, areas=areas, who="test", when=timezone.now())


ACT = st.one_of(
    st.tuples(st.just("screen"), st.sets(st.integers(0, 8), min_size=1), st.sampled_from(["confirmed", "rejected", "mapping"])),
    st.tuples(st.just("undo"), st.integers(0, 3), st.none()),
    st.tuples(st.just("review"), st.sets(st.integers(0, 8)), st.booleans()),
    st.tuples(st.just("load"), st.sets(st.integers(0, 8)), st.sampled_from(["", "H1", "H2"])),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACT, min_size=1, max_size=6))
def test_whatever_is_done_the_sums_say_what_a_count_of_all_findings_says(loaded, supervisor, acts):
    point = transaction.savepoint()
    done, now = [], {"who": supervisor, "when": timezone.now(), "where": None}
    for number, (word, which, more) in enumerate(acts):
        keys = list(Finding.objects.order_by("pk").values_list("pk", flat=True))
        if word == "undo":
            if which < len(done):
                try_to(actions.undo, done[which].pk, **now)
        elif word == "load":
            loaded_again(loaded, which, f"{number:x}", more)
        elif word == "review":
            (actions.hand_over if more else actions.give_back)([keys[n] for n in which if n < len(keys)])
        elif made := try_to(actions.screen, [keys[n] for n in which if n < len(keys)], more, reason="病历能说明", **now):
            done.append(made)
        as_counted(supervisor)
    transaction.savepoint_rollback(point)


def try_to(act, *given, **more):
    """The act where it is allowed: a decision about what is decided already is refused, and must change no sum."""
    try:
        with transaction.atomic():
            return act(*given, **more)
    except ValidationError:
        return None


def test_a_county_sees_the_sums_of_its_own_only(loaded, bureau):
    county = account("li", "李东城", "supervisor", organisation("YB1", "东城区医疗保障局", "authority", "999901"))
    as_counted(county)
    assert {row["institution_id"] for row in queries.counted(county, Filters()).by_institution} == {"H1"}
    city = account("lu", "陆市局", "supervisor", organisation("YB9", "示例市医疗保障局", "authority", "999900"))
    as_counted(city)
    assert len(queries.counted(city, Filters()).by_institution) == 2


def test_sums_of_an_earlier_version_are_counted_by_the_migration(loaded):
    def held():
        return [sorted(model.objects.values_list(*keys, "n_new", "yuan_new", *more)) for model, keys, more in SUMS]

    before = held()
    for model, *_ in SUMS:
        model.objects.all().delete()
    import_module("yijian.web.findings.migrations.0004_sums").sum_up(apps, None)
    assert held() == before
    assert all(before)


SUMS = (
    (RuleSum, ("rule", "verdict", "area"), ("groups",)),
    (InstitutionSum, ("institution_id", "verdict", "area"), ()),
)


def test_a_first_load_leaves_all_indexes_there(loaded):
    with connection.cursor() as cursor:
        held = set(connection.introspection.get_constraints(cursor, Finding._meta.db_table))
    assert {index.name for index in Finding._meta.indexes} <= held
    assert Finding.objects.count() == sum(group.total for group in FindingGroup.objects.all())
    take_over_newest_run(loaded)


def test_more_findings_than_are_added_up_are_listed_and_said_to_be_more(page, monkeypatch):
    monkeypatch.setattr(queries, "MOST_SUMMED", 2)
    response = page.get("/findings/", {"least": "1"})
    said = response.content.decode()
    assert "有超过 <b>2</b> 个疑点，不逐个汇总" in said
    assert len(response.context["page"]) == Finding.objects.filter(amount__gte=1).count() > 2
    assert "不逐个汇总" not in page.get("/findings/", {"least": "99999999"}).content.decode()


@pytest.mark.parametrize("sort", ["amount", "-amount", "day", "-day"])
def test_a_rising_list_is_the_falling_one_backwards(page, sort):
    field = sort.removeprefix("-")
    Finding.objects.filter(pk=Finding.objects.first().pk).update(**{field: None})
    shown = [getattr(f, field) for f in page.get("/findings/", {"sort": sort}).context["page"]]
    known = [value for value in shown if value is not None]
    assert known == sorted(known, reverse=sort.startswith("-"))
    assert shown.index(None) == (len(shown) - 1 if sort.startswith("-") else 0)


def test_the_months_of_findings_hold_all_that_have_a_day(loaded, supervisor):
    found = queries.findings_for(supervisor, Filters())
    months = queries.by_month(found)
    assert sum(row["n"] for row in months) == found.exclude(day=None).count()
    assert sum((row["yuan"] for row in months), Decimal(0)) == found.exclude(day=None).aggregate(x=Sum("amount"))["x"]
    assert all(row["month"].day == 1 for row in months)
    assert [(r["month"], r["verdict"]) for r in months] == sorted({(r["month"], r["verdict"]) for r in months})
