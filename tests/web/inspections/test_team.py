"""Who is sent, who is not, and what stands behind a seal until its moment."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone

from tests.web.conftest import account, browser, by, earlier, organisation
from tests.web.inspections.conftest import CITY, all_answered, all_signed, flight, given, recorded
from yijian.web.clocks.models import Clock, Notice
from yijian.web.draws.models import DrawMember
from yijian.web.inspections import concluding, dossier, planning, visiting
from yijian.web.inspections.handing import passed_on
from yijian.web.inspections.models import Inspection, InspectionMember
from yijian.web.inspections.open_work import held_by
from yijian.web.inspections.queries import inspection_for, inspections_for, may_step
from yijian.web.institutions.queries import institution
from yijian.web.leads import actions as leads
from yijian.web.leads.queries import Lead
from yijian.web.papers.queries import papers_of


def test_a_team_of_one_is_not_sent(people):
    one = planning.plan(CITY, given(people, team=[people["a-member"].code]), **by(people["supervisor"]))
    with pytest.raises(ValidationError, match="不得少于 2 人"):
        planning.notify(one.pk, **by(people["supervisor"]))
    assert Inspection.objects.get(pk=one.pk).state == "planned"


def test_who_was_recused_from_a_subject_is_not_sent_there_again(planned, people):
    member = InspectionMember.objects.get(inspection=planned, account=people["a"])
    planning.join(planned.pk, people["c-member"].code, **by(people["supervisor"]))
    planning.leave(planned.pk, member.pk, reason="配偶在该院任职", recused=True, **by(people["a"]))
    left = InspectionMember.objects.filter(inspection=planned, left=None)
    assert set(left.values_list("account", flat=True)) == {people["b"].pk, people["c"].pk}
    assert left.get(duty="leader").account == people["b"]
    with pytest.raises(ValidationError, match="曾对这个对象回避（配偶在该院任职）"):
        planning.plan(CITY, given(people), **by(people["supervisor"]))
    with pytest.raises(ValidationError, match="曾对这个对象回避"):
        planning.join(planned.pk, people["a-member"].code, **by(people["supervisor"]))


def test_a_member_who_left_the_team_sees_nothing_any_more(people):
    one = flight(people)
    opened = timezone.now() + timedelta(hours=2)
    Inspection.objects.filter(pk=one.pk).update(sealed_until=timezone.now() - timedelta(hours=1))
    assert inspection_for(people["far"], one.pk) == one
    member = InspectionMember.objects.get(inspection=one, account=people["far"])
    planning.join(one.pk, people["b-member"].code, **by(people["supervisor"], opened))
    planning.leave(one.pk, member.pk, reason="另有任务安排", recused=False, **by(people["supervisor"]))
    with pytest.raises(Http404):
        inspection_for(people["far"], one.pk)


def test_a_flight_inspection_is_not_seen_before_its_seal_opens(people):
    one = flight(people)
    for name in ("a", "far", "c", "clerk"):
        assert one not in inspections_for(people[name])
    for name in ("supervisor", "head"):
        assert one in inspections_for(people[name])
    assert not Notice.objects.filter(to__in=[people["a"], people["far"], people["clerk"]]).exists()


def test_the_team_is_told_when_the_seal_opens_and_once(people):
    one = flight(people)
    now = timezone.now()
    assert planning.unseal(now) == 0
    assert not Notice.objects.filter(to=people["far"]).exists()
    assert planning.unseal(now + timedelta(hours=2)) == 1
    assert planning.unseal(now + timedelta(hours=3)) == 0
    assert Notice.objects.filter(to__in=[people["a"], people["far"]], text__contains=one.number).count() == 2


def test_a_team_of_another_area_sees_that_inspection_and_its_dossier_and_nothing_else(planned, people):
    one = flight(people)
    paper = dossier.compile_dossier(one.pk, **by(people["supervisor"]))
    Inspection.objects.filter(pk=one.pk).update(sealed_until=timezone.now() - timedelta(minutes=1))
    assert list(inspections_for(people["far"])) == [one]
    page = browser(people["far"])
    assert page.get(f"/inspections/{one.pk}/").status_code == 200
    assert page.get(f"/papers/{paper.pk}.pdf").status_code == 200
    assert page.get(f"/inspections/{planned.pk}/").status_code == 404
    assert page.get("/institutions/H1/").status_code == 404
    visiting.begin(one.pk, **by(people["far"]))
    clerk = browser(people["clerk"])
    assert clerk.get(f"/inspections/{one.pk}/").status_code == 200, "the team stands at the door: the hospital knows"
    assert clerk.get(f"/papers/{paper.pk}.pdf").status_code == 404
    assert browser(people["other-clerk"]).get(f"/inspections/{one.pk}/").status_code == 404


def test_a_flight_inspection_is_neither_announced_nor_planned_unsealed(people):
    with pytest.raises(ValidationError, match="须写明密封到什么时候"):
        flight(people, sealed_until=None)
    one = flight(people)
    with pytest.raises(ValidationError, match="不由您办理"):
        planning.notify(one.pk, **by(people["supervisor"]))


def test_an_ordinary_inspection_takes_nobody_from_another_city_and_needs_its_notice(planned, people):
    with pytest.raises(ValidationError, match="人员库"):
        planning.plan(CITY, given(people, team=[people["far-member"].code]), **by(people["supervisor"]))
    with pytest.raises(ValidationError, match="须先发出检查通知"):
        visiting.begin(planned.pk, **by(people["a"]))


def test_a_head_of_the_agency_neither_sees_what_is_sealed_nor_concludes(signed, people):
    agency = account("agency-head", "某主任", "head", organisation("JBC", "医保中心", "agency", CITY))
    one = flight(people)
    assert one not in inspections_for(agency)
    assert "conclude" not in may_step(agency, signed)
    with pytest.raises(ValidationError, match="不由您办理"):
        concluding.conclude(signed.pk, True, reason="存在挂床住院一人次，违反条例", **by(agency))


def test_somebody_who_moves_hands_his_place_in_a_team_over_to_one_of_the_register(planned, people):
    passed_on(people["a"], people["c"], when=timezone.now())
    left = InspectionMember.objects.filter(inspection=planned, left=None)
    assert set(left.values_list("account", flat=True)) == {people["b"].pk, people["c"].pk}
    assert held_by(people["c"]) == [planned.number]
    with pytest.raises(ValidationError, match="不在检查人员库里"):
        passed_on(people["c"], people["head"], when=timezone.now())


def test_a_head_of_the_inspected_agency_reads_what_a_subject_may_read_and_nothing_else(people):
    agency = organisation("JBC", "示例市医疗保障事务中心", "agency", CITY)
    chief = account("agency-head", "某主任", "head", agency)
    said = {"subject_kind": "agency", "institution": None, "agency": agency, "focuses": ["agency_control"]}
    one = planning.plan(CITY, given(people, **said), **by(people["supervisor"]))
    paper = dossier.compile_dossier(one.pk, **by(people["supervisor"]))
    page = browser(chief)
    assert page.get(f"/inspections/{one.pk}/").status_code == 404, "it is only planned"
    planning.notify(one.pk, **by(people["supervisor"]))
    visiting.begin(one.pk, **by(people["a"], earlier(2)))
    all_answered(one, people, bad=1)
    record = recorded(one, people)
    all_signed(one, record, people)
    concluding.finish(one.pk, reason="内控制度缺失，详见笔录", **by(people["b"]))
    told = page.get(f"/inspections/{one.pk}/")
    assert told.status_code == 200
    assert "内控制度缺失" not in told.content.decode()
    assert "<dt>拟定</dt>" not in told.content.decode()
    for inside in ("site/", f"records/{record.pk}/"):
        assert page.get(f"/inspections/{one.pk}/{inside}").status_code == 403
    assert page.get(f"/papers/{paper.pk}.pdf").status_code == 404
    assert "内控制度缺失" not in b"".join(page.get("/export/inspections.csv")).decode()
    concluding.conclude(one.pk, True, None, reason="没有建立稽核制度，应当整改", **by(people["head"]))
    letter = papers_of(f"inspections.inspection:{one.pk}").get(kind="inspection_result")
    assert page.get(f"/papers/{letter.pk}.pdf").status_code == 200
    assert "没有建立稽核制度" in page.get(f"/inspections/{one.pk}/").content.decode()
    clock = Clock.objects.get(ended="", about=f"inspections.inspection:{one.pk}")
    assert one.number in clock.title
    assert agency.name not in clock.title


def test_who_planned_it_does_not_go_there(planned, people):
    Inspection.objects.filter(pk=planned.pk).update(by=people["c"])  # an officer who was a supervisor when it was planned
    with pytest.raises(ValidationError, match="拟定了这次检查，不能同时是检查组成员"):
        planning.join(planned.pk, people["c-member"].code, **by(people["supervisor"]))
    with pytest.raises(ValidationError, match="不能接替检查组成员"):
        passed_on(people["a"], people["c"], when=timezone.now())


def test_nobody_begins_before_the_seal_after_the_days_or_without_a_valid_certificate(planned, people):
    now = timezone.now()
    sealed = flight(people)
    Inspection.objects.filter(pk=sealed.pk).update(sealed_until=now - timedelta(minutes=1))
    with pytest.raises(ValidationError, match="密封到"):
        visiting.begin(sealed.pk, **by(people["a"], now - timedelta(minutes=2)))
    planning.notify(planned.pk, **by(people["supervisor"]))
    DrawMember.objects.filter(pk=people["b-member"].pk).update(until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(ValidationError, match="检查员b的执法证件已过期"):
        visiting.begin(planned.pk, **by(people["a"]))
    DrawMember.objects.filter(pk=people["b-member"].pk).update(until=None)
    Inspection.objects.filter(pk=planned.pk).update(begin=now - timedelta(days=9), end=now - timedelta(days=2))
    with pytest.raises(ValidationError, match="已经过去"):
        visiting.begin(planned.pk, **by(people["a"]))
    assert Inspection.objects.get(pk=planned.pk).state == "notified"


def test_the_spot_is_not_left_by_a_team_of_one(there, people):
    all_answered(there, people)
    all_signed(there, recorded(there, people), people)
    InspectionMember.objects.filter(inspection=there, account=people["b"]).update(left=timezone.now())
    with pytest.raises(ValidationError, match="不得少于 2 人"):
        concluding.finish(there.pk, reason="逐床查看，没有发现问题", **by(people["a"]))


def test_somebody_is_sent_for_the_look_back_until_the_inspection_is_ended(concluded, people):
    planning.join(concluded.pk, people["c-member"].code, **by(people["supervisor"]))
    page = browser(people["supervisor"]).get(f"/inspections/{concluded.pk}/").content.decode()
    assert f'value="{people["d-member"].code}"' in page
    concluding.close(concluded.pk, reason="已当场改正", **by(people["supervisor"]))
    with pytest.raises(ValidationError, match="检查组不能再变"):
        planning.join(concluded.pk, people["d-member"].code, **by(people["supervisor"]))


def test_the_dossier_lists_no_lead_that_a_tip_became(planned, people):
    keeper, today = people["supervisor"], timezone.localdate()
    for source, title in ((Lead.Source.TIP, "某某反映挂床"), (Lead.Source.INSPECTION, "检查发现超标准收费")):
        made = leads.Given(
            source, title, "反映该院有人挂床住院，请予核实", "institution", today, institution("H1"), subject="", reference="一号"
        )
        leads.register(made, CITY, **by(keeper))
    said = str(dossier.compile_dossier(planned.pk, **by(keeper)).said)
    assert "检查发现超标准收费" in said
    assert "某某反映挂床" not in said
    assert "由举报形成的线索 1 条" in said
