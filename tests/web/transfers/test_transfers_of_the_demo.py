"""The demo's transfers: one in every state that leaves the office, one that came in, one that is due."""

from django.utils import timezone

from tests.web.conftest import account, organisation
from yijian.web.accounts.demo import ACCOUNTS, ORGANISATIONS
from yijian.web.story import transfers
from yijian.web.transfers import sources
from yijian.web.transfers.models import Transfer

CAST = ("jianguan", "banan", "fuze", "weijian")


def test_the_demo_has_transfers_in_every_state(loaded):
    places = {code: organisation(code, *ORGANISATIONS[code]) for code in ("YB9999", "WJ9999", "GA9999")}
    cast = {name: account(name, ACCOUNTS[name][0], ACCOUNTS[name][2], places[ACCOUNTS[name][1]]) for name in CAST}
    cast["yiyuan1"] = account("yiyuan1", "医保办", "institution", organisation("H1", "某院", "institution", "999901", "H1"))
    assert transfers.tell(cast, timezone.now()) == Transfer.objects.count()
    out = Transfer.objects.filter(direction="out", body="health").values_list("state", flat=True)
    assert sorted(out) == ["accepted", "closed", "drafted", "received", "reported", "sent"]
    assert Transfer.objects.get(body="police").copy_to == places["WJ9999"]
    assert Transfer.objects.get(direction="in").state == "sent"
    assert len(sources.waiting(cast["jianguan"])) == 1
