"""A program sends what no keyboard has; on PostgreSQL it would be an error of ours."""

import pytest

from tests.web.conftest import browser
from yijian.web.leads.models import Lead

LISTS = ("/leads/", "/cases/", "/transfers/", "/agreements/", "/publishing/", "/draws/", "/reviews/", "/findings/", "/public/")


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_asked_for_with_a_nul(loaded, supervisor, address):
    nul = dict.fromkeys(("text", "state", "institution", "kind", "area", "\x00"), "a\x00b")
    assert browser(supervisor).get(address, nul).status_code == 200


def test_a_form_with_a_nul_is_kept_without_it(loaded, supervisor):
    said = {"source": "media", "title": "重复\x00收费", "facts": "媒体报道某院重复收费\x00", "subject_kind": "agency",
            "received": "2026-01-31", "area": "000000"}  # fmt: skip
    assert browser(supervisor).post("/leads/register/", said).status_code == 302
    assert Lead.objects.get().title == "重复收费"


def test_a_tip_with_a_nul_finds_the_page_and_no_error(loaded, client):
    assert client.post("/tips/", {"token": "\x00", "subject": "\x00", "text": "\x00"}).status_code == 400
