"""What a case's page shows of its publications (see `frame.beside`)."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from yijian.web.accounts.queries import Right, User
from yijian.web.frame.beside import Note
from yijian.web.publishing.queries import KINDS, of_case
from yijian.web.publishing.steps import WORDS

TITLE = "公开"


def beside(about: str, user: User, record: Any) -> Iterable[Note]:
    """Each publication of the case, and what may be written for the public."""
    if about.partition(":")[0] != "cases.case" or not user.may(Right.SEE_PUBLISHING):
        return
    made = list(of_case(record.pk))
    for one in made:
        words = f"{KINDS[one.kind]}（{WORDS[one.state]}）"
        yield Note(TITLE, words, reverse("publishing:detail", args=[one.pk]))
    held = {one.kind for one in made if one.state != "withdrawn"}
    decision = getattr(record, "decision", None)
    fit = {
        "penalty": decision is not None and decision.outcome == "penalty" and decision.served is not None,
        "typical": decision is not None and record.state in ("closed", "archived"),
    }
    if user.may(Right.KEEP_PUBLISHING) and record.area in user.scope(Right.KEEP_PUBLISHING).areas:
        for kind in KINDS:
            if fit[kind] and kind not in held:
                yield Note(TITLE, f"起草{KINDS[kind]}", reverse("publishing:new", args=[record.pk, kind]))
