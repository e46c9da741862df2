"""The demo's tips: one in every state, openable with the passphrase that the demo prints."""

from django.utils import timezone

from tests.web.conftest import account, by, organisation
from yijian.web.story import tips
from yijian.web.tips import actions
from yijian.web.tips.models import Tip
from yijian.web.tips.steps import State
from yijian.web.tips.unlocking import keys_opened_by

CAST = {
    "jianguan": "supervisor", "banan": "case_officer", "fuze": "head", "jubao": "tip_officer", "jubaoshen": "tip_head",
}  # fmt: skip


def test_the_demo_has_tips_in_every_state(loaded):
    place = organisation("YB9999", "示例市医保局", "authority", tips.CITY)
    cast = {name: account(name, name, role, place) for name, role in CAST.items()}
    assert tips.tell(cast, "演示用的一句口令 2026", timezone.now()) == Tip.objects.count()
    assert set(Tip.objects.values_list("state", flat=True)) == set(State.values)
    opened = keys_opened_by(cast["jubao"], "演示用的一句口令 2026")
    waiting = Tip.objects.get(state="received")
    assert "保健品" in actions.open_tip(waiting.pk, opened, **by(cast["jubao"]))[1].text
