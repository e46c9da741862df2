"""What all writes to a transfer share: taking a step, its lists, its log line, its clocks, telling both sides."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from yijian.web.accounts.queries import Organisation, Right, User, people_of, people_with
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.frame.states import move
from yijian.web.transfers.acts import Act
from yijian.web.transfers.given import Given
from yijian.web.transfers.models import Transfer, TransferChange, TransferItem
from yijian.web.transfers.queries import may_take, on_paper, transfer_for
from yijian.web.transfers.steps import RIGHTS, STEPS, WORDS, theirs

OUT, RECEIPT, SUPPLEMENT, RESULT = "transfer_out", "transfer_receipt", "transfer_supplement", "transfer_result"
"""Clocks of a transfer."""


def step(
    transfer_id: int, word: str, *, who: User, when: datetime, reason: str = "", files: "Sequence[UploadedFile[bytes]]" = ()
) -> tuple[Transfer, str]:
    """Take it through a step; the transfer and its state before."""
    made = transfer_for(who, transfer_id)
    old, paper = made.state, on_paper(made)
    if not may_take(who, made, word, paper=paper):
        if not any(who.may(right) for right in RIGHTS):
            raise PermissionDenied
        whose = made.partner.name if theirs(word, made.direction) else "承办单位的相应岗位"
        raise ValidationError(f"“{STEPS[word].title}”不由您办理：须由{whose}办理，拟稿与审批须是不同的人")
    if made.out and paper and word in ("receive", "report") and not files:
        raise ValidationError(f"{made.partner.name}没有账号，代为登记须上传对方的回执或复函")
    move(made, STEPS[word], TransferChange, who=who, when=when, reason=reason, words=WORDS)
    return made, old


def locked(who: User, transfer_id: int) -> Transfer:
    """Through the door; nobody else changes it until this action ends."""
    made = transfer_for(who, transfer_id)
    list(Transfer.objects.select_for_update().filter(pk=made.pk).values_list("pk"))
    return made


def answered(made: Transfer, result: str, outcome: str) -> None:
    """Before the step: the database takes no answered transfer without a result. Where the step is refused, so is this."""
    made.result, made.outcome = result, outcome
    made.save(update_fields=["result", "outcome"])


def for_them(made: Transfer, who: User) -> bool:
    """Whether our office enters what the other authority did on paper: then no paper is written in its name."""
    return made.out and who.organisation != made.partner


def items(made: Transfer, given: Given) -> None:
    """Write both lists."""
    kinds = [("problem", one) for one in given.problems] + [("evidence", one) for one in given.evidence]
    TransferItem.objects.bulk_create(
        TransferItem(transfer=made, kind=kind, what=one.what, amount=one.amount, pages=one.pages) for kind, one in kinds
    )


def about_of(made: Transfer) -> str:
    """As clocks, papers and attachments name it."""
    return f"transfers.transfer:{made.pk}"


def link(made: Transfer) -> str:
    """Its page."""
    return reverse("transfers:detail", args=[made.pk])


def clock(kind: str, made: Transfer, title: str, begun: date) -> None:
    """All clocks are our office's: the other authority has its list; ours asks after what does not come."""
    clocks.start(
        kind, about_of(made), title=title[:200], link=link(made), area=made.area, right=Right.KEEP_TRANSFERS, begun=begun
    )


def tell(organisation: Organisation, made: Transfer, text: str, when: datetime) -> None:
    """Tell the people of the other authority."""
    clocks.tell(people_of(organisation, Right.ANSWER_TRANSFERS), text[:300], link=link(made), when=when)


def tell_us(made: Transfer, text: str, when: datetime) -> None:
    """Tell those of our office who keep transfers."""
    clocks.tell(people_with(Right.KEEP_TRANSFERS, made.area), text[:300], link=link(made), when=when)


def log(act: Act, made: Transfer, old: str, *, who: User | None, when: datetime, where: str | None, purpose: str) -> None:
    """The line about it."""
    changes = {"状态": (WORDS.get(old, ""), WORDS[made.state])}
    about = made.number or str(made.pk)
    record(act, who=who, when=when, where=where, kind="移送", about=about, purpose=purpose, area=made.area, changes=changes)
