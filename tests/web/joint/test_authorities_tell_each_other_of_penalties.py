"""Decisions in force are read by the other authorities; they register theirs, doctors by a shortened name only."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone

from tests.web.conftest import account, browser, by, organisation
from tests.web.joint.conftest import CITY, COUNTY
from yijian.web.audit_log.models import LogEntry
from yijian.web.cases.models import Case, Decision
from yijian.web.clocks.models import Notice
from yijian.web.institutions.queries import institution
from yijian.web.joint import telling, told
from yijian.web.joint.models import Penalised
from yijian.web.joint.telling import Told
from yijian.web.leads import actions as leads


def said(**more):
    fields = {
        "kind": "doctor", "place": "H1", "name": "王某某", "role": "主治医师", "measure": "暂停执业六个月",
        "number": "卫罚〔2026〕7号", "day": timezone.localdate(), "reason": "出具虚假诊断证明",
    }  # fmt: skip
    return Told(**{**fields, **more})


def decided(cast, area=CITY, *, kind="institution", served=True, outcome="penalty"):
    """A case with its decision, as the procedure of cases leaves it."""
    place = institution("H1") if kind == "institution" else None
    given = leads.Given("media", "重复收费", "媒体报道某院重复收费", kind, timezone.localdate(), place, "P1" if not place else "")
    lead = leads.register(given, area, **by(cast["keeper"]))
    case = Case.objects.create(
        number=f"案{lead.pk}", lead=lead, cause=13, subject_kind=kind, institution=place, subject=given.subject,
        title="重复收费案", facts="一天收费两次", discovered=timezone.localdate(), area=area, opened=timezone.now(),
        by=cast["keeper"],
    )  # fmt: skip
    day = timezone.localdate()
    return Decision.objects.create(case=case, outcome=outcome, fine=1000, reasons="从轻", day=day, served=day if served else None)


def test_the_others_read_our_penalties_in_force_and_nobody_insured(cast):
    one = decided(cast)
    decided(cast, served=False)
    decided(cast, outcome="no_penalty")
    decided(cast, kind="person")
    far = organisation("WJ88", "他市卫健委", "partner", "888800")
    assert list(told.decisions_for(cast["health"])) == [one] == list(told.decisions_for(cast["keeper"]))
    assert not told.decisions_for(account("j-far", "外地卫健", "partner", far)).exists()
    page = browser(cast["health"])
    shown = page.get("/joint/penalties/").content.decode()
    assert one.case.number in shown and one.case.institution.name in shown and "1,000.00" in shown
    assert page.get("/export/penalties.xlsx").status_code == 200


def test_an_authority_tells_our_office_and_takes_back_what_was_wrong(cast):
    row = telling.tell(CITY, said(), **by(cast["health"]))
    assert (row.giver, row.name) == (cast["health"].organisation, "王某某")
    assert Notice.objects.filter(to=cast["keeper"], text__contains="卫罚〔2026〕7号").exists()
    with pytest.raises(ValidationError, match="已经登记过"):
        telling.tell(CITY, said(), **by(cast["health"]))
    with pytest.raises(ValidationError, match="由登记它的单位撤回"):
        telling.withdraw(row.pk, reason="不同意这条", **by(cast["keeper"]))
    telling.withdraw(row.pk, reason="复议撤销", **by(cast["health"]))
    assert "已撤回：复议撤销" in browser(cast["keeper"]).get("/joint/told/").content.decode()
    assert LogEntry.objects.filter(act="joint.withdraw", about="卫罚〔2026〕7号", area=CITY).exists()
    telling.tell(CITY, said(), **by(cast["health"]))


def test_our_office_tells_the_authorities_near_it(cast):
    telling.tell(CITY, said(measure="医保支付资格记 9 分", number="医保记〔2026〕2号"), **by(cast["keeper"]))
    assert Notice.objects.filter(to=cast["health"], text__contains="示例市医疗保障局通报").exists()
    assert told.told_to(cast["health"]).count() == 1
    audit = account("j-audit", "审计", "partner", organisation("SJ", "示例市审计局", "partner", CITY))
    telling.tell(CITY, said(), **by(cast["health"]))
    assert told.told_to(audit).count() == 1 and told.told_to(cast["keeper"]).count() == 2
    theirs = Penalised.objects.get(giver="WJ")
    with pytest.raises(Http404):
        telling.withdraw(theirs.pk, reason="不是我们的", **by(audit))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "王小明"}, "只写姓"), ({"name": "某"}, "只写姓"), ({"role": ""}, "职务"), ({"place": ""}, "所在机构"),
        ({"kind": "person"}, "对象"), ({"measure": ""}, "处理"), ({"reason": "电话 00000000000 反映"}, "不要写"),
        ({"day": timezone.localdate() + timedelta(days=9)}, "还没有到"),
        ({"kind": "institution", "place": "", "name": ""}, "名称"),
    ],
)  # fmt: skip
def test_names_numbers_and_what_cannot_be_are_refused(cast, wrong, words):
    with pytest.raises(ValidationError, match=words):
        telling.tell(CITY, said(**wrong), **by(cast["health"]))
    assert not Penalised.objects.exists()


def test_nobody_tells_in_the_name_of_another(cast):
    with pytest.raises(PermissionDenied):
        telling.tell(CITY, said(giver="GA"), **by(cast["health"]))
    with pytest.raises(PermissionDenied):
        telling.tell("888800", said(), **by(cast["health"]))
    with pytest.raises(PermissionDenied):
        telling.tell(CITY, said(), **by(cast["county"]))
    with pytest.raises(ValidationError, match="在系统中登记"):
        telling.tell(CITY, said(giver="WJ"), **by(cast["keeper"]))
    row = telling.tell(CITY, said(giver="GA", number="公罚〔2026〕1号"), **by(cast["keeper"]))
    assert row.giver.name == "示例市公安局"
    assert telling.withdraw(row.pk, reason="登记有误", **by(cast["keeper"])).withdrawn == "登记有误"


def test_the_county_sees_its_own(cast):
    telling.tell(CITY, said(), **by(cast["health"]))
    telling.tell(COUNTY, said(number="卫罚〔2026〕8号"), **by(cast["health"]))
    assert [one.number for one in told.told_to(cast["county"])] == ["卫罚〔2026〕8号"]


def test_the_form_keeps_what_was_written(cast):
    page = browser(cast["health"])
    sent = {**vars(said()), "area": CITY, "day": str(timezone.localdate())}
    assert "示例市卫生健康委员会" in page.get("/joint/told/new/").content.decode()
    again = page.post("/joint/told/tell/", {**sent, "name": "王小明"})
    assert again.status_code == 400 and "暂停执业六个月" in again.content.decode()
    assert page.post("/joint/told/tell/", sent)["Location"] == "/joint/told/"
    page.post(f"/joint/told/{Penalised.objects.get().pk}/withdraw/", {"reason": "登记有误"})
    assert Penalised.objects.get().withdrawn == "登记有误"
    assert page.get("/export/penalised.xlsx").status_code == 200
