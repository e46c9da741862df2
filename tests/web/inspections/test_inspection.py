"""An inspection from its plan to the look back: who may do what, when, and what a mistake is told."""

import random
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.utils import timezone

from tests.web.conftest import browser, by, earlier, organisation
from tests.web.inspections.conftest import CITY, DRAWN, all_answered, all_signed, entry, given, png, recorded
from yijian.web.attachments.models import Attachment
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks.models import Clock, Notice
from yijian.web.inspections import concluding, dossier, planning, recording, visiting
from yijian.web.inspections.models import Inspection, InspectionItem
from yijian.web.inspections.queries import may_step
from yijian.web.inspections.steps import STEPS
from yijian.web.institutions.queries import institution
from yijian.web.leads.queries import lead_of
from yijian.web.papers.queries import papers_of


def about(one):
    return f"inspections.inspection:{one.pk}"


def test_an_inspection_goes_from_its_plan_to_the_look_back(planned, people):
    planning.notify(planned.pk, **by(people["supervisor"]))
    told = Notice.objects.filter(to=people["clerk"]).values_list("text", flat=True)
    assert any("检查通知" in text for text in told)
    visiting.begin(planned.pk, **by(people["b"], earlier(2)))
    all_answered(planned, people, bad=2)
    all_signed(planned, recorded(planned, people), people)
    concluding.finish(planned.pk, reason="两项不符合，详见笔录和照片", **by(people["a"]))
    concluding.conclude(planned.pk, True, Decimal("3600.50"), reason="挂床住院二人次，涉及费用", **by(people["head"]))
    lead = concluding.make_lead(planned.pk, "挂床住院", **by(people["supervisor"]))
    assert (lead.source, lead.amount, lead.about) == ("inspection", Decimal("3600.50"), about(planned))
    concluding.order(planned.pk, reason="十日内完善住院管理制度", **by(people["head"]))
    clock = Clock.objects.get(about=about(planned), ended="")
    assert (clock.right, clock.institution) == ("answer", "H1")
    report = SimpleUploadedFile("整改.png", png(), "image/png")
    concluding.mend(planned.pk, reason="已清理床位，完善查房制度", files=[report], **by(people["clerk"]))
    concluding.recheck(planned.pk, False, reason="仍有一床无人", **by(people["a"]))
    concluding.mend(planned.pk, reason="再次清理，附查房记录", **by(people["clerk"]))
    assert concluding.recheck(planned.pk, True, reason="逐床查看，全部在院", **by(people["b"])).state == "closed"
    kinds = [one.kind for one in papers_of(about(planned)).order_by("pk")]
    assert all(planned.number in str(one.said) for one in papers_of(about(planned)).exclude(kind="inspection_notice"))
    assert kinds[:3] == ["inspection_notice", "inspection_result", "rectification_order"]
    assert kinds.count("inspection_recheck") == 2
    assert not Clock.objects.filter(about=about(planned), ended="").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"subject_kind": "pharmacy", "focuses": ["pharmacy"]}, "不是定点零售药店"),
        ({"focuses": ["agency_ltc"]}, "不适用于定点医疗机构"),
        ({"focuses": []}, "至少选择一份检查清单"),
        ({"title": "查"}, "至少 4 个字"),
        ({"institution": None}, "请选择被检查的定点医药机构"),
        ({"end": timezone.localdate() - timedelta(days=1)}, "不能颠倒"),
        ({"period_begin": timezone.localdate()}, "要么都写、要么都不写"),
        ({"sealed_until": timezone.now() + timedelta(hours=1)}, "只有不事先通知的检查可以密封"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_a_sentence(people, wrong, said):
    with pytest.raises(ValidationError, match=said):
        planning.plan(CITY, given(people, **wrong), **by(people["supervisor"]))
    assert not Inspection.objects.exists()


def test_a_district_does_not_plan_for_another_and_a_head_of_the_team_does_not_conclude(signed, people):
    with pytest.raises(PermissionDenied):
        planning.plan("999902", given(people), **by(people["supervisor"]))
    with pytest.raises(PermissionDenied):
        concluding.conclude(signed.pk, True, reason="存在挂床住院一人次，应当处理", **by(people["a"]))


def test_the_spot_is_not_left_while_something_is_open(there, people):
    with pytest.raises(ValidationError, match="清单还有 4 项没有填写"):
        concluding.finish(there.pk, reason="检查情况待补，先行离场", **by(people["a"]))
    all_answered(there, people)
    with pytest.raises(ValidationError, match="还没有现场检查笔录"):
        concluding.finish(there.pk, reason="检查情况待补，先行离场", **by(people["a"]))
    record = recorded(there, people)
    recording.sign(there.pk, record.pk, "inspector", "", version=1, drawn=DRAWN, **by(people["a"]))
    with pytest.raises(ValidationError, match="检查人员签名 1 个，须 2 个"):
        concluding.finish(there.pk, reason="检查情况待补，先行离场", **by(people["a"]))
    assert Inspection.objects.get(pk=there.pk).state == "on_site"


def test_a_record_that_is_changed_wants_its_signatures_anew(there, people):
    record = recorded(there, people)
    all_signed(there, record, people)
    assert recording.missing(record) == ""
    said = recording.Said(
        "record", record.person, record.post, record.place, record.begun, record.ended, "改写：十三床也无人在院。"
    )
    changed = recording.write(there.pk, said, record_id=record.pk, **by(people["b"]))
    assert changed.version == 2
    assert "检查人员签名 0 个" in recording.missing(changed)
    with pytest.raises(ValidationError, match="笔录已经改过"):
        recording.sign(there.pk, record.pk, "subject", "李某", version=1, drawn=DRAWN, **by(people["a"]))
    assert [p.version for p in papers_of(f"inspections.record:{record.pk}")] == [1, 2]


def test_who_refuses_to_sign_gives_a_reason_before_a_witness(there, people):
    record = recorded(there, people)
    for name in ("a", "b"):
        recording.sign(there.pk, record.pk, "inspector", "", version=1, drawn=DRAWN, **by(people[name]))
    with pytest.raises(ValidationError, match="请在签名框里签名"):
        recording.sign(there.pk, record.pk, "subject", "李某", version=1, **by(people["a"]))
    recording.sign(there.pk, record.pk, "subject", "李某", version=1, refused="认为未查清", **by(people["a"]))
    assert recording.missing(record) == "被检查方拒签的，须有见证人签名"
    scan = SimpleUploadedFile("签名.png", png(), "image/png")
    recording.sign(there.pk, record.pk, "witness", "王某", version=1, files=[scan], **by(people["a"]))
    assert recording.missing(record) == ""
    assert Attachment.objects.filter(about__startswith="inspections.signature:").count() == 3


@pytest.mark.parametrize("drawn", ["data:image/png;base64,!!!", "data:text/html;base64,PGI+", "data:image/png;base64,PGI+"])
def test_a_signature_that_is_no_picture_is_refused(there, people, drawn):
    record = recorded(there, people)
    with pytest.raises(ValidationError):
        recording.sign(there.pk, record.pk, "subject", "李某", version=1, drawn=drawn, **by(people["a"]))
    assert not record.signatures.exists()


def test_the_beds_of_a_moment_are_drawn_from_the_data_without_anybodys_name(there, people, loaded):
    moment = timezone.make_aware(timezone.datetime(2026, 1, 7, 20, 0))
    made = visiting.draw_list(there.pk, "identity", moment, **by(people["a"]))
    (row,) = InspectionItem.objects.filter(of_list=made)
    assert "就诊 M1" in row.what
    assert "张" not in row.what
    assert "P1000000001" not in row.what
    assert (made.commit, made.total) == (1, 1)
    head = visiting.draw_list(there.pk, "headcount", moment, **by(people["b"]))
    assert "系统在院共 1 人" in head.said
    with pytest.raises(ValidationError, match="已经取过"):
        visiting.draw_list(there.pk, "identity", moment, **by(people["b"]))
    with pytest.raises(ValidationError, match="换一个时点：这家机构的数据最近到 2026-01-05 09:00"):
        visiting.draw_list(there.pk, "identity", moment + timedelta(days=90), **by(people["a"]))
    with pytest.raises(ValidationError, match="数据里没有“商品盘存”"):
        visiting.draw_list(there.pk, "stock", moment, **by(people["a"]))


def test_two_who_answer_differently_both_stand_until_one_has_seen_both(there, people):
    item = InspectionItem.objects.filter(inspection=there).first()
    (one,) = visiting.enter(there.pk, [entry(item, "yes", "都在床")], **by(people["a"]))
    (other,) = visiting.enter(there.pk, [entry(item, "no", "十二床无人")], **by(people["b"]))
    item.refresh_from_db()
    assert (item.contested, item.answer) == (True, "no")
    assert [e.note for e in item.entries.order_by("place")] == ["都在床", "十二床无人"]
    visiting.enter(there.pk, [entry(item, "no", "复看仍无人", seen=one.pk)], **by(people["a"]))
    item.refresh_from_db()
    newest = item.entries.order_by("-place").first()
    visiting.enter(there.pk, [entry(item, "no", "两人一致", seen=newest.pk)], **by(people["b"]))
    item.refresh_from_db()
    assert (item.contested, item.entries.count()) == (False, 4)
    assert other in item.entries.all()


def test_what_a_phone_sends_twice_is_entered_once(there, people):
    item = InspectionItem.objects.filter(inspection=there).first()
    same = entry(item, "no", "十二床无人")
    assert len(visiting.enter(there.pk, [same, same], **by(people["a"]))) == 1
    assert visiting.enter(there.pk, [same], **by(people["a"])) == []
    photo = visiting.Evidence(same.id, timezone.now(), "内科病区 12 床", item=item.pk)
    for _ in range(2):
        visiting.keep_evidence(there.pk, photo, [SimpleUploadedFile("床.png", png(), "image/png")], **by(people["a"]))
    assert there.evidence.count() == 1
    assert Attachment.objects.filter(about=f"inspections.evidence:{same.id}").count() == 1


def test_nobody_outside_the_team_answers_and_no_answers_is_without_its_reason(there, people):
    item = InspectionItem.objects.filter(inspection=there).first()
    with pytest.raises(ValidationError, match="您不在这次检查的检查组里"):
        visiting.enter(there.pk, [entry(item)], **by(people["c"]))
    with pytest.raises(PermissionDenied):
        visiting.enter(there.pk, [entry(item)], **by(people["supervisor"]))
    with pytest.raises(ValidationError, match="不符合的，请写明情况"):
        visiting.enter(there.pk, [entry(item, "no")], **by(people["a"]))


def test_a_report_on_paper_is_entered_with_its_scan(concluded, people):
    concluding.order(concluded.pk, reason="完善制度，清理床位", **by(people["head"]))
    with pytest.raises(ValidationError, match="请附上报告的扫描件"):
        concluding.mend(concluded.pk, reason="收到书面整改报告", **by(people["supervisor"]))
    scan = SimpleUploadedFile("报告.png", png(), "image/png")
    done = concluding.mend(concluded.pk, reason="收到书面整改报告", files=[scan], **by(people["supervisor"]))
    assert done.state == "rectified"


def test_a_lead_is_made_once_and_leads_back(concluded, people):
    concluding.make_lead(concluded.pk, "挂床住院", **by(people["supervisor"]))
    with pytest.raises(ValidationError, match="已登记为线索"):
        concluding.make_lead(concluded.pk, "挂床住院", **by(people["supervisor"]))
    page = browser(people["supervisor"]).get(f"/leads/{lead_of(about(concluded)).pk}/").content.decode()
    assert f"/inspections/{concluded.pk}/" in page


def test_the_dossier_says_findings_and_history_and_of_tips_a_number_alone(planned, people):
    paper = dossier.compile_dossier(planned.pk, **by(people["supervisor"]))
    said = str(paper.said)
    assert "床位费天数超过住院天数" in said
    assert "由举报形成的线索 0 条" in said
    assert "P1000000001" not in said
    again = dossier.compile_dossier(planned.pk, **by(people["supervisor"]))
    assert again.version == 2
    with pytest.raises(PermissionDenied):
        dossier.compile_dossier(planned.pk, **by(people["a"]))


def test_an_agency_is_inspected_by_its_own_checklists(people):
    agency = organisation("JBC", "示例市医疗保障事务中心", "agency", CITY)
    said = {"subject_kind": "agency", "institution": None, "agency": agency, "focuses": ["agency_control", "agency_ltc"]}
    one = planning.plan(CITY, given(people, **said), **by(people["supervisor"]))
    assert one.who == agency.name
    assert one.items.count() == 13
    with pytest.raises(ValidationError, match="请选择被检查的经办机构"):
        planning.plan(CITY, given(people, **(said | {"agency": people["head"].organisation})), **by(people["supervisor"]))


def test_every_step_leaves_a_line_in_the_log_without_names(concluded, people):
    lines = LogEntry.objects.filter(act__startswith="inspections.")
    assert {"inspections.plan", "inspections.step", "inspections.answer", "inspections.record", "inspections.sign"} <= set(
        lines.values_list("act", flat=True)
    )
    assert not [line for line in lines if "李某" in f"{line.purpose}{line.about}{line.changes}" or "演示证" in line.purpose]


@pytest.mark.parametrize("seed", range(6))
def test_random_paths_end_in_known_states_and_never_skip_one(planned, people, seed):
    """Whoever does whatever is offered: the changes always join, and what is not offered is refused."""
    walk = random.Random(seed)
    files = [SimpleUploadedFile("报告.png", png(), "image/png")]
    do = {
        "notify": lambda u: planning.notify(planned.pk, **by(u)),
        "cancel": lambda u: planning.cancel(planned.pk, reason="不再需要", **by(u)),
        "begin": lambda u: visiting.begin(planned.pk, **by(u, earlier(2))),
        "sign": lambda u: _leave_the_spot(planned, people, u),
        "resume": lambda u: concluding.resume(planned.pk, reason="补查药房", **by(u)),
        "clear": lambda u: concluding.conclude(planned.pk, False, reason="没有发现问题", **by(u)),
        "conclude": lambda u: concluding.conclude(planned.pk, True, reason="存在挂床住院一人次，应当处理", **by(u)),
        "order": lambda u: concluding.order(planned.pk, reason="完善制度", **by(u)),
        "close": lambda u: concluding.close(planned.pk, reason="已当场改正", **by(u)),
        "mend": lambda u: concluding.mend(planned.pk, reason="已整改到位", **by(u)),
        "mend_paper": lambda u: concluding.mend(planned.pk, reason="已整改到位", files=files, **by(u)),
        "recheck": lambda u: concluding.recheck(planned.pk, True, reason="已看过了", **by(u)),
        "again": lambda u: concluding.recheck(planned.pk, False, reason="仍没有改", **by(u)),
    }
    assert set(do) == set(STEPS)
    cast = [people[name] for name in ("supervisor", "head", "a", "b", "c", "clerk")]
    for _ in range(14):
        one = Inspection.objects.get(pk=planned.pk)
        offers = [(user, word) for user in cast for word in may_step(user, one)]
        offers = [o for o in offers if not (o[1] == "begin" and one.state == "planned") and o[1] != "cancel"]
        if not offers:
            break
        user, word = walk.choice(offers)
        refused = next((other for other in cast if word not in may_step(other, Inspection.objects.get(pk=one.pk))), None)
        if refused is not None and word not in ("mend", "mend_paper"):
            with pytest.raises((ValidationError, PermissionDenied, Http404)):
                do[word](refused)
        for file in files:
            file.seek(0)
        do[word](user)
    changes = list(planned.changes.order_by("pk").values_list("old", "new"))
    assert changes[0] == ("", "planned")
    assert all(before[1] == after[0] for before, after in pairwise(changes))


def _leave_the_spot(one, people, who):
    if InspectionItem.objects.filter(inspection=one, answer="").exists():
        all_answered(one, people)
    if not one.records.exists():
        all_signed(one, recorded(one, people), people)
    return concluding.finish(one.pk, reason="检查情况见笔录和清单", **by(who))


def test_the_institution_of_the_inspection_may_not_be_outside_the_area(people):
    with pytest.raises(ValidationError, match="管辖范围内，请由有管辖权的单位拟定"):
        planning.plan(CITY, given(people, institution=_elsewhere()), **by(people["supervisor"]))


def _elsewhere():
    from yijian.web.institutions.models import Institution

    Institution.objects.create(code="H9", name="外市医院", kind="1", area="999801")
    return institution("H9")


def test_the_subject_reads_the_result_when_it_is_concluded_and_not_before(signed, people):
    clerk = browser(people["clerk"])
    assert "十二床挂床住院" not in clerk.get(f"/inspections/{signed.pk}/").content.decode()
    concluding.conclude(signed.pk, True, None, reason="存在挂床住院一人次，违反条例", **by(people["head"]))
    page = clerk.get(f"/inspections/{signed.pk}/").content.decode()
    assert "存在挂床住院一人次" in page
    assert "责令整改或办结" not in page
    for inside in ("site/", f"records/{signed.records.get().pk}/"):
        assert clerk.get(f"/inspections/{signed.pk}/{inside}").status_code == 403
    sheet = b"".join(clerk.get("/export/inspections.csv")).decode()
    assert "到场时间" in sheet
    assert "检查情况" not in sheet
