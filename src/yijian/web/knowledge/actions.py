"""Every write: a person settles the diagnosis prefixes of a point."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from yijian.knowledge.proposing import Proposal, checked_prefixes, settle
from yijian.knowledge.store import KnowledgeStore
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.web.accounts.queries import Right, User, need
from yijian.web.audit_log.actions import record
from yijian.web.knowledge.acts import Act


@transaction.atomic
def settle_point(
    home: Home, list_id: str, proposal: Proposal, *, prefixes: str, who: User, when: datetime, where: str | None
) -> Proposal:
    """Take a person's prefixes for a point as confirmed. ValidationError says what is wrong with them.

    The log line is written first: what cannot be logged is not done.
    """
    need(who, Right.SETTLE_KNOWLEDGE)
    try:
        checked = checked_prefixes(prefixes, "诊断编码前缀")
    except UserError as mistake:
        raise ValidationError(f"{mistake.what}。{mistake.do}") from mistake
    if not checked:
        raise ValidationError("请至少写一个诊断编码前缀，例如 I10")
    settled = Proposal(proposal.point_id, proposal.name, proposal.note, checked, proposal.matched, True)
    record(
        Act.SETTLE_POINT,
        who=who,
        when=when,
        where=where,
        kind="知识点",
        about=f"{list_id}/{proposal.point_id}",
        changes={"diag_prefix": (" ".join(proposal.prefixes), " ".join(checked))},
    )
    settle(KnowledgeStore.open(home), list_id, settled)
    return settled
