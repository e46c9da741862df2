"""Random paths of steps: none skips what is mandatory, no clock breaks unseen, nobody holds duties that are apart."""

import contextlib
import itertools
from datetime import timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.web.cases.conftest import WHY, closed_lead, decision, proposal, said
from tests.web.conftest import by
from yijian.web.cases import deciding, executing, filing, queries
from yijian.web.cases.models import Case, Excluded, Officer
from yijian.web.cases.steps import APART, STEPS, UNDECIDED
from yijian.web.clocks.models import Clock
from yijian.web.recoveries.models import Recovery

PEOPLE = st.sampled_from(["keeper", "one", "two", "three", "legal", "head", "deputy", "province"])
LIKELY = {"keep_cases": ["keeper"], "handle_cases": ["one", "two", "three"], "examine_cases": ["legal"], "decide_cases": ["head"]}
STRAIGHT = [
    ("approve", "head"), ("report", "one"), ("agree", "legal"), ("notify", "two"), ("state", "one"), ("decide", "head"),
    ("serve", "one"), ("pay_fine", "two"), ("give_up", "head"), ("finish", "one"), ("close", "head"),
]  # fmt: skip
"""The straight way to the end, the party having waived its rights."""
PROPOSED = (proposal(), proposal("no_penalty", fine=0), proposal(fine=9000), proposal(loss=100000, fine=150000))
DECIDED = (decision(), decision("no_penalty", fine=0), decision(fine=150000), decision("judicial", fine=0, to="公安局"))
HOSTS = ("c-legal", "c-one", "c-head", "c-legal")
REFUSED = (ValidationError, PermissionDenied, Http404)


def deeds(pk, choice):
    """Word → the step; choice: one of several things that may be said, right and wrong."""
    return {
        "approve": lambda who: filing.approve(pk, **who),
        "refuse": lambda who: filing.refuse(pk, reason=WHY, **who),
        "suspend": lambda who: filing.suspend(pk, reason=WHY, **who),
        "resume": lambda who: filing.resume(pk, reason=WHY, **who),
        "terminate": lambda who: filing.terminate(pk, reason=WHY, **who),
        "report": lambda who: deciding.report(
            pk, PROPOSED[choice], **who
        ),
        "agree": lambda who: deciding.examine(pk, "agree", reason=WHY, **who),
        "object": lambda who: deciding.examine(pk, "law", reason=WHY, **who),
        "discuss": lambda who: deciding.discuss(pk, "全体负责人", reason=WHY, **who),
        "notify": lambda who: deciding.notify(pk, **who),
        "state": lambda who: deciding.state(pk, "不予采纳，理由如下", waives=choice == 0, reason=WHY, **who),
        "ask_hearing": lambda who: deciding.ask_hearing(pk, timezone.localdate(who["when"]), **who),
        "call_hearing": lambda who: deciding.call_hearing(
            pk, HOSTS[choice], timezone.localdate(who["when"] + timedelta(days=20)), "会议室", **who
        ),
        "hear": lambda who: deciding.hear(pk, reason=WHY, **who),
        "more": lambda who: deciding.more(pk, reason=WHY, **who),
        "decide": lambda who: deciding.decide(
            pk,
            DECIDED[choice],
            **who,
        ),
        "serve": lambda who: executing.serve(pk, "direct", timezone.localdate(who["when"]), **who),
        "take_note": lambda who: executing.take_note(pk, **who),
        "finish": lambda who: executing.finish(pk, reason=WHY, **who),
        "return": lambda who: executing.send_back(pk, reason=WHY, **who),
        "close": lambda who: executing.close(pk, **who),
        "archive": lambda who: executing.archive(pk, **who),
        "exclude": lambda who: filing.exclude(pk, "appraisal", reason=WHY, **who),
        "include": lambda who: filing.include(pk, **who),
        "extend": lambda who: filing.extend(pk, reason=WHY, **who),
        "give_up": lambda who: executing.give_up(pk, reason=WHY, **who),
        "pay_fine": lambda who: executing.pay_fine(
            pk, "fine", Decimal(1500), timezone.localdate(who["when"]), f"R{pk}", **who
        ),
        "officer": lambda who: filing.replace_officer(
            pk, "c-two", ("c-three", "c-legal", "c-head", "c-one")[choice], "ZF-new-0001", reason=WHY, **who
        ),
    }  # fmt: skip


def machine(office, begun):
    """A machine over this cast. Each run has a case of its own."""

    class Book(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.when = begun
            lead = closed_lead(office, self.when)
            self.case = filing.propose(lead.pk, said(), **by(office["keeper"], self.when))

        @initialize(far=st.integers(0, len(STRAIGHT)))
        def some_way_is_behind(self, far):
            for word, who in STRAIGHT[:far]:
                deeds(self.case.pk, 0)[word](by(office[who], self.when))

        def take(self, word, who, choice):
            with contextlib.suppress(*REFUSED), transaction.atomic():
                deeds(self.case.pk, choice)[word](by(office[who], self.when))

        @rule(word=st.sampled_from(sorted(deeds(0, 0))), who=PEOPLE, choice=st.integers(0, 3))
        def anybody_tries_anything(self, word, who, choice):
            self.take(word, who, choice)

        @rule(pick=st.integers(0, 99), choice=st.integers(0, 3))
        def somebody_goes_on(self, pick, choice):
            """A step that the state offers, by somebody whose it may be: so that paths get far."""
            offered = [step for step in STEPS.values() if self.case.state in step.frm]
            if offered:
                step = offered[pick % len(offered)]
                people = LIKELY[str(step.right)]
                self.take(step.word, people[choice % len(people)], choice % 2)

        @rule(days=st.integers(1, 25))
        def time_goes_by(self, days):
            self.when += timedelta(days=days)

        @invariant()
        def the_book_is_kept(self):
            check(self.case, self.when)

    return Book


def check(case, when):
    """What must be true of any case after any path."""
    case.refresh_from_db()
    changes = list(case.changes.order_by("pk"))
    words = [one.step for one in changes]
    assert all(before.new == after.old for before, after in itertools.pairwise(changes))
    assert all(one.old in STEPS[one.step].frm and one.new == STEPS[one.step].to for one in changes[1:])
    duties = {user: queries.duties_in(user, case) for user in {one.by for one in changes}}
    assert not [user for user, held in duties.items() for pair in APART if set(pair) <= held]
    assert Officer.objects.filter(case=case, left=None).count() == 2
    clock = Clock.objects.filter(about=f"cases.case:{case.pk}", kind="case_decision").first()
    assert (clock is not None and not clock.ended) == (case.state in UNDECIDED)
    if clock is not None and case.state in UNDECIDED:
        assert clock.standing == Excluded.objects.filter(case=case, end=None).exists()
    made = getattr(Case.objects.get(pk=case.pk), "decision", None)
    assert (made is not None) == ("decide" in words)
    if made is not None:
        before = words[: words.index("decide")]
        assert before.count("approve") == 1 and "report" in before
        assert "agree" in before[len(before) - before[::-1].index("report") :], "reviewed after the last report"
        if made.outcome == "penalty":
            assert "notify" in before[len(before) - before[::-1].index("agree") :], "told after the last review"
            assert case.waived or timezone.localdate(case.decided) > case.answer_by
            assert made.fine <= case.fine and case.loss <= made.fine <= 2 * case.loss
            assert case.discussed or (case.loss < 500000 and case.fine < 100000)
        late = timezone.localdate(case.decided) > clock.due
        assert clock.ended == ("late" if late else "done")
        row = Recovery.objects.filter(about=f"cases.case:{case.pk}").first()
        assert (row.confirmed if row else 0) == made.repay
    if case.state in ("closing", "closed"):
        assert {"serve", "finish"} <= set(words)


def test_on_any_path_the_book_is_kept(office, begun):
    run_state_machine_as_test(
        machine(office, begun),
        settings=settings(max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)),
    )
