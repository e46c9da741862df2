"""Attachments lose authors, places, comments and earlier versions; what cannot be cleaned is refused."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter

from yijian.web.tips import cleaning

SECRET = b"CANARY-AUTHOR-7731"


def jpeg(size=(64, 32)):
    image, exif, out = Image.new("RGB", size, "red"), Image.Exif(), BytesIO()
    exif[0x010F], exif[0x013B], exif[0x0112] = SECRET.decode(), SECRET.decode(), 6
    image.save(out, "JPEG", exif=exif, comment=SECRET, icc_profile=SECRET)
    return out.getvalue()


def png():
    image, info, out = Image.new("RGB", (8, 8), "blue"), PngInfo(), BytesIO()
    info.add_text("Author", SECRET.decode())
    image.save(out, "PNG", pnginfo=info)
    return out.getvalue()


def pdf(pages=1, password=""):
    writer, out = PdfWriter(), BytesIO()
    for _ in range(pages):
        writer.add_blank_page(200, 300)
    writer.add_metadata({"/Author": SECRET.decode()})
    writer.add_attachment("note.txt", SECRET)
    if password:
        writer.encrypt(password)
    writer.write(out)
    return out.getvalue()


def clean(name, held):
    (made,) = cleaning.cleaned([SimpleUploadedFile(name, held)])
    return made


@pytest.mark.parametrize(("name", "make"), [("a.jpg", jpeg), ("a.jpeg", jpeg), ("b.png", png), ("c.pdf", pdf)])
def test_nothing_hidden_is_left(name, make):
    held = make()
    if not name.endswith("pdf"):  # in a PDF such things may be compressed, and are looked for with a reader below
        assert SECRET in held
    assert SECRET not in clean(name, held).body


def test_a_picture_stands_upright_without_its_exif():
    with Image.open(BytesIO(clean("a.jpg", jpeg()).body)) as image:
        assert image.size == (32, 64)
        assert not image.getexif()
        assert "comment" not in image.info
        assert "icc_profile" not in image.info


def test_of_a_pdf_only_its_pages_as_pictures_are_left():
    assert PdfReader(BytesIO(pdf())).attachments
    reader = PdfReader(BytesIO(clean("c.pdf", pdf(3)).body))
    assert len(reader.pages) == 3
    assert not reader.attachments
    assert "/Author" not in (reader.metadata or {})
    assert "/Names" not in reader.trailer["/Root"]


def test_text_is_kept_as_text():
    assert clean("d.txt", "本子在护士站".encode("gb18030")).body == "本子在护士站".encode()


@pytest.mark.parametrize(
    ("name", "held", "why"),
    [
        ("x.docx", b"PK", "类型不能清除"), ("x.mp4", b"0", "类型不能清除"), ("x", b"0", "类型不能清除"),
        ("x.pdf", b"%PDF-1.7 broken %%EOF", "打不开"), ("x.jpg", b"no picture", "不是 JPEG"), ("x.txt", b"", "空文件"),
        ("x.pdf", pdf(password="secret"), "打不开"), ("x.pdf", pdf(31), "太大"),
    ],
)  # fmt: skip
def test_what_cannot_be_cleaned_is_refused_without_its_name(name, held, why):
    with pytest.raises(ValidationError, match=why) as refused:
        clean(f"张三的{name}" if "." in name else name, held)
    assert "张三" not in refused.value.messages[0]


def test_a_picture_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(cleaning, "MOST_PIXELS", 1000)
    with pytest.raises(ValidationError, match="太大"):
        clean("a.jpg", jpeg())


def test_too_many_or_too_large_files_are_refused(monkeypatch):
    with pytest.raises(ValidationError, match="最多上传 5"):
        cleaning.cleaned([SimpleUploadedFile("a.txt", b"text")] * 6)
    monkeypatch.setattr(cleaning, "MOST_BYTES", 3)
    with pytest.raises(ValidationError, match="超过"):
        cleaning.cleaned([SimpleUploadedFile("a.txt", b"text")])
