"""Evidence and its custody, things preserved and sealed, major cases reported upward, the volume of a case."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.utils import timezone
from pypdf import PdfReader

from tests.web.cases.conftest import WHY, closed_lead, decision, said, to_decision
from tests.web.conftest import browser, by
from yijian.web.attachments.models import Attachment
from yijian.web.attachments.store import read
from yijian.web.cases import deciding, evidence, executing, filing, reporting
from yijian.web.cases.evidence import Piece
from yijian.web.cases.models import Evidence, MajorReport
from yijian.web.cases.volume import bind
from yijian.web.clocks.models import Clock
from yijian.web.jobs.models import Job
from yijian.web.papers.actions import said_in
from yijian.web.papers.layout import as_pdf
from yijian.web.papers.models import Paper
from yijian.web.parameters.queries import calendar_of

BOTH = ["c-one", "c-two"]


def piece(when, **more):
    fields = {"kind": "electronic", "title": "收费明细", "source": "医院收费科负责人提供", "taken": when, "shows": "证明重复收费"}
    return Piece(**{**fields, **more})


def test_evidence_is_taken_by_two_with_its_hash_and_seen_by_whoever_sees_the_case(filed, office, begun, settings):
    file = SimpleUploadedFile("明细.csv", "日期,金额\n2026-01-01,10\n".encode())
    made = evidence.take(filed.pk, piece(begun), BOTH, [file], **by(office["one"], begun))
    held = Attachment.objects.get(about=f"cases.evidence:{made.pk}")
    assert "2026-01-01,10" in read(settings.HOME, held.sha256).decode()
    assert browser(office["legal"]).get(f"/attachments/{held.pk}/").status_code == 200
    with pytest.raises(ValidationError, match="不少于 2 人"):
        evidence.take(filed.pk, piece(begun), ["c-one"], **by(office["one"], begun))
    with pytest.raises(ValidationError, match="现在的办案人员"):
        evidence.take(filed.pk, piece(begun), BOTH, **by(office["three"], begun))
    with pytest.raises(ValidationError, match="还没有到"):
        evidence.take(filed.pk, piece(begun + timedelta(days=1)), BOTH, **by(office["one"], begun))
    evidence.list_evidence(filed.pk, **by(office["one"], begun))
    (row,) = Paper.objects.get(kind="case_evidence").said["tables"][0]["rows"]
    assert row[1] == "电子数据" and held.sha256[:16] in row[5]


def test_an_interview_is_evidence_and_a_document(filed, office, begun):
    talk = piece(begun, record="interview", shows="问：怎样收费？答：按治疗单录入。", title="询问笔录")
    made = evidence.take(filed.pk, talk, BOTH, **by(office["one"], begun))
    text = "".join(Paper.objects.get(kind="case_interview").said["paragraphs"])
    assert made.kind == "party" and "按治疗单录入" in text and "人员one、人员two" in text


def test_the_chain_of_custody_has_no_gap(filed, office, begun):
    made = evidence.take(filed.pk, piece(begun), BOTH, **by(office["one"], begun))
    evidence.hand_on(made.pk, "人员one", "物证室", reason="入库保管", **by(office["one"], begun))
    with pytest.raises(ValidationError, match="现在由“物证室”保管"):
        evidence.hand_on(made.pk, "人员one", "鉴定机构", reason="送交鉴定", **by(office["one"], begun))
    evidence.hand_on(made.pk, "物证室", "鉴定机构", reason="送交鉴定", **by(office["two"], begun))
    assert [one.taker for one in Evidence.objects.get().custody.order_by("pk")] == ["物证室", "鉴定机构"]


def test_what_is_preserved_is_dealt_with_in_seven_working_days_and_before_the_report(filed, office, begun):
    made = evidence.begin_measure(filed.pk, "preservation", "收费电脑一台", "收费科", **by(office["head"], begun))
    clock = Clock.objects.get(about=f"cases.measure:{made.pk}")
    assert calendar_of("999900").between(timezone.localdate(begun), clock.due) == 7
    from tests.web.cases.conftest import proposal

    with pytest.raises(ValidationError, match="先登记处理结果"):
        deciding.report(filed.pk, proposal(), **by(office["one"], begun))
    with pytest.raises(ValidationError, match="只有封存可以延长"):
        evidence.extend_sealing(made.pk, reason="案情复杂", **by(office["head"], begun))
    evidence.end_measure(made.pk, reason="复制数据后退还", **by(office["one"], begun + timedelta(days=30)))
    clock.refresh_from_db()
    assert clock.ended == "late"


def test_what_is_sealed_may_stay_so_thirty_days_longer_once(filed, office, begun):
    made = evidence.begin_measure(filed.pk, "sealing", "病历 20 册", "病案室", **by(office["head"], begun))
    first = Clock.objects.get(about=f"cases.measure:{made.pk}").due
    evidence.extend_sealing(made.pk, reason="案情复杂", **by(office["head"], begun))
    assert Clock.objects.get(about=f"cases.measure:{made.pk}").due >= first + timedelta(days=30)
    with pytest.raises(ValidationError, match="只能延长一次"):
        evidence.extend_sealing(made.pk, reason="案情复杂", **by(office["head"], begun))


def test_what_goes_to_justice_is_reported_upward_within_a_week_and_received(filed, office, begun):
    from tests.web.cases.conftest import proposal

    deciding.report(filed.pk, proposal("judicial", fine=0), **by(office["one"], begun))
    deciding.examine(filed.pk, "agree", reason=WHY, **by(office["legal"], begun))
    deciding.decide(filed.pk, decision("judicial", fine=0, to="示例市公安局"), **by(office["head"], begun))
    executing.serve(filed.pk, "direct", timezone.localdate(begun), **by(office["one"], begun))
    clock = Clock.objects.get(about=f"cases.case:{filed.pk}", kind="major_report")
    assert clock.due >= timezone.localdate(begun) + timedelta(days=7)
    with pytest.raises(Http404):
        reporting.receive(filed.pk, **by(office["province"], begun))
    with pytest.raises(ValidationError, match="请写明发现过程"):
        reporting.send(filed.pk, "短", "事实" * 10, "结果" * 10, "依据" * 10, **by(office["keeper"], begun))
    reporting.send(filed.pk, "发现" * 10, "事实" * 10, "结果" * 10, "依据" * 10, **by(office["keeper"], begun))
    reporting.receive(filed.pk, **by(office["province"], begun))
    report = MajorReport.objects.get()
    assert (report.to, report.received_by, report.reasons) == ("990000", office["province"], "移送司法机关")
    assert "待签收" not in browser(office["province"]).get(f"/cases/{filed.pk}/").content.decode()


def test_a_large_loss_is_a_major_case_when_it_is_closed(office, begun):
    lead = closed_lead(office, begun)
    case = filing.propose(lead.pk, said(loss=600000), **by(office["keeper"], begun))
    filing.approve(case.pk, **by(office["head"], begun))
    from tests.web.cases.conftest import proposal

    deciding.report(case.pk, proposal("no_penalty", loss=600000, fine=0), **by(office["one"], begun))
    deciding.examine(case.pk, "agree", reason=WHY, **by(office["legal"], begun))
    deciding.discuss(case.pk, "全体负责人", reason="不予处罚", **by(office["head"], begun))
    given = decision("no_penalty", fine=0, repay=0, before=Decimal(600000))
    deciding.decide(case.pk, given, **by(office["head"], begun))
    executing.serve(case.pk, "direct", timezone.localdate(begun), **by(office["one"], begun))
    executing.finish(case.pk, reason="已在审核中退回", **by(office["one"], begun))
    executing.close(case.pk, **by(office["head"], begun))
    assert MajorReport.objects.get().reasons == "涉案金额重大"
    assert "涉案金额重大" in browser(office["keeper"]).get("/cases/reports/").content.decode()


def test_the_volume_has_an_index_whose_pages_are_right(filed, office, begun, settings, tmp_path):
    scan = SimpleUploadedFile("扫描件.pdf", as_pdf(said_in(Paper.objects.get(kind="case_filing"))))
    evidence.take(filed.pk, piece(begun), BOTH, [scan], **by(office["one"], begun))
    to_decision(filed, office, begun)
    job = Job.objects.create(title="案卷", by=office["head"], made=timezone.now())
    bind.func(job.pk, str(filed.pk))
    job.refresh_from_db()
    assert job.state == "done", job.problem
    bound = PdfReader(BytesIO((settings.HOME.exports / job.file).read_bytes()))
    marks = {one.title: bound.get_destination_page_number(one) for one in bound.outline}
    assert list(marks)[:2] == ["卷内目录", "立案审批表"] and "证据 1 附件：扫描件.pdf" in marks
    assert "行政处罚决定书" in bound.pages[marks["行政处罚决定书"]].extract_text()
    index = "".join(bound.pages[n].extract_text() for n in range(marks["立案审批表"]))
    assert str(marks["行政处罚决定书"] + 1) in index
    stranger = Job.objects.create(title="案卷", by=office["province"], made=timezone.now())
    bind.func(stranger.pk, "999999")
    stranger.refresh_from_db()
    assert stranger.state == "failed"
