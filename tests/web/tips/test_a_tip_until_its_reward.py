"""A tip from its receipt to feedback, reward and destruction; who opens what, and what two people are needed for."""

from decimal import Decimal
from hashlib import sha256

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.web.conftest import account, by, organisation
from tests.web.tips.conftest import AREA, SAID, WHO
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks.models import Clock, Notice
from yijian.web.institutions.models import Institution
from yijian.web.leads import actions as leading
from yijian.web.leads.actions import Given
from yijian.web.leads.models import Lead
from yijian.web.parameters.queries import calendar_of
from yijian.web.tips import actions, erasing, receiving, rewards, unsealing
from yijian.web.tips.models import Tip, TipFile, TipMessage, TipShare, Unsealing
from yijian.web.tips.receiving import Identity, Said

NAMED = Said(SAID.subject, SAID.text, WHO)


def lead_of(tip):
    return Given(
        "tip", "疑似挂床住院", "核查住院登记与上传费用是否一致", "institution", timezone.localdate(),
        Institution.objects.get(pk="H1"), about=f"tips.tip:{tip.pk}",
    )  # fmt: skip


def closed_lead(tip, desk, result="case", amount=Decimal("100000")):
    """The tip is taken up, and its lead verified and confirmed."""
    actions.accept(tip.pk, lead_of(tip), **by(desk.officer))
    place = desk.officer.organisation
    keeper, officer, head = (account(f"l-{r}", r, r, place) for r in ("supervisor", "case_officer", "head"))
    lead = Lead.objects.get(about=f"tips.tip:{tip.pk}")
    leading.assign(lead.pk, officer.username, **by(keeper))
    leading.report(lead.pk, result, amount, reason="核查完毕，情况属实", **by(officer))
    leading.confirm(lead.pk, **by(head))
    tip.refresh_from_db()
    return lead


def test_the_receipt_proves_what_was_handed_in(give):
    tip, receipt = give()
    assert sha256(receipt.proof).hexdigest() == receipt.commitment == tip.commitment
    assert SAID.text in receipt.proof.decode()
    assert receipt.commitment in LogEntry.objects.get(act="tips.receive").purpose
    line = LogEntry.objects.get(act="tips.receive")
    assert (line.user_id, line.address, line.who) == (None, "", "")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said("", SAID.text), "哪家机构"), (Said("某院", "太短"), "事情经过"), (Said("某院", "长" * 20_001), "事情经过"),
        (Said("某院", SAID.text, Identity("", "13900000000")), "实名举报请写姓名"),
        (Said("某院", SAID.text, Identity("钟举报")), "电话或地址"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused(give, said, why):
    with pytest.raises(ValidationError, match=why):
        give(said)
    assert not Tip.objects.exists()


def test_the_same_form_is_taken_once(give):
    give(token="same")
    with pytest.raises(ValidationError, match="已经提交过"):
        give(token="same")
    assert Tip.objects.count() == 1


def test_an_area_without_keys_takes_nothing(people):
    with pytest.raises(ValidationError, match="受理单位"):
        receiving.receive(SAID, [], area=AREA, channel="web", token="t", **by(None))
    assert not Tip.objects.exists()


def test_officers_open_it_heads_and_others_do_not(give, desk):
    tip, _ = give()
    for officer in (desk.officer, desk.other):
        assert actions.open_tip(tip.pk, desk.opened(officer), **by(officer))[1].text == SAID.text
    with pytest.raises(ValidationError, match="先输入口令"):
        actions.open_tip(tip.pk, {}, **by(desk.officer))
    with pytest.raises(PermissionDenied):
        actions.open_tip(tip.pk, desk.opened(desk.head), **by(desk.head))
    above = account("above", "上级受理", "tip_officer", organisation("PB", "示例省医保局", "authority", "990000"))
    with pytest.raises(PermissionDenied):
        actions.open_tip(tip.pk, {}, **by(above))
    assert LogEntry.objects.filter(act="tips.open", about=tip.number).count() == 2


def test_the_holder_and_the_officers_talk(give, desk):
    tip, receipt = give()
    actions.write(tip.pk, "请问是哪个病区？", **by(desk.officer))
    found, keys = actions.holder(receipt.code.lower())
    assert found == tip
    assert [one.text for one in actions.answers(found, keys)] == ["请问是哪个病区？"]
    actions.reply(found, "三楼的内科病区。", when=timezone.now())
    messages = actions.open_tip(tip.pk, desk.opened(desk.other), **by(desk.other))[2]
    assert [(one.incoming, one.text) for one in messages] == [(False, "请问是哪个病区？"), (True, "三楼的内科病区。")]
    assert [one.text for one in actions.answers(found, keys)] == ["请问是哪个病区？"]  # what he wrote is not shown again
    assert Notice.objects.filter(to=desk.officer, text__contains="新的补充").exists()


def test_a_guessed_code_opens_nothing(give):
    _, receipt = give()
    wrong = receipt.code[:-1] + ("A" if receipt.code[-1] != "A" else "B")
    for code in (wrong, "", "ABCD", "2" * 24):
        with pytest.raises(ValidationError, match="没有这个回执码"):
            actions.holder(code)


def test_taken_up_it_becomes_a_lead_that_says_nothing_of_the_tipster(give, desk):
    tip, _ = give(NAMED)
    closed_lead(tip, desk)
    lead = Lead.objects.get()
    assert (lead.source, lead.by, tip.state, tip.outcome) == ("tip", None, "decided", "proved")
    assert not any(word in str(vars(lead)) for word in (WHO.name, WHO.telephone, SAID.text))
    clock = Clock.objects.get(kind="tip_feedback", ended="")
    assert calendar_of(AREA).between(timezone.localdate(), clock.due) == 5
    actions.feedback(tip.pk, "查实，已立案处理。", **by(desk.officer))
    tip.refresh_from_db()
    assert tip.state == "closed"
    assert not Clock.objects.filter(about=f"tips.tip:{tip.pk}", ended="").exists()


def test_a_lead_merged_into_another_takes_its_tip_along(give, desk):
    (first, _), (second, _) = give(), give()
    actions.accept(second.pk, lead_of(second), **by(desk.officer))
    keeper = account("keeper2", "登记", "supervisor", desk.officer.organisation)
    merged = Lead.objects.get(about=f"tips.tip:{second.pk}")
    actions.accept(first.pk, lead_of(first), **by(desk.officer))
    into = Lead.objects.get(about=f"tips.tip:{first.pk}")
    leading.merge(merged.pk, into.number, reason="反映同一件事", **by(keeper))
    officer, head = (account(f"m-{r}", r, r, desk.officer.organisation) for r in ("case_officer", "head"))
    leading.assign(into.pk, officer.username, **by(keeper))
    leading.report(into.pk, "unfounded", None, reason="核查完毕，查无实据", **by(officer))
    leading.confirm(into.pk, **by(head))
    assert list(Tip.objects.values_list("state", "outcome")) == [("decided", "unproved")] * 2


def test_a_lead_merged_into_one_that_has_ended_brings_its_tip_the_same_result(give, desk):
    first, second = give()[0], give()[0]
    closed_lead(first, desk)
    ended = Lead.objects.get(about=f"tips.tip:{first.pk}")
    actions.accept(second.pk, lead_of(second), **by(desk.officer))
    keeper = account("keeper2", "登记", "supervisor", desk.officer.organisation)
    leading.merge(Lead.objects.get(about=f"tips.tip:{second.pk}").pk, ended.number, reason="反映同一件事", **by(keeper))
    assert list(Tip.objects.values_list("state", "outcome")) == [("decided", "proved")] * 2


@pytest.mark.parametrize(("word", "reason", "outcome"), [("reject", "unclear", "rejected"), ("pass_on", "health", "passed_on")])
def test_turned_away_the_tipster_is_told_why(give, desk, word, reason, outcome):
    tip, receipt = give(NAMED)
    with pytest.raises(ValidationError, match="从名单中选择"):
        actions.turn_away(tip.pk, word, "because", "不归我们管", **by(desk.officer))
    actions.turn_away(tip.pk, word, reason, "您反映的情况由其他部门处理。", **by(desk.officer))
    tip.refresh_from_db()
    assert (tip.state, tip.outcome) == ("decided", outcome)
    assert actions.answers(*actions.holder(receipt.code))[0].text == "您反映的情况由其他部门处理。"
    assert Clock.objects.filter(kind="tip_feedback", ended="").exists()
    with pytest.raises(ValidationError, match="现在的状态"):
        actions.accept(tip.pk, lead_of(tip), **by(desk.officer))


def test_who_gave_it_is_seen_only_where_a_head_agrees(give, desk):
    tip, _ = give(NAMED)
    with pytest.raises(ValidationError, match="没有在有效期内的同意"):
        unsealing.see(tip.pk, desk.opened(desk.officer), **by(desk.officer))
    asked = unsealing.ask(tip.pk, "需当面核对材料", **by(desk.officer))
    with pytest.raises(PermissionDenied):
        unsealing.decide(asked.pk, grant=True, opened=desk.opened(desk.other), **by(desk.other))
    with pytest.raises(ValidationError, match="先输入口令"):
        unsealing.decide(asked.pk, grant=True, opened={}, **by(desk.head))
    unsealing.decide(asked.pk, grant=True, opened=desk.opened(desk.head), **by(desk.head))
    assert unsealing.see(tip.pk, desk.opened(desk.officer), **by(desk.officer))[1] == WHO
    with pytest.raises(ValidationError, match="没有在有效期内的同意"):  # it was given to one officer, not to all
        unsealing.see(tip.pk, desk.opened(desk.other), **by(desk.other))
    acts = LogEntry.objects.filter(about=tip.number, act__contains="identity").order_by("number").values_list("act", flat=True)
    assert list(acts) == ["tips.ask_identity", "tips.grant_identity", "tips.see_identity"]


def test_a_look_ends_after_a_day_and_leaves_no_half_behind(give, desk):
    tip, _ = give(NAMED)
    asked = unsealing.ask(tip.pk, "需当面核对材料", **by(desk.officer))
    unsealing.decide(asked.pk, grant=True, opened=desk.opened(desk.head), **by(desk.head))
    later = timezone.now() + unsealing.LONG
    with pytest.raises(ValidationError, match="没有在有效期内"):
        unsealing.see(tip.pk, desk.opened(desk.officer), **by(desk.officer, later))
    assert unsealing.forget_halves(when=later) == 1
    assert Unsealing.objects.get().half is None


def test_neither_side_has_the_key_of_an_identity_alone(give, desk):
    tip, _ = give(NAMED)
    held = {(s.part, s.key.part) for s in TipShare.objects.filter(tip=tip)}
    assert held == {
        ("content", "officer"), ("content", "recovery_one"),
        ("identity_one", "officer"), ("identity_one", "recovery_one"),
        ("identity_two", "head"), ("identity_two", "recovery_two"),
    }  # fmt: skip


def test_a_tip_is_destroyed_by_two_people_after_it_was_closed(give, desk):
    tip, receipt = give(NAMED)
    with pytest.raises(ValidationError, match="没有办结"):
        erasing.ask(tip.pk, "超过保存期限", **by(desk.officer))
    actions.turn_away(tip.pk, "reject", "handled", "您反映的情况已处理。", **by(desk.officer))
    actions.feedback(tip.pk, "您反映的情况已处理。", **by(desk.officer))
    with pytest.raises(ValidationError, match="须先由"):
        erasing.erase(tip.pk, **by(desk.head))
    erasing.ask(tip.pk, "超过保存期限", **by(desk.officer))
    with pytest.raises(PermissionDenied):
        erasing.erase(tip.pk, **by(desk.officer))
    erasing.erase(tip.pk, **by(desk.head))
    tip.refresh_from_db()
    assert (tip.state, tip.content, tip.identity) == ("erased", None, None)
    assert not any(model.objects.filter(tip=tip).exists() for model in (TipShare, TipMessage, TipFile))
    assert tip.number == receipt.number
    with pytest.raises(ValidationError, match="已销毁"):
        actions.reply(actions.holder(receipt.code)[0], "还在吗？我有补充", when=timezone.now())


def test_a_telephone_call_is_written_down_by_an_officer(give, desk):
    tip, _ = give(NAMED, channel="telephone", who=desk.officer)
    assert (tip.by, tip.named, tip.channel) == (desk.officer, True, "telephone")
    with pytest.raises(ValidationError, match="途径"):
        give(NAMED, channel="telephone")
    with pytest.raises(ValidationError, match="途径"):
        give(NAMED, channel="web", who=desk.officer)


@pytest.mark.parametrize(
    ("proved", "grade", "insider", "amount"),
    [
        ("100000", 1, False, "3000.00"), ("100000", 2, False, "2000.00"), ("100000", 1, True, "3600.00"),
        ("100", 3, False, "200.00"), ("0", 1, False, "400.00"), ("100000000", 1, False, "200000.00"),
    ],
)  # fmt: skip
def test_a_reward_is_a_share_between_the_least_and_the_cap(db, proved, grade, insider, amount):
    today = timezone.localdate()
    assert rewards.computed(Decimal(proved), grade, insider=insider, area=AREA, on=today).amount == Decimal(amount)


def test_an_older_tip_is_rewarded_by_the_older_rule(db):
    before = rewards.rules()[0].begin.replace(year=2020)
    assert rewards.computed(Decimal(10**8), 1, insider=False, area=AREA, on=before).amount == Decimal(100_000)
    with pytest.raises(ValidationError, match="早于"):
        rewards.computed(Decimal(1), 1, insider=False, area=AREA, on=before.replace(year=2010))


def test_a_reward_is_approved_by_two_claimed_by_receipt_and_paid(give, desk):
    tip, receipt = give()
    closed_lead(tip, desk)
    reward = rewards.propose(tip.pk, 1, insider=False, **by(desk.officer))
    assert reward.amount == Decimal("3000.00")
    assert rewards.for_tipster(tip, timezone.now()) is None
    rewards.decide(tip.pk, agree=True, **by(desk.head))
    with pytest.raises(ValidationError, match="不由您审批"):
        rewards.decide(tip.pk, agree=True, **by(desk.head))
    with pytest.raises(ValidationError, match="两人审批"):
        rewards.pay(tip.pk, "BANK-1", timezone.localdate(), **by(desk.officer))
    rewards.decide(tip.pk, agree=True, **by(desk.second))
    found, _ = actions.holder(receipt.code)
    rewards.claim(found, "户名张某，账号 0000", when=timezone.now())
    with pytest.raises(ValidationError, match="不能申领"):
        rewards.claim(found, "户名张某，账号 0000", when=timezone.now())
    messages = actions.open_tip(tip.pk, desk.opened(desk.officer), **by(desk.officer))[2]
    assert messages[-1].text == "申领奖励：户名张某，账号 0000"
    rewards.pay(tip.pk, "BANK-1", timezone.localdate(), **by(desk.officer))
    (row,) = rewards.statement(desk.officer)
    assert (row["state"], row["n"], row["yuan"]) == ("paid", 1, Decimal("3000.00"))


def test_what_was_not_proved_is_not_rewarded(give, desk):
    tip, _ = give()
    closed_lead(tip, desk, result="unfounded", amount=None)
    with pytest.raises(ValidationError, match="只有查实"):
        rewards.propose(tip.pk, 1, insider=False, **by(desk.officer))
