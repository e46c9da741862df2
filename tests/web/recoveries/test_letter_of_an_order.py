"""The letter that orders a repayment: what is owed, why, by when and where to; it can be fetched and says for ever the same."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.web.conftest import account, browser, by, organisation
from tests.web.documents.test_letters import pdf_text, word_text
from yijian.web.audit_log.models import LogEntry
from yijian.web.documents.order import NO_ACCOUNT
from yijian.web.documents.rendering import day_words
from yijian.web.parameters.actions import set_parameter
from yijian.web.recoveries import actions, letters
from yijian.web.recoveries.actions import Received
from yijian.web.recoveries.models import Recovery
from yijian.web.reviews.models import ReviewLine

ACCOUNT = "示例市医疗保障基金财政专户，示例银行营业部，账号 0000-1"


@pytest.fixture
def known_account(agency, decided):
    """The area has said where repaid money goes to."""
    keeper = account("zhou", "周管理", "administrator", agency)
    day = date(2026, 1, 1)
    set_parameter("repayment_account", ACCOUNT, division="999900", valid_from=day, source="市局通知第一条", **by(keeper))


@pytest.fixture
def letter(decided, finance):
    (made,) = actions.order(None, **by(finance))
    return made


def texts(client, letter):
    for kind, read in (("pdf", pdf_text), ("docx", word_text)):
        answer = client.get(f"/recoveries/orders/{letter.pk}/letter.{kind}")
        assert answer.status_code == 200
        yield "".join(read(answer.content).split())


def test_the_institution_fetches_the_letter_as_pdf_and_word(known_account, letter, clerk):
    reached = browser(clerk)
    page = reached.get(f"/recoveries/orders/{letter.pk}/").content.decode()
    assert f"/recoveries/orders/{letter.pk}/letter.pdf" in page
    line = ReviewLine.objects.get(determined__gt=0)
    said = [
        letter.number, "示例市第一医院（机构编码H1）", "1张单据有1项", "125.00元", day_words(letter.due), "期限为15日", ACCOUNT,
        "第十三条", "示例市医疗保障事务中心", day_words(timezone.localdate(letter.at)), "S1", line.finding.rule_short, line.what,
        line.finding.legal_basis, "250.00",
    ]  # fmt: skip
    for text in texts(reached, letter):
        assert [one for one in said if "".join(one.split()) not in text] == []
    assert list(LogEntry.objects.filter(act="recoveries.letter").order_by("number").values_list("about", "purpose")) == [
        (letter.number, "pdf"),
        (letter.number, "docx"),
    ]


def test_where_the_account_is_not_known_the_letter_says_so(letter, finance):
    assert all(NO_ACCOUNT in text for text in texts(browser(finance), letter))


def test_nobody_else_fetches_it(letter, other_clerk, administrator, finance, clerk):
    address = f"/recoveries/orders/{letter.pk}/letter.pdf"
    assert browser(other_clerk).get(address).status_code == 404
    assert browser(administrator).get(address).status_code == 403
    away = organisation("JB2", "另一市医疗保障事务中心", "agency", "888800")
    assert browser(account("lv", "吕财务", "finance", away)).get(address).status_code == 404
    assert browser(finance).get(address).status_code == 200
    assert browser(clerk).get(f"/recoveries/orders/{letter.pk}/letter.exe").status_code == 404


def test_the_letter_stays_as_it_was_sent_when_money_comes_in(letter, finance, clerk):
    reached = browser(clerk)
    address = f"/recoveries/orders/{letter.pk}/letter.pdf"
    before = reached.get(address).content
    actions.pay(Received("B1", timezone.localdate(), Decimal("50"), "H1"), **by(finance))
    ReviewLine.objects.update(what="改写过的问题")
    Recovery.objects.update(rule_title="改写过的规则")
    assert reached.get(address).content == before


def test_the_items_of_the_letter_add_up_to_what_is_owed(letter):
    said = letter.letter.said
    assert sum(Decimal(item["fund"]) for item in said["items"]) == letter.amount == Decimal(said["amount"])
    assert len(said["items"]) == letter.recoveries.count()


def test_an_order_from_before_letters_were_kept_offers_none(letter, finance):
    letters.Letter.objects.all().delete()
    page = browser(finance)
    assert "letter.pdf" not in page.get(f"/recoveries/orders/{letter.pk}/").content.decode()
    assert page.get(f"/recoveries/orders/{letter.pk}/letter.pdf").status_code == 404
