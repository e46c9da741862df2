"""One mail a person a working day: how much is due by when and a link, nothing about whom; never twice, and again what failed."""

import re
import smtplib
from datetime import timedelta

import pytest
from django.core import mail as post
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from tests.web.conftest import account, browser, by
from yijian.vocabulary.errors import UserError
from yijian.web.accounts.actions import set_open, set_own_mail
from yijian.web.accounts.queries import Right
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks import actions, digests
from yijian.web.clocks.models import Clock, Digest
from yijian.web.jobs import tending
from yijian.web.parameters.actions import settle_day
from yijian.web.place import Mail, mail

MAIL = Mail("mail.example.com", 465, "ssl", "", "", "yijian@example.com", "https://yijian.example.com", 8)
MORNING = timezone.localtime().replace(hour=9, minute=0)
TODAY = MORNING.date()


@pytest.fixture
def working(settings, agency):
    """Mail is on, and today is a working day."""
    settings.MAIL = MAIL
    keeper = account("zhou", "周管理", "administrator", agency)
    settle_day(TODAY, works=True, division="999900", source="本市安排第一条", **by(keeper))
    return keeper


@pytest.fixture
def reviewer(working, first):
    """Somebody with an address."""
    set_own_mail("wu@example.com", **by(first))
    return first


@pytest.fixture
def due(reviewer):
    """Three things, two of them on one day and one of these on its day."""
    days = (TODAY - timedelta(days=7), TODAY, TODAY)
    for number, day in enumerate(days):
        Clock.objects.create(
            kind="appeal_decision_period", about=f"reviews.review:{number}", title="复核申诉：审核单 7，示例市第一医院，12.00 元",
            link="/reviews/7/", area="999901", right=Right.REVIEW.value, begun=day, due=day,
        )  # fmt: skip
    actions.tell([reviewer], "审核单 7 已认定", link="/reviews/7/", when=MORNING)


def sent():
    return [(one.to, one.subject) for one in post.outbox]


def test_a_digest_says_how_much_is_due_by_when_and_nothing_more(due):
    assert digests.deliver(MORNING) == 1
    (letter,) = post.outbox
    assert (letter.to, letter.from_email, letter.subject) == (
        ["wu@example.com"], "yijian@example.com", "医监待办：3 件，其中 1 件已逾期"
    )  # fmt: skip
    lines = letter.body.splitlines()
    assert lines[0] == "您有 3 件待办，其中 1 件已逾期："
    assert re.fullmatch(rf"  {TODAY - timedelta(days=7)} 到期 1 件，已逾期 \d+ 个工作日", lines[1])
    assert lines[2:5] == [
        f"  {TODAY} 到期 2 件，今天到期", "有 1 条未读消息。", "请登录查看：https://yijian.example.com/inbox/"
    ]  # fmt: skip
    assert not any(word in letter.body for word in ("审核单", "示例市", "12.00", "吴"))
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_nobody_gets_two_on_one_day_and_everybody_one_on_the_next(due, working):
    assert [digests.deliver(MORNING + timedelta(minutes=n)) for n in range(3)] == [1, 0, 0]
    tomorrow = MORNING + timedelta(days=1)
    settle_day(tomorrow.date(), works=True, division="999900", source="本市安排第一条", **by(working))
    assert digests.deliver(tomorrow) == 1
    assert len(post.outbox) == 2


def test_the_worker_sends_it(due, monkeypatch):
    monkeypatch.setattr(tending.timezone, "now", lambda: MORNING)
    tending.tend()
    tending.tend()
    assert len(post.outbox) == 1


def test_before_the_hour_and_on_a_day_off_nothing_is_sent(due, working):
    assert digests.deliver(MORNING.replace(hour=7, minute=59)) == 0
    settle_day(TODAY, works=False, division="999900", source="本市安排第二条", **by(working))
    assert digests.deliver(MORNING) == 0
    assert not Digest.objects.exists()
    settle_day(TODAY, works=True, division="999900", source="本市安排第三条", **by(working))
    assert digests.deliver(MORNING) == 1


def test_without_a_mail_server_nothing_is_sent(due, settings):
    settings.MAIL = None
    assert digests.deliver(MORNING) == 0
    assert not Digest.objects.exists()


def test_who_has_nothing_to_do_is_left_alone_for_the_day(reviewer, second):
    assert digests.deliver(MORNING) == 0
    actions.tell([reviewer], "审核单 7 已认定", link="/reviews/7/", when=MORNING)
    assert digests.deliver(MORNING + timedelta(hours=2)) == 0
    assert list(Digest.objects.values_list("to__username", "state")) == [("wu", "nothing")]


def test_who_has_no_address_or_no_account_any_more_gets_none(due, reviewer, second, administrator):
    actions.tell([second], "消息", link="/x/", when=MORNING)
    set_open(reviewer, active=True, expires=TODAY - timedelta(days=1), **by(administrator))
    assert digests.deliver(MORNING) == 0
    set_open(reviewer, active=False, expires=None, **by(administrator))
    assert digests.deliver(MORNING) == 0
    assert sent() == []


def test_of_two_workers_one_sends(due, reviewer):
    assert digests._claimed(reviewer, TODAY, MORNING) is not None
    assert digests._claimed(reviewer, TODAY, MORNING) is None
    assert digests.deliver(MORNING + timedelta(hours=1)) == 0  # the first was cut short: it may have been sent


def test_a_long_list_of_days_is_cut(reviewer):
    for number in range(digests.MOST_DAYS + 3):
        Clock.objects.create(
            kind="appeal_decision_period", about=f"x:{number}", title="x", link="/x/", area="999901", right=Right.REVIEW.value,
            begun=TODAY, due=TODAY + timedelta(days=number),
        )  # fmt: skip
    digests.deliver(MORNING)
    body = post.outbox[0].body
    assert body.count("到期 1 件") == digests.MOST_DAYS
    assert "其余 3 件更晚到期" in body


def test_a_head_is_told_how_much_others_left(working, bureau, due):
    head = account("chen", "陈局长", "head", bureau)
    set_own_mail("chen@example.com", **by(head))
    settle_day(TODAY, works=True, division="000000", source="本局安排第一条", **by(account("z2", "赵", "administrator", bureau)))
    digests.deliver(MORNING)
    letter = next(one for one in post.outbox if one.to == ["chen@example.com"])
    assert (letter.subject, letter.body.splitlines()[0]) == ("医监督办：下属 1 件逾期", "下属有 1 件逾期未办，请督促。")


class Unwilling(EmailBackend):
    """A server with a fault."""

    fault: OSError | None = None
    at_opening = False

    def open(self):
        if self.fault and self.at_opening:
            raise self.fault

    def send_messages(self, messages):
        if self.fault and messages[0].to == ["wu@example.com"]:
            raise self.fault
        return super().send_messages(messages)


@pytest.fixture
def unwilling(settings, monkeypatch, due, second):
    """A second person waits behind the one whom the server does not like."""
    settings.EMAIL_BACKEND = "tests.web.clocks.test_digests.Unwilling"
    set_own_mail("zheng@example.com", **by(second))

    def become(fault, at_opening=False):
        monkeypatch.setattr(Unwilling, "fault", fault)
        monkeypatch.setattr(Unwilling, "at_opening", at_opening)

    return become


def test_an_address_that_is_refused_holds_nobody_up_and_is_tried_again(unwilling, caplog):
    unwilling(smtplib.SMTPRecipientsRefused({"wu@example.com": (550, b"no such user")}))
    assert digests.deliver(MORNING) == 1
    assert sent() == [(["zheng@example.com"], "医监待办：3 件，其中 1 件已逾期")]
    assert "SMTPRecipientsRefused" in caplog.text
    assert "wu@example.com" not in caplog.text
    unwilling(None)
    assert digests.deliver(MORNING + timedelta(minutes=1)) == 0
    assert digests.deliver(MORNING + timedelta(minutes=11)) == 1
    assert digests.deliver(MORNING + timedelta(minutes=22)) == 0
    assert len(post.outbox) == 2


def test_a_server_that_fails_is_tried_again_for_all(unwilling, caplog):
    unwilling(ConnectionRefusedError(111, "refused"), at_opening=True)
    assert digests.deliver(MORNING) == 0
    assert "ConnectionRefusedError" in caplog.text
    assert not Digest.objects.exists()
    unwilling(smtplib.SMTPServerDisconnected("gone"))
    assert digests.deliver(MORNING + timedelta(minutes=1)) == 0
    assert list(Digest.objects.values_list("to__username", "state")) == [("wu", "failed")]
    unwilling(None)
    assert digests.deliver(MORNING + timedelta(minutes=2)) == 1
    assert digests.deliver(MORNING + timedelta(minutes=12)) == 1
    assert sorted(to for (to,), _ in sent()) == ["wu@example.com", "zheng@example.com"]


def test_somebody_sets_and_clears_the_address(loaded, first):
    page = browser(first)
    assert page.post("/me/mail/", {"mail": " wu@example.com "}, follow=True).status_code == 200
    first.refresh_from_db()
    assert first.mail == "wu@example.com"
    wrong = page.post("/me/mail/", {"mail": "wu at example"})
    assert wrong.status_code == 400
    assert all(said in wrong.content.decode() for said in ("邮箱地址看不懂", "wu at example"))
    assert page.post("/me/mail/", {"mail": "a@example.com\nBcc: b@example.com"}).status_code == 400
    assert "暂时不会发送" in page.get("/me/").content.decode()
    page.post("/me/mail/", {"mail": ""})
    first.refresh_from_db()
    assert first.mail == ""
    lines = LogEntry.objects.filter(act="accounts.change_account", about="wu").order_by("number")
    assert list(lines.values_list("purpose", flat=True)) == ["设置通知邮箱", "取消通知邮箱"]
    assert not LogEntry.objects.filter(changes__icontains="example.com").exists()


GIVEN = {"HOST": "mail.example.com", "FROM": "yijian@example.com", "SITE": "https://yijian.example.com/"}


def configured(monkeypatch, **said):
    for name, value in {**GIVEN, **said}.items():
        monkeypatch.setenv(f"YIJIAN_MAIL_{name}", value)
    return mail()


def test_mail_is_off_unless_a_server_is_named(monkeypatch):
    assert mail() is None
    assert configured(monkeypatch) == MAIL
    assert configured(monkeypatch, SECURITY="starttls", HOUR="7").port == 587
    assert configured(monkeypatch, HOST="") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("FROM", ""), ("SITE", "yijian"), ("SITE", ""), ("PORT", "many"), ("PORT", "0"), ("HOUR", "24"), ("SECURITY", "tls")],
)
def test_a_setting_that_cannot_be_is_a_sentence(monkeypatch, name, value):
    with pytest.raises(UserError, match=f"YIJIAN_MAIL_{name}"):
        configured(monkeypatch, **{name: value})
