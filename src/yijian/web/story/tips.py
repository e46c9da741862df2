"""Tips in the demo: keys of an officer and a head, and a tip in every state."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from yijian.web.accounts.queries import By, User
from yijian.web.leads import actions as leads
from yijian.web.leads.actions import Given
from yijian.web.leads.queries import lead_of
from yijian.web.tips import actions, erasing, keys, rewards
from yijian.web.tips.keyring import Opened
from yijian.web.tips.queries import Tip, tips_for
from yijian.web.tips.receiving import Identity, Said, receive
from yijian.web.tips.unlocking import keys_opened_by

CITY = "999900"
TIPPED = (
    ("某某中医门诊部", "门诊部把没有做的理疗记在老人的卡上，每周一上午集中刷卡，前台抽屉里放着一叠社保卡。", True, 25),
    ("示例市某某药房", "药房可以用医保卡换购保健品，开票写成药品，货架后面有一本换购登记。", False, 2),
    ("示例市某某医院", "骨科病房有人只在交钱那天来，床位长期空着，夜里查房一看就知道。", False, 20),
    ("某某体检中心", "体检中心的套餐太贵，服务态度也不好，希望有人来管一管这件事。", True, 15),
    ("某某诊所", "与上个月反映的是同一件事，诊所多收注射费，已经有人来查过了。", False, 40),
)
"""Subject, text, whether the tipster gave a name, days ago."""
WHO = Identity("周演示", "000-0000", "")


def tell(cast: dict[str, User], passphrase: str, now: datetime) -> int:
    """Tell it; how many tips there are. passphrase: of both people's keys."""

    def by(name: str, days: int) -> By:
        return {"who": cast[name], "when": now - timedelta(days=days), "where": None}

    _keys(cast, passphrase, by)
    for n, (subject, text, named, days) in enumerate(TIPPED):
        when = now - timedelta(days=days)
        said = Said(subject, text, WHO if named else None)
        receive(said, [], area=CITY, channel="web", token=f"story-{n}", who=None, when=when, where=None)
    proved, _, looked_into, turned_away, destroyed = tips_for(cast["jubao"]).order_by("pk")
    _prove(proved, by)
    _take_up(looked_into, "核查骨科病房是否有人挂床住院", by("jubao", 18))
    actions.turn_away(turned_away.pk, "pass_on", "health", "您反映的服务问题已转卫生健康部门。", **by("jubao", 12))
    actions.feedback(turned_away.pk, "您反映的服务问题已转卫生健康部门，请留意对方答复。", **by("jubao", 11))
    actions.turn_away(destroyed.pk, "reject", "handled", "这件事已经查处，没有新的线索。", **by("jubao", 38))
    actions.feedback(destroyed.pk, "这件事已经查处，感谢您的关心。", **by("jubao", 37))
    erasing.ask(destroyed.pk, "重复举报，原件已归档", **by("jubao", 5))
    erasing.erase(destroyed.pk, **by("jubaoshen", 4))
    return len(TIPPED)


def _keys(cast: dict[str, User], passphrase: str, by: Callable[[str, int], By]) -> None:
    """Each side vouches for the other's."""
    officer = keys.make_key("officer", CITY, passphrase, **by("jubao", 60))
    head = keys.make_key("head", CITY, passphrase, **by("jubaoshen", 60))
    opened: dict[str, Opened] = {name: keys_opened_by(cast[name], passphrase) for name in ("jubao", "jubaoshen")}
    one, _ = keys.make_recovery("recovery_one", CITY, **by("jubao", 60))
    two, _ = keys.make_recovery("recovery_two", CITY, **by("jubaoshen", 60))
    for key, witness in ((officer, "jubaoshen"), (head, "jubao"), (one, "jubaoshen"), (two, "jubao")):
        keys.confirm(key.pk, opened[witness], **by(witness, 60))


def _take_up(tip: Tip, facts: str, by: By) -> None:
    day = timezone.localdate(tip.received)
    actions.accept(
        tip.pk, Given("tip", facts, f"{facts}，材料由举报受理人员掌握。", "other", day, subject="待核实", about=_about(tip)), **by
    )


def _prove(tip: Tip, by: Callable[[str, int], By]) -> None:
    """Taken up, verified, confirmed; its reward waits for the second approval."""
    _take_up(tip, "核查理疗项目是否虚记", by("jubao", 23))
    lead = lead_of(_about(tip))
    assert lead is not None
    leads.assign(lead.pk, "banan", **by("jianguan", 22))
    leads.report(lead.pk, "case", Decimal("86400.00"), reason="抽查三个月记录，查实虚记理疗。", **by("banan", 9))
    leads.confirm(lead.pk, **by("fuze", 3))
    rewards.propose(tip.pk, 1, insider=False, **by("jubao", 2))
    rewards.decide(tip.pk, agree=True, **by("jubaoshen", 1))


def _about(tip: Tip) -> str:
    return f"tips.tip:{tip.pk}"
