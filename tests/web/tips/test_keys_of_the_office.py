"""Keys are vouched for by the other side, handed on to a new colleague, recovered from the safe, and ended without loss."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.web.conftest import account, by
from tests.web.tips.conftest import AREA, PASS
from yijian.web.accounts.models import Posting
from yijian.web.audit_log.models import LogEntry
from yijian.web.tips import actions, keyring, keys, sealing
from yijian.web.tips.models import TipKey, TipShare


def test_an_area_takes_tips_once_all_four_keys_are_confirmed(people):
    assert keyring.ready_areas() == {}
    first = keys.make_key("officer", AREA, PASS, **by(people.officer))
    head = keys.make_key("head", AREA, PASS, **by(people.head))
    one, _ = keys.make_recovery("recovery_one", AREA, **by(people.officer))
    two, _ = keys.make_recovery("recovery_two", AREA, **by(people.head))
    keys.confirm(first.pk, {}, **by(people.head))
    keys.confirm(head.pk, people.opened(people.officer), **by(people.officer))
    keys.confirm(one.pk, people.opened(people.head), **by(people.head))
    assert keyring.ready_areas() == {}
    keys.confirm(two.pk, people.opened(people.officer), **by(people.officer))
    assert list(keyring.ready_areas()) == [AREA]


def test_nobody_vouches_for_himself_or_his_own_side(people):
    key = keys.make_key("officer", AREA, PASS, **by(people.officer))
    for who in (people.officer, people.other):
        with pytest.raises(ValidationError, match="不由您核认"):
            keys.confirm(key.pk, {}, **by(who))


def test_an_invented_account_cannot_vouch_where_keys_are_in_use(desk):
    """What an administrator could do: two accounts of his own that vouch for each other."""
    place = desk.officer.organisation
    fake, helper = account("fake", "假受理", "tip_officer", place), account("helper", "假负责", "tip_head", place)
    key = keys.make_key("officer", AREA, PASS, **by(fake))
    keys.make_key("head", AREA, PASS, **by(helper))
    with pytest.raises(ValidationError, match="打开您自己的在用密钥"):
        keys.confirm(key.pk, desk.opened(helper), **by(helper))


def test_a_short_passphrase_and_a_second_key_are_refused(people):
    with pytest.raises(ValidationError, match="至少 12"):
        keys.make_key("officer", AREA, "短口令", **by(people.officer))
    keys.make_key("officer", AREA, PASS, **by(people.officer))
    with pytest.raises(ValidationError, match="已有密钥"):
        keys.make_key("officer", AREA, PASS, **by(people.officer))
    with pytest.raises(PermissionDenied):
        keys.make_key("head", AREA, PASS, **by(people.officer))


def test_a_new_colleague_opens_old_tips_after_they_were_handed_on(give, desk):
    tip, _ = give()
    fresh = account("wu2", "伍受理", "tip_officer", desk.officer.organisation)
    key = keys.make_key("officer", AREA, PASS, **by(fresh))
    keys.confirm(key.pk, desk.opened(desk.head), **by(desk.head))
    with pytest.raises(ValidationError, match="没有加密给您"):
        actions.open_tip(tip.pk, desk.opened(fresh), **by(fresh))
    with pytest.raises(ValidationError, match="先输入口令"):
        keys.hand_on(AREA, {}, **by(desk.officer))
    assert keys.hand_on(AREA, desk.opened(desk.officer), **by(desk.officer)) == 1
    assert actions.open_tip(tip.pk, desk.opened(fresh), **by(fresh))[1].subject == "示例市第一医院"
    assert keys.hand_on(AREA, desk.opened(desk.officer), **by(desk.officer)) == 0


def test_whoever_left_the_post_gets_nothing_more(give, desk):
    Posting.objects.filter(user=desk.other).delete()
    tip, _ = give()
    assert not TipShare.objects.filter(tip=tip, key__user=desk.other).exists()
    assert TipShare.objects.filter(tip=tip, key__user=desk.officer).exists()


def test_an_ended_key_is_wiped_and_the_last_one_is_not_ended(give, desk):
    give()
    key = TipKey.objects.get(user=desk.other)
    keys.end_key(key.pk, **by(desk.head))
    key.refresh_from_db()
    assert (key.state, bytes(key.locked), key.shares.count()) == ("ended", b"", 0)
    recovery = TipKey.objects.get(part="recovery_one")
    keys.end_key(recovery.pk, **by(desk.head))
    with pytest.raises(ValidationError, match="只有这把密钥"):
        keys.end_key(TipKey.objects.get(user=desk.officer).pk, **by(desk.head))


def test_the_recovery_key_lets_somebody_new_open_what_nobody_else_can(give, desk):
    tip, _ = give()
    for user in (desk.officer, desk.other):
        keys.end_key(TipKey.objects.get(user=user, state="active").pk, **by(desk.head))
    again = keys.make_key("officer", AREA, PASS, **by(desk.officer))
    keys.confirm(again.pk, desk.opened(desk.head), **by(desk.head))
    with pytest.raises(ValidationError, match="口令不对"):
        keys.recover(AREA, "recovery_one", "WRONG-PAPER", **by(desk.officer))
    assert keys.recover(AREA, "recovery_one", desk.recovery["recovery_one"], **by(desk.officer)) == 1
    assert actions.open_tip(tip.pk, desk.opened(desk.officer), **by(desk.officer))[1].text.startswith("住院病人")


def test_a_changed_passphrase_opens_the_same_key(give, desk):
    tip, _ = give()
    key = TipKey.objects.get(user=desk.officer)
    with pytest.raises(ValidationError, match="原口令不对"):
        keys.change_passphrase(key.pk, "wrong", "另外一句只有本人知道的话", **by(desk.officer))
    keys.change_passphrase(key.pk, PASS, "另外一句只有本人知道的话", **by(desk.officer))
    key.refresh_from_db()
    with pytest.raises(sealing.CannotOpen):
        sealing.unlock(key.kept, PASS)
    private = sealing.unlock(key.kept, "另外一句只有本人知道的话")
    assert actions.open_tip(tip.pk, {key.pk: private}, **by(desk.officer))[0] == tip
    assert LogEntry.objects.filter(act="tips.key_locked").exists()
