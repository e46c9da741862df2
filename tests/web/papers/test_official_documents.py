"""Official documents: filled from a record, numbered, kept as they were, in the office's own words where it has any."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.http import Http404
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from tests.web.conftest import by
from tests.web.documents.test_letters import SLY, pdf_text, word_text
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.web.audit_log.models import LogEntry
from yijian.web.papers import actions, kinds
from yijian.web.papers.layout import FORMS, Table, as_docx, as_pdf, said_of

WORDS = {
    "lead": "线索〔2026〕999900-1号",
    "received": timezone.localdate(),
    "source": "监督检查",
    "reference": "",
    "subject": "示例市第一医院",
    "facts": "重复收费",
    "established": "查明重复收费",
    "amount": Decimal("1234.5"),
    "result": "立案",
}
ROWS = (("2026-01-05", "甲项目", "60.00"), ("2026-01-06", "乙项目", "40.00"))
TABLE = Table("附：费用明细", ("日期", "项目", "金额（元）"), ROWS, (1, 2, 1))
OFFICE = {"area": "999900", "organ": "示例市医疗保障局"}
SAID = ("线索核查情况报告", "医保核字〔2026〕999900-1号", "1,234.50元", "示例市医疗保障局", "承办人", "乙项目", "40.00")


def said(**more):
    kind, number = kinds.declared()["lead_verification"], "医保核字〔2026〕999900-1号"
    return said_of(kind, {**WORDS, **more}, number=number, organ=OFFICE["organ"], day=timezone.localdate(), tables=[TABLE])


def test_both_files_say_all_of_it():
    made = said()
    for text in ("".join(word_text(as_docx(made)).split()), pdf_text(as_pdf(made))):
        for part in (
            "线索核查情况报告",
            "医保核字〔2026〕999900-1号",
            "1,234.50元",
            "示例市医疗保障局",
            "承办人",
            "乙项目",
            "40.00",
        ):
            assert part in text


def test_what_looks_like_a_command_is_only_text():
    made = said(facts=SLY)
    assert "".join(SLY.split()) in pdf_text(as_pdf(made))
    assert "".join(SLY.split()) in "".join(word_text(as_docx(made)).split())


def test_every_declared_document_can_be_laid_out():
    assert kinds.declared()
    for kind in kinds.declared().values():
        bare = kinds.Kind(kind.word, kind.title, "正文。", kind.series, kind.head, "某单位", kind.signs, "某单位")
        made = said_of(bare, {}, number="试字〔2026〕1号", organ="示例市医疗保障局", day=timezone.localdate())
        assert len(PdfReader(BytesIO(as_pdf(made))).pages) == 1
        assert Document(BytesIO(as_docx(made))).paragraphs
    assert set(FORMS) == {"pdf", "docx"}


def test_a_document_is_numbered_and_written_again_keeps_its_number(loaded, supervisor):
    one = actions.write("lead_verification", "leads.lead:1", WORDS, **OFFICE, **by(supervisor))
    two = actions.write("lead_verification", "leads.lead:1", {**WORDS, "result": "查无实据"}, **OFFICE, **by(supervisor))
    other = actions.write("lead_verification", "leads.lead:2", WORDS, **OFFICE, **by(supervisor))
    year = timezone.localdate().year
    assert one.number == two.number == f"医保核字〔{year}〕999900-1号" and (one.version, two.version) == (1, 2)
    assert other.number.endswith("-2号")
    assert "立案" in "".join(actions.said_in(one).paragraphs) and "查无实据" in "".join(actions.said_in(two).paragraphs)
    assert LogEntry.objects.filter(act="papers.write").count() == 3


def test_what_the_record_does_not_say_is_no_blank_in_a_document(loaded, supervisor):
    with pytest.raises(UserError, match="线索核查情况报告"):
        actions.write("lead_verification", "leads.lead:1", {"lead": "x"}, **OFFICE, **by(supervisor))


def test_nobody_fetches_a_paper_of_a_record_that_he_may_not_see(loaded, supervisor):
    paper = actions.write("lead_verification", "leads.lead:999", WORDS, **OFFICE, **by(supervisor))
    with pytest.raises(Http404):
        actions.fetch(paper.pk, "pdf", **by(supervisor))


@pytest.mark.parametrize(
    ("own", "complaint"),
    [
        ("[lead_verification]\ntitel = '报告'", "写得不对"),
        ("[lead_verification]\nhead = 'yes'", "写得不对"),
        ("[no_such]\ntitle = '报告'", "没有叫作“no_such”"),
        ("title = ", "读不出来"),
        ("[lead_verification]\ntext = '{{ nobody }}'", "用语不能用"),
        ("[lead_verification]\ntext = '{% if %}'", "用语不能用"),
    ],
)
def test_an_office_s_own_words_that_are_wrong_are_named(loaded, settings, tmp_path, supervisor, own, complaint):
    settings.HOME = Home(tmp_path)
    settings.HOME.documents.mkdir(parents=True)
    (settings.HOME.documents / "papers.toml").write_text(own, encoding="utf-8")
    with pytest.raises(UserError, match=complaint):
        actions.write("lead_verification", "leads.lead:1", WORDS, **OFFICE, **by(supervisor))


def test_an_office_has_its_own_words(loaded, settings, tmp_path, supervisor):
    settings.HOME = Home(tmp_path)
    settings.HOME.documents.mkdir(parents=True)
    own = "[lead_verification]\ntitle = '核查报告'\nseries = '某医保核'\ntext = '结果是{{ result }}。'\n"
    (settings.HOME.documents / "papers.toml").write_text(own, encoding="utf-8")
    paper = actions.write("lead_verification", "leads.lead:1", WORDS, **OFFICE, **by(supervisor))
    made = actions.said_in(paper)
    assert (made.title, made.paragraphs) == ("核查报告", ("结果是立案。",)) and paper.number.startswith("某医保核〔")
