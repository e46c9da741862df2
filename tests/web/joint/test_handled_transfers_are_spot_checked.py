"""Transfers are drawn by a recorded seed and looked at by somebody else; what is wrong is told to the office, which mends it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.web.conftest import account, browser, by
from tests.web.joint.conftest import CITY, COUNTY, days_ago, handed_over, transfers
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks.models import Clock, Notice
from yijian.web.joint import checks, queries
from yijian.web.joint.checklist import questions
from yijian.web.joint.models import SpotCheck, SpotItem
from yijian.web.leads import actions as leads
from yijian.web.papers.models import Paper
from yijian.web.transfers.models import Transfer
from yijian.web.transfers.queries import lead_of_transfer


def period(days=30):
    today = timezone.localdate()
    return today - timedelta(days=days), today - timedelta(days=1)


def answered(no=(), direction="in"):
    return {word: "no" if word in no else "yes" for word in questions(direction)}


@pytest.fixture
def drawn(cast):
    handed_over(cast, 12)
    return checks.draw(CITY, *period(), seed="示例种子", **by(cast["keeper"]))


def running(about):
    return set(Clock.objects.filter(about=about, ended="").values_list("kind", flat=True))


def test_a_draw_is_a_tenth_rounded_up_and_the_same_again(drawn, cast):
    assert (drawn.population, drawn.drawn) == (12, 2)
    assert checks.again(cast["keeper"], drawn.pk)
    first = set(drawn.items.values_list("transfer", flat=True))
    other = checks.draw(CITY, *period(), seed="示例种子", **by(cast["second"]))
    assert set(other.items.values_list("transfer", flat=True)) == first
    assert running(f"joint.check:{drawn.pk}") == {"spot_check"}
    assert LogEntry.objects.filter(act="joint.draw", about=str(drawn.pk), area=CITY, purpose__contains="示例种子").exists()


def test_what_is_sent_later_does_not_change_it_but_a_book_that_was_changed_shows(drawn, cast):
    handed_over(cast, 3, days=0)
    assert checks.again(cast["keeper"], drawn.pk)
    Transfer.objects.filter(pk=Transfer.objects.order_by("pk").first().pk).update(sent_on=timezone.localdate())
    assert not checks.again(cast["keeper"], drawn.pk)
    assert "不一致" in browser(cast["keeper"]).get(f"/joint/checks/{drawn.pk}/").content.decode()


@pytest.mark.parametrize(("begin", "end"), [(-30, 0), (-1, -30), (-30, 1)])
def test_a_time_that_is_not_over_or_runs_backwards_is_refused(cast, begin, end):
    handed_over(cast, 1)
    today = timezone.localdate()
    with pytest.raises(ValidationError, match="前后有序"):
        checks.draw(CITY, today + timedelta(days=begin), today + timedelta(days=end), **by(cast["keeper"]))
    assert not SpotCheck.objects.exists()


def test_a_time_without_transfers_is_refused(cast):
    with pytest.raises(ValidationError, match="没有移出或移入的案件"):
        checks.draw(CITY, *period(), **by(cast["keeper"]))


def test_only_the_office_itself_draws(cast):
    handed_over(cast, 1)
    with pytest.raises(PermissionDenied):
        checks.draw(CITY, *period(), **by(cast["county"]))
    with pytest.raises(PermissionDenied):
        checks.draw(CITY, *period(), **by(cast["head"]))


def test_the_city_checks_what_its_counties_have(cast):
    handed_over(cast, 1, area=COUNTY)
    made = checks.draw(CITY, *period(), **by(cast["keeper"]))
    item = made.items.get()
    assert queries.item_for(cast["county"], item.pk) == item
    assert not queries.checks_for(cast["county"]).exists()
    checks.look(item.pk, answered(no=["receipt"]), reason="没有签收回执", **by(cast["keeper"]))
    assert Clock.objects.get(about=f"joint.item:{item.pk}", ended="").area == COUNTY
    with pytest.raises(ValidationError, match="须由承办单位办理"):
        checks.correct(item.pk, reason="已补签回执", **by(cast["keeper"]))
    checks.correct(item.pk, reason="已补签回执", **by(cast["county"]))


def test_what_is_wrong_is_told_and_mended(drawn, cast):
    item, other = drawn.items.order_by("pk")
    with pytest.raises(ValidationError, match="须写明理由"):
        checks.look(item.pk, answered(no=["receipt"]), reason="", **by(cast["second"]))
    checks.look(item.pk, answered(no=["receipt"]), reason="没有签收回执", **by(cast["second"]))
    assert running(f"joint.item:{item.pk}") == {"spot_correction"} and running(f"joint.check:{drawn.pk}") == {"spot_check"}
    assert Notice.objects.filter(to=cast["keeper"], text__contains="移送抽查发现 1 个问题").exists()
    paper = Paper.objects.get(kind="spot_check_opinion", about=f"joint.item:{item.pk}")
    assert paper.said["tables"][0]["rows"] == [["1", "有签字的回执"]]
    checks.look(other.pk, answered(), reason="", **by(cast["second"]))
    assert not running(f"joint.check:{drawn.pk}")
    done = checks.correct(item.pk, reason="已补签回执", **by(cast["keeper"]))
    assert (done.state, done.corrected) == ("corrected", "已补签回执") and not running(f"joint.item:{item.pk}")
    assert queries.tally(cast["keeper"], item.transfer.sent_on.year) == {"drawn": 2, "looked": 2, "found": 1, "corrected": 1}


def test_whoever_had_a_part_does_not_look(drawn, cast):
    item = drawn.items.order_by("pk").first()
    transfers.receive(item.transfer.pk, **by(cast["keeper"]))
    lead = lead_of_transfer(item.transfer)
    leads.assign(lead.pk, "j-officer", **by(cast["second"]))
    for somebody in ("keeper", "officer", "second"):
        with pytest.raises(ValidationError, match="没有参与"):
            checks.look(item.pk, answered(), reason="", **by(cast[somebody]))
    third = account("j-third", "第三人", "case_officer", cast["keeper"].organisation)
    assert checks.look(item.pk, answered(), reason="", **by(third)).state == "clean"
    with pytest.raises(ValidationError, match="不能“未发现问题”"):
        checks.look(item.pk, answered(), reason="", **by(third))


def test_a_question_without_an_answer_is_asked_again_and_nothing_is_lost(drawn, cast):
    item = drawn.items.order_by("pk").first()
    page = browser(cast["second"])
    some = {**answered(no=["result"]), "reason": "对方的文书与台账不一致"}
    again = page.post(f"/joint/checked/{item.pk}/look/", {word: value for word, value in some.items() if word != "lists"})
    shown = again.content.decode()
    assert again.status_code == 400 and "还有 1 项没有填写" in shown and "对方的文书与台账不一致" in shown
    page.post(f"/joint/checked/{item.pk}/look/", some)
    item.refresh_from_db()
    assert item.state == "found"


def test_it_shows_on_the_transfer_and_in_the_yearly_statement(drawn, cast):
    item = drawn.items.order_by("pk").first()
    checks.look(item.pk, answered(no=["receipt"]), reason="没有签收回执", **by(cast["second"]))
    page, year = browser(cast["keeper"]), item.transfer.sent_on.year
    assert f'href="/joint/checked/{item.pk}/">有问题，待整改' in page.get(f"/transfers/{item.transfer.pk}/").content.decode()
    assert "抽中 2 件，已抽查 1 件，发现问题 1 件" in page.get("/transfers/statement/", {"year": year}).content.decode()
    theirs = browser(cast["health"]).get(f"/transfers/{item.transfer.pk}/")
    assert theirs.status_code == 200 and "移送抽查" not in theirs.content.decode()


def test_what_the_record_says_stands_beside_each_question(cast):
    handed_over(cast, 1, days=5)
    made = checks.draw(CITY, *period(), **by(cast["keeper"]))
    transfers.receive(made.items.get().transfer.pk, **days_ago(cast["keeper"], 3))
    shown = browser(cast["second"]).get(f"/joint/checked/{made.items.get().pk}/").content.decode()
    assert "第 0 个工作日（期限 7 个工作日）" in shown and "签收" in shown and "登记为线索〔" in shown and "移送审批" not in shown


def test_the_draws_page_and_the_export(drawn, cast):
    page = browser(cast["keeper"])
    assert "示例种子" in page.get("/joint/checks/").content.decode()
    there = page.post("/joint/checks/draw/", {"area": CITY, "begin": str(period()[0]), "end": str(period()[1]), "seed": ""})
    assert there["Location"] == f"/joint/checks/{SpotCheck.objects.latest('pk').pk}/"
    assert page.get("/export/spot-checks.xlsx", {"state": "waiting"}).status_code == 200
    assert SpotItem.objects.filter(state="waiting").count() == 4
