"""The cast of the tips' tests: two officers and two heads of a city, with their keys open."""

from dataclasses import dataclass

import pytest
from django.core.cache import cache
from nacl.pwhash import argon2id

from tests.web.conftest import account, by, organisation
from yijian.web.accounts.models import User
from yijian.web.tips import keys, limits, receiving, sealing
from yijian.web.tips.models import Tip, TipKey
from yijian.web.tips.receiving import Identity, Said

AREA = "999900"
PASS = "一句只有本人知道的话 42"
EASY = sealing.Cost(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """argon2id at its least, forms that may be sent at once, nothing counted yet."""
    monkeypatch.setattr(sealing, "PASSPHRASE", EASY)
    monkeypatch.setattr(sealing, "RECEIPT", EASY)
    monkeypatch.setattr(limits, "WAITS", ((0, 0, 1),))
    cache.clear()


@dataclass
class Desk:
    """officer, other: take tips; head, second: approve; recovery: part → passphrase on paper."""

    officer: User
    other: User
    head: User
    second: User
    recovery: dict[str, str]

    def opened(self, user: User) -> dict[int, bytes]:
        """What the user's passphrase opens."""
        return {key.pk: sealing.unlock(key.kept, PASS) for key in TipKey.objects.filter(user=user).exclude(state="ended")}


@pytest.fixture
def people(loaded):
    place = organisation("TB", "示例市医保局举报中心", "authority", AREA)
    made = [
        account(name, title, role, place)
        for name, title, role in (
            ("jia", "贾受理", "tip_officer"), ("yi", "易受理", "tip_officer"),
            ("bing", "邴负责", "tip_head"), ("ding", "丁负责", "tip_head"),
        )
    ]  # fmt: skip
    return Desk(*made, {})


@pytest.fixture
def desk(people):
    """All keys made and confirmed by the other side."""
    first = keys.make_key("officer", AREA, PASS, **by(people.officer))
    over = keys.make_key("head", AREA, PASS, **by(people.head))
    keys.confirm(first.pk, {}, **by(people.head))
    keys.confirm(over.pk, people.opened(people.officer), **by(people.officer))
    for user, part, witness in ((people.other, "officer", people.head), (people.second, "head", people.officer)):
        keys.confirm(keys.make_key(part, AREA, PASS, **by(user)).pk, people.opened(witness), **by(witness))
    for part, maker, witness in (
        ("recovery_one", people.officer, people.head),
        ("recovery_two", people.head, people.officer),
    ):
        key, people.recovery[part] = keys.make_recovery(part, AREA, **by(maker))
        keys.confirm(key.pk, people.opened(witness), **by(witness))
    return people


WHO = Identity("钟举报", "13900000000", "示例路 1 号")
SAID = Said("示例市第一医院", "住院病人没有来住院，费用照样上传，护士站有两本登记簿。")


@pytest.fixture
def give(desk):
    """Take a tip in; the tip with its receipt."""

    def given(said=SAID, files=(), *, channel="web", who=None, token=None):
        token = token or f"token-{Tip.objects.count()}"
        receipt = receiving.receive(said, files, area=AREA, channel=channel, token=token, **by(who))
        return Tip.objects.get(number=receipt.number), receipt

    return given
