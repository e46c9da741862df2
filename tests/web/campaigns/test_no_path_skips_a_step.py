"""Whatever is tried in whatever order, by whomever: states follow only as `steps.py` says, and money is booked once."""

import itertools

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.campaigns.conftest import CITY, ROW, STATEMENT, said
from tests.web.conftest import by
from yijian.web.campaigns import actions, returning
from yijian.web.campaigns.steps import RETURN_STEPS, STEPS
from yijian.web.clocks.models import Clock
from yijian.web.recoveries.models import Recovery

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(words=st.lists(st.tuples(st.sampled_from([*STEPS]), st.sampled_from(["supervisor", "head", "county"])), max_size=8))
def test_a_campaign_is_issued_only_after_approval(people, words):
    made = actions.prepare(CITY, said(), **by(people["supervisor"]))
    for word, who in words:
        try:
            actions.take(made.pk, word, reason="写明理由", **by(people[who]))
        except (ValidationError, PermissionDenied, Http404):
            continue
    made.refresh_from_db()
    taken = list(made.changes.order_by("pk").values_list("new", flat=True))
    for old, new in itertools.pairwise(taken):
        assert any(old in step.frm and new == step.to for step in STEPS.values())
    assert bool(made.number) == ("running" in taken)
    if made.state in ("ended", "discarded"):
        assert not Clock.objects.filter(about=f"campaigns.campaign:{made.pk}", ended="").exists()
        assert not Clock.objects.filter(link=f"/campaigns/{made.pk}/", ended="").exists()


TRIED = ("fill", "submit", "nothing", "correct", "accept", "drop")


@pytest.fixture
def trying(own, clerk, people):
    """What is tried on the first hospital's return, by the one who may or by the one who may not."""

    def try_(word, mine):
        filler, office = (clerk, people["county"]) if mine else (people["county"], clerk)
        match word:
            case "fill":
                returning.fill(own.pk, [ROW], {}, **by(filler))
            case "submit":
                returning.submit(own.pk, **by(filler))
            case "nothing":
                returning.submit_nothing(own.pk, STATEMENT, {}, **by(filler))
            case _:
                returning.take(own.pk, word, reason="写明理由", **by(office))

    return try_


@QUICK
@given(words=st.lists(st.tuples(st.sampled_from(TRIED), st.sampled_from([True, True, True, False])), max_size=10))
def test_a_return_is_booked_once_and_only_when_accepted(own, trying, words):
    with transaction.atomic():  # each path begins anew
        for word, mine in words:
            try:
                trying(word, mine)
            except (ValidationError, PermissionDenied, Http404):
                continue
        own.refresh_from_db()
        taken = list(own.changes.order_by("pk").values_list("new", flat=True))
        for old, new in itertools.pairwise(taken):
            assert any(old in step.frm and new == step.to for step in RETURN_STEPS.values())
        booked = sum(one.confirmed for one in Recovery.objects.filter(about__startswith="campaigns."))
        assert booked == (own.pledged if own.state == "accepted" else 0)
        assert not (own.zero and own.rows.exists())
        transaction.set_rollback(True)
