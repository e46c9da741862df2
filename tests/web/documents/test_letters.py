"""A letter says what it was given, as Word and as PDF, and nothing that it was given becomes a command."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from docx import Document
from docxtpl import DocxTemplate
from pypdf import PdfReader

from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.web.documents import rendering
from yijian.web.documents.notice import Item, Notice, as_docx, as_pdf, letter

SLY = '分解 <b>&</b> {{ 7*7 }} {% endfor %} #eval("6*7") $x$ *不加粗*'


def notice(count: int = 2, what: str = "床位费多计 1 天") -> Notice:
    item = Item(17, "S1", date(2026, 1, 5), what, "《医疗保障基金使用监督管理条例》第三十八条", Decimal("60.00"))
    return Notice(
        "医保审告〔2026〕999900-1号", "示例市第一医院", "H1", 1, Decimal(60 * count), date(2026, 2, 20), "10 个工作日",
        "示例市医疗保障事务中心", date(2026, 2, 6), (item,) * count,
    )  # fmt: skip


def word_text(made: bytes) -> str:
    document = Document(BytesIO(made))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def pdf_text(made: bytes) -> str:
    """Without blanks and line ends: a PDF breaks lines where they are full."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(made)).pages)


SAID = (
    "999900-1号",
    "示例市第一医院（机构编码H1）",
    "120.00元",
    "2026年2月20日（含当日）前",
    "10个工作日",
    "第三十八条",
    "60.00",
)
SAID_ALSO = ("示例市医疗保障事务中心", "2026年2月6日", "床位费多计1天", "2026-01-05", "S1")


def test_both_forms_say_all_that_the_letter_says():
    word, pdf = letter(notice())
    for text in ("".join(word_text(word).split()), pdf_text(pdf)):
        assert all(said in text for said in SAID + SAID_ALSO)
        assert text.count("床位费多计1天") == 2


@pytest.mark.parametrize("text", [SLY, "{{ number }}", "#pagebreak()"])
def test_what_looks_like_a_command_is_only_text(text):
    bare = "".join(text.split())
    assert bare in "".join(word_text(as_docx(notice(what=text))).split())
    assert bare in pdf_text(as_pdf(notice(what=text)))


def test_the_same_letter_gives_the_same_pdf():
    assert as_pdf(notice()) == as_pdf(notice())
    assert as_pdf(notice()) != as_pdf(notice(3))


def test_a_long_list_repeats_its_head_on_each_page():
    pages = PdfReader(BytesIO(as_pdf(notice(60)))).pages
    assert len(pages) > 3
    assert all("结算编号" in page.extract_text() for page in pages[1:])


def test_the_word_template_asks_for_nothing_that_a_letter_does_not_say():
    asked = DocxTemplate(rendering.OURS / "notice.docx").get_undeclared_template_variables()
    assert asked - {"item"} <= set(notice().words())


def test_an_area_may_use_its_own_form(settings, tmp_path):
    settings.HOME = Home(tmp_path)
    (tmp_path / "documents").mkdir()
    form = Document()
    form.add_paragraph("本市格式 {{ number }}")
    form.save(str(tmp_path / "documents" / "notice.docx"))
    assert word_text(as_docx(notice())) == "本市格式 医保审告〔2026〕999900-1号"


@pytest.mark.parametrize("text", ["{{ nobody }}", "{{ number.__class__.__mro__[1].__subclasses__() }}", "{% if %}"])
def test_a_form_that_asks_for_too_much_is_a_sentence(settings, tmp_path, text):
    settings.HOME = Home(tmp_path)
    (tmp_path / "documents").mkdir()
    form = Document()
    form.add_paragraph(text)
    form.save(str(tmp_path / "documents" / "notice.docx"))
    with pytest.raises(UserError, match="文书模板不能用"):
        as_docx(notice())


def test_a_form_that_does_not_compile_or_reads_other_files_is_a_sentence(settings, tmp_path):
    settings.HOME = Home(tmp_path / "home")
    (tmp_path / "home" / "documents").mkdir(parents=True)
    (tmp_path / "secret").write_text("x")
    for text in ("#nobody", '#read("../../secret")', '#import "@preview/cetz:0.3.4"'):
        (tmp_path / "home" / "documents" / "notice.typ").write_text(text)
        with pytest.raises(UserError, match="文书模板不能用"):
            as_pdf(notice())


def test_without_chinese_fonts_the_sentence_names_the_package(monkeypatch):
    class NoFonts:
        def families(self) -> list[str]:
            return ["Libertinus Serif"]

    monkeypatch.setattr(rendering, "_fonts", NoFonts)
    with pytest.raises(UserError, match="fonts-noto-cjk"):
        as_pdf(notice())
