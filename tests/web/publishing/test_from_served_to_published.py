"""A penalty is served, disclosed in time, corrected, withdrawn, or not made public; a closed case becomes a typical one."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from tests.web.cases.conftest import closed_lead, decision, proposal, said, to_decision
from tests.web.conftest import account, browser, by, organisation
from tests.web.publishing.conftest import CLEAN, TEXT, newest, publish, served_case, words
from yijian.vocabulary.workdays import Unit, ends
from yijian.web.audit_log.models import LogEntry
from yijian.web.cases import deciding, evidence, executing, filing
from yijian.web.cases.causes import causes
from yijian.web.cases.evidence import Piece
from yijian.web.clocks.models import Clock
from yijian.web.parameters.queries import calendar_of
from yijian.web.publishing import actions, queries
from yijian.web.publishing.models import Edition, Publication


def shown(page):
    """What the form of the approval sends: the edition that stands on the page."""
    return {"edition": re.search(r'name="edition" value="(\d+)"', page)[1]}


def clock(case):
    return Clock.objects.get(about=f"publishing.due:cases.case:{case.pk}")


def correction(made):
    return Clock.objects.get(about=f"publishing.publication:{made.pk}")


def test_serving_a_penalty_starts_seven_working_days_and_publishing_ends_them(served, office):
    begun = clock(served)
    today = timezone.localdate()
    assert (begun.due, begun.right, begun.ended) == (calendar_of("999900").due(today, 7, "workday"), "keep_publishing", "")
    made = actions.draft(served.pk, "penalty", words(), **by(office["one"]))
    assert clock(served).right == "approve_publishing"
    made = actions.approve(made.pk, newest(made), **by(office["legal"]))
    assert (made.state, made.published, clock(served).ended) == ("published", today, "done")
    assert made.until == ends(today, 1, Unit.YEAR)
    shown = made.current
    assert shown.number.startswith("医保罚") and shown.party == "示例市第一医院" and "第三十八条" in shown.basis
    assert shown.penalty == "责令退回医疗保障基金 1,000.00 元；罚款 1,500.00 元"
    assert "张某" in shown.text and "张三" not in shown.text and "139" not in shown.text and "王五" not in shown.text
    assert LogEntry.objects.filter(act="publishing.approve", about=str(made.pk)).exists()
    assert not LogEntry.objects.filter(purpose__contains="张三").exists()


def test_what_is_no_penalty_is_not_due(office, begun):
    lead = closed_lead(office, begun)
    case = filing.propose(lead.pk, said(), **by(office["keeper"], begun))
    filing.approve(case.pk, **by(office["head"], begun))
    deciding.report(case.pk, proposal("no_penalty", fine=0), **by(office["one"], begun))
    deciding.examine(case.pk, "agree", reason="事实清楚", **by(office["legal"], begun))
    deciding.decide(case.pk, decision("no_penalty", fine=0), **by(office["head"], begun))
    executing.serve(case.pk, "direct", timezone.localdate(begun), **by(office["one"], begun))
    assert not Clock.objects.filter(about__startswith="publishing").exists()
    with pytest.raises(ValidationError, match="只有已经送达的行政处罚决定"):
        actions.draft(case.pk, "penalty", words(), **by(office["one"]))


def test_nobody_approves_what_he_wrote(served, office):
    both = account("c-both", "两岗", ["supervisor", "head"], office["one"].organisation)
    made = actions.draft(served.pk, "penalty", words(), **by(both))
    with pytest.raises(ValidationError, match="不能审批自己写的"):
        actions.approve(made.pk, newest(made), **by(both))
    with pytest.raises(PermissionDenied):
        actions.approve(made.pk, newest(made), **by(office["one"]))
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(publication=made).update(approved_by=both)
    actions.approve(made.pk, newest(made), **by(office["head"]))


def test_what_was_written_anew_meanwhile_is_read_before_it_is_approved(served, office, anyone):
    made = actions.draft(served.pk, "penalty", words(), **by(office["one"]))
    page = browser(office["head"]).get(f"/publishing/{made.pk}/").content.decode()
    actions.write(made.pk, words(title="另一个标题", text=CLEAN), **by(office["two"]))
    refused = browser(office["head"]).post(f"/publishing/{made.pk}/approve/", shown(page))
    assert refused.status_code == 400 and "正文已改过，请刷新页面再看一遍" in refused.content.decode()
    assert browser(office["head"]).post(f"/publishing/{made.pk}/approve/").status_code == 400
    assert anyone.get(f"/public/{made.pk}/").status_code == 404
    made = actions.approve(made.pk, newest(made), **by(office["head"]))
    actions.flag(made.pk, reason="次数写错了", **by(office["one"]))
    actions.correct(made.pk, words(text=CLEAN, note="次数应为两次"), **by(office["one"]))
    read = newest(made)
    actions.correct(made.pk, words(text=CLEAN, note="没有人看过的说明"), **by(office["two"]))
    with pytest.raises(ValidationError, match="正文已改过"):
        actions.approve_correction(made.pk, read, **by(office["head"]))
    assert "没有人看过" not in anyone.get(f"/public/{made.pk}/").content.decode()


def test_a_typical_case_does_not_move_the_clock_of_the_penalty(closed, office):
    made = actions.draft(closed.pk, "typical", words(), **by(office["one"]))
    assert (clock(closed).right, clock(closed).ended) == ("keep_publishing", "")
    actions.write(made.pk, words(text=CLEAN), **by(office["one"]))
    assert clock(closed).right == "keep_publishing"
    actions.draft(closed.pk, "penalty", words(), **by(office["one"]))
    actions.send_back(made.pk, reason="写得再明白一些", **by(office["head"]))
    assert clock(closed).right == "approve_publishing"


def test_returned_and_written_anew_by_another(served, office):
    made = actions.draft(served.pk, "penalty", words(), **by(office["one"]))
    actions.send_back(made.pk, reason="事实写得不清楚", **by(office["head"]))
    assert clock(served).right == "keep_publishing"
    actions.write(made.pk, words(text=CLEAN), **by(office["two"]))
    made = actions.approve(made.pk, newest(made), **by(office["head"]))
    assert made.current.text == CLEAN and made.current.by == office["two"]


def test_a_name_that_the_record_learns_later_stops_the_approval(served, office):
    made = actions.draft(served.pk, "penalty", words(text=f"{CLEAN}明细表由赵晓燕签收。"), **by(office["one"]))
    assert "赵晓燕" in queries.newest_edition(made).text
    evidence.Custody.objects.create(
        evidence=_piece(served, office), giver="收费科", taker="赵晓燕", reason="移交保管", at=timezone.now(), by=office["one"]
    )
    page = browser(office["head"]).get(f"/publishing/{made.pk}/").content.decode()
    assert "还能认出人，不能批准：人员姓名" in page
    assert '<mark title="人员姓名：按今天的案卷还能认出人，请改写后再报审批">赵晓燕</mark>' in page  # what would be published
    assert '<ins class="yj-put" title="人员姓名">赵某' not in page
    with pytest.raises(ValidationError, match="正文还能认出人，不能公开：人员姓名") as refused:
        actions.approve(made.pk, newest(made), **by(office["head"]))
    assert "赵晓燕" not in str(refused.value)
    assert Publication.objects.get().state == "drafted"
    actions.send_back(made.pk, reason="删去姓名", **by(office["head"]))
    actions.write(made.pk, words(text=f"{CLEAN}明细表由赵晓燕签收。"), **by(office["one"]))
    assert actions.approve(made.pk, newest(made), **by(office["head"])).current.text.endswith("由赵某签收。")


def _piece(case, office):
    now = timezone.now()
    return evidence.Evidence.objects.create(
        case=case, kind="document", title="收费明细", source="收费科", taken=now, takers=["人员one"], at=now, by=office["one"]
    )


def test_names_of_interviews_and_the_authors_list_do_not_survive(filed, office, begun):
    piece = Piece("party", "询问笔录", "被询问人：孙晓波", begun, "孙晓波说按治疗单录入，未逐次核对。", "interview")
    evidence.take(filed.pk, piece, ["c-one", "c-two"], **by(office["one"], begun))
    to_decision(filed, office, begun)
    executing.serve(filed.pk, "direct", timezone.localdate(begun), **by(office["one"], begun))
    text = f"{CLEAN}孙晓波和康小宝都承认，人员one到场。"
    made = publish(office, filed, text=text, names=("康小宝",))
    assert made.current.text == f"{CLEAN}孙某和康某都承认，某人到场。"


def test_a_correction_is_due_in_three_working_days_and_hides_the_text_meanwhile(served, office, anyone):
    made = publish(office, served)
    actions.flag(made.pk, reason="违法事实写错了次数", **by(office["one"]))
    assert correction(made).due == calendar_of("999900").due(timezone.localdate(), 3, "workday")
    assert "张某" not in anyone.get(f"/public/{made.pk}/").content.decode()
    with pytest.raises(ValidationError, match="请写明更正了什么"):
        actions.correct(made.pk, words(text=CLEAN), **by(office["one"]))
    actions.correct(made.pk, words(text=CLEAN, note="收费次数应为两次"), **by(office["one"]))
    assert CLEAN not in anyone.get(f"/public/{made.pk}/").content.decode()
    actions.send_back(made.pk, reason="说明不够清楚", **by(office["head"]))
    actions.correct(made.pk, words(text=CLEAN, note="患者李四的收费次数应为两次"), **by(office["one"]))
    until = made.until
    made = actions.approve_correction(made.pk, newest(made), **by(office["head"]))
    page = anyone.get(f"/public/{made.pk}/").content.decode()
    assert CLEAN in page and "更正：患者李某的收费次数应为两次" in page and made.until == until
    assert correction(made).ended == "done"


def test_a_withdrawn_one_leaves_a_line_with_its_reason(served, office, anyone):
    made = publish(office, served)
    with pytest.raises(ValidationError, match="请选择撤回原因"):
        actions.withdraw(made.pk, "bored", reason="不想公开了", **by(office["head"]))
    with pytest.raises(PermissionDenied):
        actions.withdraw(made.pk, "revoked", reason="法院撤销", **by(office["one"]))
    actions.withdraw(made.pk, "revoked", reason="法院判决撤销，见判决书", **by(office["head"]))
    page = anyone.get(f"/public/{made.pk}/").content.decode()
    assert f"已撤回：行政处罚决定被依法撤销，{timezone.localdate()}" in page
    assert "收费两次" not in page and "示例市第一医院" not in page and "判决书" not in page
    again = actions.draft(served.pk, "penalty", words(text=CLEAN), **by(office["one"]))
    assert again.pk != made.pk


def test_not_made_public_is_a_decision_of_the_approver_with_a_reason(served, office, anyone):
    with pytest.raises(PermissionDenied):
        actions.decline(served.pk, "penalty", "impact", reason="金额很小", **by(office["one"]))
    with pytest.raises(ValidationError, match="须写明理由"):
        actions.decline(served.pk, "penalty", "impact", reason="", **by(office["head"]))
    assert not Publication.objects.exists()
    made = actions.decline(served.pk, "penalty", "impact", reason="金额很小，没有社会影响", **by(office["head"]))
    assert (made.state, clock(served).ended) == ("declined", "done")
    assert anyone.get(f"/public/{made.pk}/").status_code == 404
    with pytest.raises(ValidationError, match="已经起草，现在的状态是“不予公开”"):
        actions.draft(served.pk, "penalty", words(), **by(office["one"]))


def test_a_typical_case_shortens_the_institution_where_it_is_chosen(closed, office):
    text = f"示例市第一医院{CLEAN}示例市第二医院转来的病人李四也被重复收费。"
    made = publish(office, closed, "typical", text=text, keeps_name=False)
    assert made.current.text == f"某医院{CLEAN}某医院转来的病人李某也被重复收费。"
    assert made.current.party == "某医院" and made.until == ends(timezone.localdate(), 3, Unit.YEAR)
    assert made.current.number == ""


def test_a_typical_case_may_keep_the_partys_name_and_no_others(closed, office):
    text = f"示例市第一医院{CLEAN}示例市第二医院不知情。"
    made = publish(office, closed, "typical", text=text)
    assert made.current.text == f"示例市第一医院{CLEAN}某医院不知情。"


def test_only_a_closed_case_is_a_typical_one(served, office):
    with pytest.raises(ValidationError, match="已经结案"):
        actions.draft(served.pk, "typical", words(), **by(office["one"]))


def test_a_person_is_named_by_the_surname_in_every_edition(office, anyone):
    when = timezone.now()
    lead = closed_lead(office, when, kind="person", subject="P1000000001")
    cause = next(one.number for one in causes().values() if one.subject == "person" and one.times)
    case = filing.propose(lead.pk, said(cause), **by(office["keeper"], when))
    filing.approve(case.pk, **by(office["head"], when))
    deciding.report(case.pk, proposal(fine=2000), **by(office["one"], when))
    deciding.examine(case.pk, "agree", reason="事实清楚", **by(office["legal"], when))
    deciding.notify(case.pk, **by(office["two"], when))
    deciding.state(case.pk, "", waives=True, reason="书面放弃权利", **by(office["one"], when))
    deciding.decide(case.pk, decision(fine=2000), **by(office["head"], when))
    executing.serve(case.pk, "direct", timezone.localdate(when), **by(office["one"], when))
    text = "周小红（P1000000001）将医保凭证交由他人使用，造成基金损失，已经全部退回。"
    made = publish(office, case, text=text, person="周小红")
    assert (made.current.party, made.current.text) == (
        "周某",
        "周某（（编号略））将医保凭证交由他人使用，造成基金损失，已经全部退回。",
    )
    one = browser(office["one"])
    one.post(f"/publishing/{made.pk}/flag/", {"reason": "次数写错了"})
    form = one.get(f"/publishing/{made.pk}/edit/").context["said"]
    actions.correct(made.pk, words(**{**form, "note": "补充说明", "names": []}), **by(office["one"]))
    actions.approve_correction(made.pk, newest(made), **by(office["head"]))
    page = anyone.get(f"/public/{made.pk}/").content.decode()
    assert "周某" in page and "周小红" not in page and "P1000000001" not in page


@pytest.mark.parametrize(
    ("wrong", "why"), [({"text": "太短"}, "至少 20 个字"), ({"title": " "}, "请写明标题"), ({"code": "12345"}, "18 位")]
)
def test_what_is_missing_is_said(served, office, wrong, why):
    with pytest.raises(ValidationError, match=why):
        actions.draft(served.pk, "penalty", words(**wrong), **by(office["one"]))
    assert not Publication.objects.exists()


def test_another_office_neither_sees_nor_writes(served, office):
    west = account("west", "西区监管", "supervisor", organisation("B9", "西城区医保局", "authority", "999902"))
    made = actions.draft(served.pk, "penalty", words(), **by(office["one"]))
    with pytest.raises(Http404):
        queries.publication_for(west, made.pk)
    assert queries.publication_for(office["province"], made.pk) == made
    assert queries.may_step(office["province"], made, office["one"].pk) == []
    with pytest.raises(PermissionDenied):
        actions.write(made.pk, words(), **by(office["province"]))


def test_the_pages_do_the_same_as_the_actions(served, office, anyone):
    one, head = browser(office["one"]), browser(office["head"])
    assert served.number in one.get("/publishing/").content.decode()
    form = one.get(f"/publishing/new/{served.pk}/penalty/").content.decode()
    assert "查明重复收费 1000 元" in form and "医保罚" in form
    mistake = one.post(f"/publishing/draft/{served.pk}/penalty/", {"title": "标题", "text": "太短", "names": "康小宝"})
    assert mistake.status_code == 400 and "至少 20 个字" in mistake.content.decode() and "康小宝" in mistake.content.decode()
    answer = one.post(f"/publishing/draft/{served.pk}/penalty/", {"title": "某院被处罚", "text": TEXT})
    made = Publication.objects.get()
    assert answer["Location"] == f"/publishing/{made.pk}/"
    assert one.get(f"/publishing/new/{served.pk}/penalty/")["Location"] == f"/publishing/{made.pk}/"
    page = head.get(f"/publishing/{made.pk}/").content.decode()
    assert (
        '<del class="yj-gone" title="人员姓名">张三</del>' in page and '<ins class="yj-put" title="人员姓名">张某</ins>' in page
    )
    assert head.post(f"/publishing/{made.pk}/approve/", shown(page)).status_code == 302
    assert "某院被处罚" in anyone.get("/public/").content.decode()
    one.post(f"/publishing/{made.pk}/flag/", {"reason": "次数写错了"})
    assert "更正说明" in one.get(f"/publishing/{made.pk}/edit/").content.decode()
    one.post(f"/publishing/{made.pk}/correct/", {"title": "某院被处罚", "text": CLEAN, "note": "次数应为两次"})
    page = head.get(f"/publishing/{made.pk}/").content.decode()
    head.post(f"/publishing/{made.pk}/approve_correction/", shown(page))
    assert CLEAN in anyone.get(f"/public/{made.pk}/").content.decode()
    head.post(f"/publishing/{made.pk}/withdraw/", {"ground": "revoked", "reason": "法院判决撤销"})
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_what_is_overdue_is_noted_as_late(served, office):
    publish(office, served, when=timezone.now() + timedelta(days=40))
    assert clock(served).ended == "late"


def test_what_waits_for_a_draft_is_read_from_the_clocks_soonest_first(office):
    now = timezone.now()
    later, sooner, drafted, settled = (served_case(office, now - timedelta(days=days)) for days in (1, 5, 9, 12))
    actions.draft(drafted.pk, "penalty", words(), **by(office["one"]))
    publish(office, settled)
    for who in ("one", "head"):
        assert queries.cases_to_publish(office[who], "penalty") == [sooner, later]
    assert queries.cases_to_publish(office["one"], "penalty", limit=1) == [sooner]
    assert queries.cases_to_publish(office["province"], "penalty") == []
