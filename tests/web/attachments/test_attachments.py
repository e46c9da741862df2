"""A file that is attached is what it says, lies once and unaltered, and leaves only by its record's door."""

import os
import time
import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from PIL import Image

from tests.web.conftest import browser, by, contested_form
from tests.web.documents.test_letters import notice
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.web.attachments import actions, queries, store
from yijian.web.attachments.models import Attachment
from yijian.web.audit_log.models import LogEntry
from yijian.web.documents.notice import as_pdf
from yijian.web.reviews import actions as reviews
from yijian.web.reviews.models import Review

TEXT = "床位费按出入院小时计算，附病历与护理记录。"


@pytest.fixture
def home(settings, tmp_path) -> Home:
    settings.HOME = Home(tmp_path)
    return settings.HOME


def picture(form: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (3, 2)).save(out, form)
    return out.getvalue()


def word() -> bytes:
    out = BytesIO()
    Document().save(out)
    return out.getvalue()


def sheet() -> bytes:
    import xlsxwriter

    out = BytesIO()
    xlsxwriter.Workbook(out).close()
    return out.getvalue()


def packed(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into:
        for name, held in parts.items():
            into.writestr(name.replace("__", "/"), held)
    return out.getvalue()


GOOD = {
    "病历.pdf": lambda: as_pdf(notice()),
    "说明.docx": word,
    "清单.XLSX": sheet,
    "票据.jpeg": lambda: picture("JPEG"),
    "票据.png": lambda: picture("PNG"),
    "说明.txt": lambda: "护理记录".encode(),
    "清单.csv": lambda: "项目,金额\n床位费,60".encode("gb18030"),
}
BAD = {
    "a.exe": (b"MZ", "类型不在"),
    "a.zip": (packed(a=b"x"), "类型不在"),
    "没有扩展名": (b"x", "类型不在"),
    "a.pdf": (b"<html><script>alert(1)</script>", "不是完整的 PDF"),
    "cut.pdf": (b"%PDF-1.7\n1 0 obj", "不是完整的 PDF"),
    "a.png": (picture("JPEG"), "不是 PNG"),
    "a.jpg": (b"\xff\xd8\xff\xe0 no picture", "不是 JPEG"),
    "a.docx": (sheet(), "不是 Word"),
    "a.xlsx": (b"PK\x03\x04 no zip", "不是 Excel"),
    "macro.xlsx": (packed(**{"[Content_Types].xml": b"", "xl__workbook.xml": b"", "xl__vbaProject.bin": b""}), "带有宏"),
    "bomb.docx": (packed(**{"[Content_Types].xml": b"", "word__document.xml": bytes(501 * 2**20)}), "解压后过大"),
    "a.txt": (b"MZ\x00\x01", "不是文本"),
    "a.csv": (b"\xff\xfe\xfd", "不是 UTF-8"),
    "empty.txt": (b"", "空文件"),
    "cheque\u202efdp.exe": (b"MZ", "类型不在"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_what_it_says_is_kept_once_and_read_back(home, supervisor, name):
    held = GOOD[name]()
    for _ in range(2):
        (one,) = actions.attach("reviews.review:1", [SimpleUploadedFile(name, held)], **by(supervisor))
    files = [path for path in home.attachments.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [one.sha256]
    assert files[0].stat().st_mode & 0o777 == 0o600
    assert store.read(home, one.sha256) == held
    assert Attachment.objects.count() == 2


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_what_it_says_is_refused_with_its_name_and_why(home, supervisor, name):
    held, why = BAD[name]
    files = [SimpleUploadedFile("好.txt", b"x"), SimpleUploadedFile(name, held)]
    with pytest.raises(ValidationError, match=why):
        actions.attach("reviews.review:1", files, **by(supervisor))
    assert not Attachment.objects.exists()
    assert not home.attachments.exists()


def test_too_large_or_too_many_is_refused(home, settings, supervisor):
    settings.MOST_ATTACHED = 2**20
    with pytest.raises(ValidationError, match="上限"):
        actions.attach("reviews.review:1", [SimpleUploadedFile("a.txt", b"x" * (2**20 + 1))], **by(supervisor))
    with pytest.raises(ValidationError, match="最多上传 10 个"):
        actions.attach("reviews.review:1", [SimpleUploadedFile("a.txt", b"x")] * 11, **by(supervisor))


def test_a_name_that_leads_elsewhere_or_disguises_itself_is_only_a_name(home, supervisor):
    file = SimpleUploadedFile("x.txt", b"x")
    file._name = "../../etc/\u202eshadow\r\n.txt"
    (one,) = actions.attach("reviews.review:1", [file], **by(supervisor))
    assert one.name == "shadow.txt"


def test_a_file_that_was_altered_on_the_disk_is_not_given_out(home):
    sha = store.put(home, [b"was said"])
    (home.attachments / sha[:2] / sha).write_bytes(b"was never said")
    with pytest.raises(UserError, match="不一致"):
        store.read(home, sha)
    (home.attachments / sha[:2] / sha).unlink()
    with pytest.raises(UserError, match="不在存储中"):
        store.read(home, sha)


def test_files_that_no_record_names_are_swept_after_a_day(home):
    kept, fresh, old = (store.put(home, [word]) for word in (b"kept", b"fresh", b"old"))
    for sha in (kept, old):
        long_ago = time.time() - 2 * store.DAY
        os.utime(home.attachments / sha[:2] / sha, (long_ago, long_ago))
    assert store.sweep(home, [kept]) == 1
    assert [store.read(home, sha) for sha in (kept, fresh)] == [b"kept", b"fresh"]


@pytest.fixture
def own_store(monkeypatch, tmp_path):
    """The area's home is read by all tests: attachments go elsewhere."""
    monkeypatch.setattr(Home, "attachments", property(lambda self: tmp_path / "attachments"))


def of(place: str) -> Review:
    return Review.objects.filter(institution_id=place).order_by("pk").first()


def appeal(user, review, *files, text=TEXT):
    return browser(user).post(f"/reviews/{review.pk}/appeal/", contested_form(review, text) | {"files": list(files)})


def test_an_appeal_carries_papers_that_the_desk_and_its_own_institution_see(
    own_store, sent, clerk, other_clerk, second, administrator
):
    review = of("H1")
    assert appeal(clerk, review, SimpleUploadedFile("护理记录.txt", "三级护理".encode())).status_code == 302
    (one,) = queries.attachments_of(f"reviews.review:{review.pk}")
    assert "护理记录.txt" in browser(second).get(f"/reviews/{review.pk}/").content.decode()
    for user in (clerk, second):
        got = browser(user).get(f"/attachments/{one.pk}/")
        assert got.content.decode() == "三级护理"
        assert got["Content-Disposition"].startswith("attachment")
        assert (got["X-Content-Type-Options"], got["Content-Security-Policy"]) == ("nosniff", "default-src 'none'; sandbox")
    assert browser(other_clerk).get(f"/attachments/{one.pk}/").status_code == 404
    assert browser(administrator).get(f"/attachments/{one.pk}/").status_code == 403
    assert browser(second).get("/attachments/999999/").status_code == 404
    looks = LogEntry.objects.filter(act="attachments.fetch")
    assert list(looks.values_list("about", "purpose")) == [(str(one.pk), f"reviews.review:{review.pk}")] * 2
    assert not [line for line in LogEntry.objects.all() if "护理记录" in f"{line.purpose}{line.about}{line.changes}"]


def test_a_wrong_paper_leaves_the_appeal_unfiled_and_its_text_on_the_page(own_store, sent, clerk):
    review = of("H1")
    answer = appeal(clerk, review, SimpleUploadedFile("票据.png", b"no picture"))
    assert answer.status_code == 400
    assert "“票据.png”的内容不是 PNG 图片" in answer.content.decode()
    assert TEXT in answer.content.decode()
    review.refresh_from_db()
    assert review.state == "sent"
    assert not Attachment.objects.exists()


def test_an_appeal_that_comes_too_late_leaves_no_paper(own_store, sent, clerk):
    review = of("H1")
    reviews.accept(review.pk, **by(clerk))
    answer = appeal(clerk, review, SimpleUploadedFile("a.txt", b"x"))
    assert answer.status_code == 400
    assert "不能“申诉”" in answer.content.decode()
    assert not Attachment.objects.exists()
