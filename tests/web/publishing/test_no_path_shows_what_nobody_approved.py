"""Random paths of steps by random people: what the public reads was always approved by somebody who did not write it."""

import random

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone

from tests.web.conftest import by
from tests.web.publishing.conftest import CLEAN, served_case, words
from yijian.web.clocks.models import Clock
from yijian.web.publishing import actions, public, queries
from yijian.web.publishing.models import Edition, Publication
from yijian.web.publishing.public import Filters
from yijian.web.publishing.steps import STEPS

PEOPLE = ("keeper", "one", "two", "legal", "head", "deputy", "province")
PATHS, LONG = 4, 40


def read(made):
    """The newest edition of a publication, or 0."""
    return Edition.objects.filter(publication=made).order_by("pk").values_list("pk", flat=True).last() or 0


def deed(word, made, case, n):
    """A step as a function of who does it."""
    said = words(text=f"{CLEAN}第 {n} 稿，患者张三。", note=f"更正第 {n} 稿")
    return {
        "draft": lambda b: actions.draft(case.pk, "penalty", said, **b),
        "write": lambda b: actions.write(made, said, **b),
        "approve": lambda b: actions.approve(made, read(made), **b),
        "back": lambda b: actions.send_back(made, reason="写清楚一些", **b),
        "decline": lambda b: actions.decline(case.pk, "penalty", "impact", reason="没有社会影响", **b),
        "flag": lambda b: actions.flag(made, reason="次数写错了", **b),
        "correct": lambda b: actions.correct(made, said, **b),
        "approve_correction": lambda b: actions.approve_correction(made, read(made), **b),
        "withdraw": lambda b: actions.withdraw(made, "revoked", reason="法院判决撤销", **b),
    }[word]


WORDS = ("draft", "write", "approve", "back", "decline", "flag", "correct", "approve_correction", "withdraw")


@pytest.mark.parametrize("seed", range(PATHS))
def test_no_path_shows_what_nobody_approved(office, seed):
    chance, when = random.Random(seed), timezone.now()
    case, done = served_case(office, when), 0
    for n in range(LONG):
        word, who = chance.choice(WORDS), office[chance.choice(PEOPLE)]
        newest = Publication.objects.order_by("-pk").first()
        offered = newest and queries.may_step(who, newest, queries.newest_edition(newest).by_id) if newest_has(newest) else []
        try:
            deed(word, newest.pk if newest else 0, case, n)(by(who, when))
            done += 1
            if word in STEPS and word != "decline":
                assert word in offered
        except (ValidationError, PermissionDenied, Http404):
            assert word not in offered or word in ("correct", "write"), (word, offered)
        check(when, case)
    assert done


def newest_has(one):
    return one is not None and one.editions.exists()


def check(when, case):
    """What holds after each step."""
    today = timezone.localdate(when)
    seen = {one.pk: one for one in public.all_shown(Filters(), today)}
    for one in Publication.objects.select_related("current"):
        shown = seen.get(one.pk)
        assert (shown is not None) == (one.state in ("published", "flagged", "corrected", "withdrawn"))
        if shown and shown.text:
            assert one.state == "published" and one.current.approved_by_id not in (None, one.current.by_id)
            assert shown.text.text == one.current.text and "张三" not in shown.text.text
        running = Clock.objects.filter(about=one.about, ended="")
        assert running.exists() == (one.state in ("flagged", "corrected"))
    due = Clock.objects.get(about=f"publishing.due:cases.case:{case.pk}")
    settled = (
        Publication.objects.filter(published__isnull=False).exists() or Publication.objects.filter(state="declined").exists()
    )
    assert (due.ended == "") == (not settled)
    assert Publication.objects.exclude(state="withdrawn").count() <= 1
