"""One box: a number leads to its page, a name to a short list, and nobody finds what he may not see."""

import pytest

from tests.web.conftest import account, browser, by, organisation
from yijian.web.findings.models import Finding
from yijian.web.recoveries import actions as recovering
from yijian.web.reviews.models import Review


@pytest.fixture
def letter(decided, finance):
    return recovering.order(None, **by(finance))[0]


def asked(client, text):
    """Where the box leads; or the titles of its list."""
    response = client.post("/search/", {"q": text})
    return response["Location"] if response.status_code == 302 else [hit.title for hit in response.context["hits"]]


def test_each_number_leads_to_its_page(letter, decided, supervisor):
    client, one = browser(supervisor), Finding.objects.first()
    assert asked(client, one.pk) == f"/findings/{one.pk}/"
    assert asked(client, f" {decided.pk} ") == f"/reviews/{decided.pk}/"
    assert asked(client, decided.notice.number).startswith("/reviews/?text=")
    assert asked(client, letter.number) == f"/recoveries/orders/{letter.pk}/"
    assert asked(client, letter.number.replace("〔", "[").replace("〕", "]")) == f"/recoveries/orders/{letter.pk}/"
    assert asked(client, "H1") == "/institutions/H1/"
    assert asked(client, "第二医院") == "/institutions/H2/"


def test_a_person_or_a_settlement_shows_what_there_is_about_it(letter, supervisor):
    client = browser(supervisor)
    found = asked(client, "P1000000002")
    assert set(found) == set(Finding.objects.filter(psn_no="P1000000002").values_list("pk", flat=True))
    review = Review.objects.exclude(setl_id="").first()
    assert f"审核单 {review.pk}" in str(asked(client, review.setl_id)) or f"/reviews/{review.pk}/" in asked(
        client, review.setl_id
    )


def test_a_finding_that_is_gone_is_found_by_its_number(loaded, supervisor):
    one = Finding.objects.first()
    Finding.objects.filter(pk=one.pk).update(gone_in=one.first_run)
    assert asked(browser(supervisor), one.pk) == f"/findings/{one.pk}/"


def test_a_county_finds_nothing_of_another(letter, decided):
    west = browser(account("li", "李西城", "supervisor", organisation("YB2", "西城区医疗保障局", "authority", "999902")))
    for text in (
        Finding.objects.filter(institution_id="H1").first().pk,
        str(decided.pk),
        decided.notice.number,
        letter.number,
        "H1",
    ):
        assert asked(west, text) == [], text
    assert asked(west, "医院") == "/institutions/H2/"


def test_an_institution_finds_its_own_only(letter, decided, clerk, other_clerk):
    assert asked(browser(clerk), str(decided.pk)) == f"/reviews/{decided.pk}/"
    assert asked(browser(clerk), letter.number) == f"/recoveries/orders/{letter.pk}/"
    for text in (str(decided.pk), decided.notice.number, letter.number):
        assert asked(browser(other_clerk), text) == []
    assert asked(browser(clerk), "H2") == []


def test_an_administrator_finds_accounts_and_organisations_and_no_finding(letter, administrator, supervisor):
    client = browser(administrator)
    assert asked(client, "WANG") == "/account/wang/"
    assert asked(client, "王监管") == "/account/wang/"
    assert asked(client, "事务中心") == "/organisation/JB/"
    for text in (Finding.objects.first().pk, letter.number):
        assert asked(client, text) == []


def test_what_is_typed_stands_in_no_address_and_what_cannot_be_looked_for_is_said(loaded, supervisor, auditor):
    client = browser(supervisor)
    assert client.get("/search/?q=P1000000002").context["hits"] == []
    nothing = client.post("/search/", {"q": "not-there"})
    assert "没有“not-there”" in nothing.content.decode()
    for text in ("", "x", "x" * 61):
        assert client.post("/search/", {"q": text}).status_code == 400
    for text in ("\x00\x00H1", "%%", "'; --", "９９９"):
        assert client.post("/search/", {"q": text}).status_code in (200, 302)
    assert 'name="q"' in client.get("/").content.decode()
    assert 'name="q"' not in browser(auditor).get("/").content.decode()


def test_it_asks_few_questions(letter, decided, supervisor, django_assert_max_num_queries):
    client = browser(supervisor)
    for text in (str(decided.pk), decided.notice.number, "P1000000002", "医院"):
        with django_assert_max_num_queries(20):
            client.post("/search/", {"q": text})
