"""A bureau prepares a campaign, its head issues it, counties below sign for it and make their own plans."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from tests.web.campaigns.conftest import CITY, COUNTY, day, file_of, issue, said
from tests.web.conftest import account, browser, by, organisation
from yijian.web.attachments.doors import may_see
from yijian.web.attachments.models import Attachment
from yijian.web.audit_log.models import LogEntry
from yijian.web.campaigns import actions
from yijian.web.campaigns.kinds import Duty, Phase, moved, templates
from yijian.web.campaigns.models import Campaign
from yijian.web.campaigns.queries import campaign_for, campaigns_for
from yijian.web.clocks.models import Clock, Notice
from yijian.web.papers.queries import papers_of


def test_prepared_approved_issued(running, people):
    assert (running.state, running.number[:5]) == ("running", "医保专治〔")
    (paper,) = papers_of(f"campaigns.campaign:{running.pk}")
    assert "重复收费" in " ".join(paper.said["paragraphs"])
    owed = {(d.area, d.kind): d for d in running.duties.all()}
    assert set(owed) == {(CITY, "report"), (COUNTY, "receipt"), (COUNTY, "plan")}
    clock = Clock.objects.get(about=f"campaigns.campaignduty:{owed[COUNTY, 'plan'].pk}", ended="")
    assert (clock.area, clock.due, clock.right) == (COUNTY, day(5), "keep_campaigns")
    assert Notice.objects.filter(to=people["county"], text__contains=running.title).exists()
    assert LogEntry.objects.filter(kind="专项治理", area=CITY).count() == 3


def test_who_prepared_it_does_not_approve_it_nor_does_an_agency(people, agency):
    made = actions.prepare(CITY, said(), **by(people["supervisor"]))
    actions.take(made.pk, "submit", **by(people["supervisor"]))
    both = account("both", "某人", ("supervisor", "head"), people["head"].organisation)
    Campaign.objects.filter(pk=made.pk).update(by=both)
    for who in (account("agency-head", "某人", "head", agency), both):
        with pytest.raises(ValidationError, match="不能审批"):
            actions.take(made.pk, "issue", **by(who))
    with pytest.raises(PermissionDenied):
        actions.take(made.pk, "issue", **by(people["supervisor"]))


@pytest.mark.parametrize("word", ["change", "submit"])
def test_who_changed_or_submitted_it_does_not_issue_it(people, word):
    made = actions.prepare(CITY, said(), **by(people["supervisor"]))
    both = account("both", "某人", ("supervisor", "head"), people["head"].organisation)
    if word == "change":
        actions.change(made.pk, said(title="改过的专项治理"), **by(both))
        assert "修改" in browser(people["supervisor"]).get(f"/campaigns/{made.pk}/").content.decode()
    actions.take(made.pk, "submit", **by(both if word == "submit" else people["supervisor"]))
    with pytest.raises(ValidationError, match="不能审批"):
        actions.take(made.pk, "issue", **by(both))
    assert actions.take(made.pk, "issue", **by(people["head"])).state == "running"


def test_a_county_sees_what_it_owes_and_not_what_another_reported(people):
    west = account("supervisor-w", "某人", "supervisor", organisation("YBW", "西城区医保局", "authority", "999902"))
    below = said(duties=[Duty("report", "阶段小结", "below", day(30))])
    made = issue(actions.prepare(CITY, below, **by(people["supervisor"])), people)
    duty = made.duties.get(kind="report", area=COUNTY)
    actions.fulfil(duty.pk, note="查处三家机构", files=[file_of("小结".encode(), "小结.txt")], **by(people["county"]))
    actions.report(made.pk, **by(people["supervisor"]))
    paper = papers_of(f"campaigns.campaignreport:{made.pk}").get()
    file = Attachment.objects.get(about=f"campaigns.campaignduty:{duty.pk}")
    for who, seen in ((west, False), (people["county"], True), (people["supervisor"], True)):
        page = browser(who).get(f"/campaigns/{made.pk}/").content.decode()
        assert ("查处三家机构" in page, "小结.txt" in page) == (seen, seen)
        assert may_see(who, file.about) == seen
        whole = who == people["supervisor"]
        assert (paper.title in page) == whole
        assert (browser(who).get(f"/papers/{paper.pk}.pdf").status_code == 200) == whole
    assert "阶段小结" in browser(west).get(f"/campaigns/{made.pk}/").content.decode()


def test_it_goes_back_with_a_reason_and_is_changed(people):
    keeper, head = by(people["supervisor"]), by(people["head"])
    made = actions.prepare(CITY, said(), **keeper)
    actions.take(made.pk, "submit", **keeper)
    with pytest.raises(ValidationError, match="拟定中"):
        actions.change(made.pk, said(), **keeper)
    with pytest.raises(ValidationError, match="写明理由"):
        actions.take(made.pk, "back", **head)
    actions.take(made.pk, "back", reason="目标太低，请改", **head)
    actions.change(made.pk, said(targets={"on_site": Decimal("0.3")}), **keeper)
    made.refresh_from_db()
    assert (made.state, made.targets) == ("preparing", {"on_site": "0.3"})
    assert made.phases.count() == 3


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": "短"}, "名称"),
        ({"kinds": []}, "治理对象"),
        ({"focuses": ["charging", "person", "pharmacy"]}, "治理重点"),
        ({"data_end": date(2024, 1, 1)}, "止日不能早于起日"),
        ({"phases": []}, "至少一个"),
        ({"phases": [Phase("inspection", "检查", day(3), day(2))]}, "早于开始日期"),
        ({"targets": {"on_site": Decimal("1.2")}}, "不超过 100%"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(people, wrong, sentence):
    with pytest.raises(ValidationError, match=sentence):
        actions.prepare(CITY, said(**wrong), **by(people["supervisor"]))
    assert not Campaign.objects.exists()


def test_a_county_sees_it_signs_for_it_and_makes_its_own_plan(running, people):
    county = by(people["county"])
    assert campaign_for(people["county"], running.pk) == running
    receipt = running.duties.get(kind="receipt")
    actions.fulfil(receipt.pk, note="", **county)
    with pytest.raises(ValidationError, match="制定本地区方案"):
        actions.fulfil(running.duties.get(kind="plan").pk, note="已经制定", **county)
    inside = [Phase("self_inspection", "自查自纠", day(0), day(10))]
    made = actions.prepare(COUNTY, said(under=running, phases=inside, duties=[]), **county)
    with pytest.raises(ValidationError, match="已经有"):
        actions.prepare(COUNTY, said(under=running, phases=inside), **county)
    issue(made, people, "county", "county_head")
    plan = running.duties.get(kind="plan")
    assert plan.done is not None
    assert not Clock.objects.filter(about=f"campaigns.campaignduty:{plan.pk}", ended="").exists()
    assert made in campaigns_for(people["supervisor"])


def test_a_plan_below_stays_within_the_days_above(running, people):
    late = replace(said(under=running), phases=[Phase("self_inspection", "自查自纠", day(0), day(40))])
    with pytest.raises(ValidationError, match="超出上级方案"):
        actions.prepare(COUNTY, late, **by(people["county"]))


def test_what_is_not_issued_is_not_seen_below(people):
    made = actions.prepare(CITY, said(), **by(people["supervisor"]))
    with pytest.raises(Http404):
        campaign_for(people["county"], made.pk)


def test_reminded_by_hand_once_a_day_and_reported_with_papers(running, people):
    plan = running.duties.get(kind="plan")
    actions.remind(plan.pk, **by(people["supervisor"]))
    assert Notice.objects.filter(to=people["county"], text__startswith="催办").count() == 1
    with pytest.raises(ValidationError, match="今天已经催办过"):
        actions.remind(plan.pk, **by(people["supervisor"]))
    report = running.duties.get(kind="report")
    with pytest.raises(ValidationError, match="上传"):
        actions.fulfil(report.pk, note="已完成", **by(people["supervisor"]))
    actions.fulfil(report.pk, note="已经报送", files=[file_of("总结".encode(), "总结.txt")], **by(people["supervisor"]))
    assert "已经报送" in browser(people["supervisor"]).get(f"/campaigns/{running.pk}/").content.decode()


def test_the_end_stops_what_still_runs_and_a_report_is_prepared(running, people):
    actions.report(running.pk, **by(people["supervisor"]))
    text = papers_of(f"campaigns.campaignreport:{running.pk}").get(kind="campaign_report").said
    assert "应完成任务 3 项，已完成 0 项" in " ".join(text["paragraphs"])
    actions.take(running.pk, "end", reason="全部工作已完成", **by(people["supervisor"]))
    assert not Clock.objects.filter(about__startswith="campaigns.", ended="").exists()


@pytest.mark.parametrize("word", list(templates()))
def test_the_campaigns_of_the_notices_become_plans_of_another_year(people, word):
    page = browser(people["supervisor"]).get(f"/campaigns/new/?template={word}&year={day(0).year}")
    html = page.content.decode()
    one = templates()[word].of_year(day(0).year)
    assert all(str(p.begin) in html and p.title in html for p in one.phases)
    assert templates()[word].source in html


def test_a_leap_day_moves_to_the_28th():
    assert moved(date(2020, 2, 29), 1) == date(2021, 2, 28)


def test_prepared_on_the_page_and_what_was_written_stays(people):
    desk = browser(people["supervisor"])
    form = {
        "title": "药店专项治理", "text": "重点治理串换药品和套取现金", "area": CITY, "kinds": "pharmacy", "focuses": "pharmacy",
        "data_begin": "2025-01-01", "data_end": "2025-12-31", "target-on_site": "百分之二十",
        "phase_kind": ["self_inspection", "deployment"], "phase_title": ["自查自纠", ""], "phase_begin": [str(day(0)), ""],
        "phase_end": [str(day(9)), ""], "phase_tasks": ["", ""],
    }  # fmt: skip
    page = desk.post("/campaigns/prepare/", form)
    assert page.status_code == 400
    assert "不是数字" in page.content.decode()
    assert "重点治理串换药品" in page.content.decode()
    page = desk.post("/campaigns/prepare/", form | {"target-on_site": "20"}, follow=True)
    made = Campaign.objects.get()
    assert (made.targets, made.phases.get().title) == ({"on_site": "0.2"}, "自查自纠")
    assert page.redirect_chain[-1][0] == f"/campaigns/{made.pk}/"
    assert "自查自纠" in desk.get(f"/campaigns/{made.pk}/edit/").content.decode()
