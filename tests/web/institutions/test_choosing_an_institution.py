"""Somebody chooses one of a few institutions from a list, and one of very many by a part of its name."""

import re

import pytest
from django.urls import reverse

from tests.web.conftest import browser
from yijian.web.institutions import queries
from yijian.web.institutions.models import Institution
from yijian.web.institutions.queries import Names, institution_names


@pytest.fixture
def many(loaded, monkeypatch):
    """There are more than a few."""
    monkeypatch.setattr(queries, "FEW", 1)
    return dict(Institution.objects.order_by("name").values_list("code", "name"))


def field(page) -> str:
    """The field of institutions on a page."""
    found = re.search(r'<(select|input)[^>]* name="institution".*?(</select>|</datalist>)', page.content.decode(), re.DOTALL)
    assert found
    return found[0]


def test_of_a_few_each_stands_in_the_list(page):
    shown = field(page.get("/findings/?institution=H1"))
    assert shown.startswith("<select")
    assert '<option value="H1" selected>' in shown
    assert shown.count("<option") == Institution.objects.count() + 1


def test_of_very_many_none_is_listed_and_the_one_that_was_chosen_is_named(many, page):
    shown = field(page.get("/findings/?institution=H1"))
    assert shown.startswith("<input")
    assert 'value="H1"' in shown
    assert f'<option value="H1">{many["H1"]}</option>' in shown
    assert shown.count("<option") == 1
    assert field(page.get("/findings/")).count("<option") == 0


def test_what_somebody_writes_brings_proposals_by_name_and_by_code(many, page):
    def proposed(words: str) -> set[str]:
        answer = page.get(reverse("institutions:named"), {"institution": words}).content.decode()
        return set(re.findall(r'value="(\w+)"', answer))

    assert proposed(many["H1"][-4:]) >= {"H1"}
    assert proposed("h1") >= {"H1"}
    assert proposed("没有这样的医院") == set()
    assert proposed("  ") == set()


def test_names_of_very_many_are_read_one_by_one_and_all_only_when_asked_for(many, django_assert_num_queries):
    with django_assert_num_queries(1):
        names = institution_names()
    with django_assert_num_queries(1):
        assert names["H1"] == names.get("H1") == many["H1"]
    assert names.get("nobody", "—") == "—"
    assert len(names) == len(many)
    with django_assert_num_queries(1):
        assert dict(names.items()) == many


def test_a_hospital_s_own_pages_offer_no_others(many, clerk):
    assert 'name="institution"' not in browser(clerk).get("/reviews/").content.decode()


def test_names_of_some_are_of_those_only(loaded):
    names = Names(Institution.objects.filter(pk="H1"))
    assert list(names) == ["H1"]
    assert names.few
    assert names.get("H2") is None
