"""Mail: on each working day one letter a person with how much is due by when and a link. It says nothing about whom or what.

A digest is claimed in the database before it is sent, so that of several workers one sends it, and it is never sent twice a
day: one that was cut short between sending and saying so is not sent again. What the server refused is tried again later.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import User, people_with_mail
from yijian.web.clocks.models import Digest
from yijian.web.clocks.queries import inbox, unread
from yijian.web.parameters.queries import Book

LOG = logging.getLogger(__name__)
AGAIN = timedelta(minutes=10)
"""How long a person waits whose digest was refused."""
FORGOTTEN = timedelta(days=31)
MOST_DAYS = 10
"""Days that a digest names; what is due later is one line."""
MOST_DUE = 2000
State = Digest.State


@dataclass(frozen=True)
class Summary:
    """What a digest says. days: (day, how many, in words how far off); later: how many are due after these."""

    due: int
    overdue: int
    days: tuple[tuple[date, int, str], ...]
    later: int
    below: int
    news: int

    @property
    def any(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.due or self.below or self.news)

    @property
    def title(self) -> str:
        """The subject."""
        if self.due:
            return f"医监待办：{self.due} 件" + (f"，其中 {self.overdue} 件已逾期" if self.overdue else "")
        return f"医监督办：下属 {self.below} 件逾期" if self.below else f"医监消息：{self.news} 条"

    def lines(self, link: str) -> Iterator[str]:
        """The text."""
        if self.due:
            yield f"您有 {self.due} 件待办" + (f"，其中 {self.overdue} 件已逾期" if self.overdue else "") + "："
            for day, count, words in self.days:
                yield f"  {day} 到期 {count} 件，{words}"
            if self.later:
                yield f"  其余 {self.later} 件更晚到期"
        if self.below:
            yield f"下属有 {self.below} 件逾期未办，请督促。"
        if self.news:
            yield f"有 {self.news} 条未读消息。"
        yield f"请登录查看：{link}"
        yield ""
        yield "本邮件由系统自动发送，每个工作日最多一封。不想再收到，请在“我的账号”里清空通知邮箱。"


def summary_of(user: User) -> Summary:
    """What is due for somebody today."""
    items = inbox(user, MOST_DUE)
    own = [one for one in items if not one.escalated and not one.clock.standing]
    counts = Counter(one.clock.due for one in own)
    words = {one.clock.due: one.words for one in own}
    days = tuple((day, counts[day], words[day]) for day in sorted(counts)[:MOST_DAYS])
    return Summary(
        due=len(own),
        overdue=sum(one.overdue for one in own),
        days=days,
        later=len(own) - sum(count for _, count, _ in days),
        below=sum(one.escalated for one in items),
        news=unread(user),
    )


def deliver(now: datetime) -> int:
    """Send today's digests to whoever has none yet; how many were sent. Nothing where mail is off, at night, on a day off."""
    here = timezone.localtime(now)
    if settings.MAIL is None or here.hour < settings.MAIL.hour:
        return 0
    people = _waiting(here.date(), now)
    if not people:
        return 0
    connection = get_connection()
    sent = 0
    try:
        connection.open()
        for person in people:
            sent += _deliver_to(person, connection, here.date(), now)
    except OSError as problem:  # SMTPException is one
        LOG.warning("the mail server failed, digests wait: %s", type(problem).__name__)
    finally:
        connection.close()
    Digest.objects.filter(day__lt=here.date() - FORGOTTEN).delete()
    return sent


def _waiting(day: date, now: datetime) -> list[User]:
    """Who works that day, has an address and no digest."""
    settled = Digest.objects.filter(day=day).exclude(state=State.FAILED, tried_at__lte=now - AGAIN)
    people = [one for one in people_with_mail().exclude(pk__in=settled.values("to")) if one.open]
    if not people:
        return []
    book = Book()
    works = {area: book.calendar_of(area).works(day) for area in {one.organisation.division_id for one in people}}  # type: ignore[attr-defined]
    return [one for one in people if works[one.organisation.division_id]]  # type: ignore[attr-defined]


def _deliver_to(person: User, connection: BaseEmailBackend, day: date, now: datetime) -> bool:
    """Whether a digest was sent. OSError where the server itself failed."""
    digest = _claimed(person, day, now)
    if digest is None:
        return False
    summary = summary_of(person)
    if not summary.any:
        _note(digest, State.NOTHING)
        return False
    link = f"{settings.MAIL.site}{reverse('clocks:inbox')}"
    message = EmailMessage(
        summary.title,
        "\n".join(summary.lines(link)),
        settings.MAIL.sender,
        [person.mail],
        connection=connection,
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPResponseException, ValueError) as refused:
        _note(digest, State.FAILED)
        LOG.warning("the digest of account %s was refused, will be tried again: %s", person.pk, type(refused).__name__)
        return False
    except OSError:
        _note(digest, State.FAILED)
        raise
    _note(digest, State.SENT)
    return True


def _claimed(person: User, day: date, now: datetime) -> Digest | None:
    """The person's digest of the day, which nobody else now sends; None where somebody does or did."""
    try:
        with transaction.atomic():
            return Digest.objects.create(to=person, day=day, state=State.SENDING, tried_at=now)
    except IntegrityError:
        failed = Digest.objects.filter(to=person, day=day, state=State.FAILED, tried_at__lte=now - AGAIN)
        return Digest.objects.get(to=person, day=day) if failed.update(state=State.SENDING, tried_at=now) else None


def _note(digest: Digest, state: Digest.State) -> None:
    digest.state = state
    digest.save(update_fields=["state"])
