"""What follows here from what ended elsewhere. Parts of the actions of other apps: nobody is asked for a right."""

from datetime import date, datetime

from django.urls import reverse

from yijian.web.accounts.queries import Right
from yijian.web.clocks import actions as clocks
from yijian.web.frame.states import move
from yijian.web.leads.queries import Lead
from yijian.web.transfers import letters, taking
from yijian.web.transfers.acts import Act
from yijian.web.transfers.models import Transfer, TransferChange
from yijian.web.transfers.sources import DUE
from yijian.web.transfers.steps import STEPS, WORDS, Result


def expect(about: str, number: str, area: str, begun: date) -> None:
    """A record is to be transferred: seven working days to make it. number: the record's. A part of the action that says so."""
    clocks.start(
        taking.OUT, f"{DUE}{about}", title=f"移送其他部门：{number}", link=f"{reverse('transfers:new')}?about={about}",
        area=area, right=Right.KEEP_TRANSFERS, begun=begun,
    )  # fmt: skip


def answer_from_lead(transfer: Transfer, lead: Lead, *, when: datetime) -> None:
    """The lead of what came in has ended: its result is the answer. A part of the action that ended the lead."""
    old = transfer.state
    if old not in ("received", "incomplete", "accepted"):
        return
    if old != "accepted":
        move(transfer, STEPS["accept"], TransferChange, who=None, when=when, reason="线索已办结", words=WORDS)
    reason = f"核查结果：{lead.get_result_display()}。{lead.established}"  # type: ignore[attr-defined]
    taking.answered(transfer, Result.LEAD, reason)
    move(transfer, STEPS["report"], TransferChange, who=None, when=when, reason=reason, words=WORDS)
    clocks.stop(taking.about_of(transfer), when=when)
    letters.result(transfer, who=None, when=when, where=None)
    taking.tell(transfer.partner, transfer, f"您单位移送的案件有了处理结果：{transfer.title}", when)
    taking.log(Act.REPORT, transfer, old, who=None, when=when, where=None, purpose=lead.number)
