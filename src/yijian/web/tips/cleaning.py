"""Attachments of tips lose what would tell of whoever made them: only what can be made anew from its picture or text is taken.

Images: the pixels alone, upright. PDF: each page as a picture, so that authors, earlier versions, scripts and embedded files stay
behind. Text: as UTF-8. Anything else is refused with a way out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from threading import Lock

import pypdfium2
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

from yijian.web.attachments.checking import checked

TAKEN = ("jpg", "png", "pdf", "txt")
MOST_FILES = 5
MOST_BYTES = 10 * 2**20
"""Of all files of a tip together."""
MOST_PAGES = 30
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2000
"""Pixels of a page of a PDF: legible, and no more."""
Maker = Callable[[bytes], bytes | None]
"""What makes a file anew; None where it is too large."""
_pdfium = Lock()  # the library must not be called from two threads


@dataclass(frozen=True)
class Clean:
    """A file without metadata. given: SHA-256 of what was handed in, for the proof."""

    kind: str
    body: bytes
    given: str


def cleaned(files: "Sequence[UploadedFile[bytes]]") -> list[Clean]:
    """All files of a tip, cleaned. ValidationError where one cannot be; it says which by its place, not by its name."""
    if len(files) > MOST_FILES:
        raise ValidationError(f"一次最多上传 {MOST_FILES} 个附件，收到 {len(files)} 个")
    if sum(file.size or 0 for file in files) > MOST_BYTES:
        raise ValidationError(f"附件合计超过 {MOST_BYTES // 2**20} MB，请压缩，或凭回执码分次补充说明")
    return [_clean(file, place) for place, file in enumerate(files, 1)]


def _clean(file: "UploadedFile[bytes]", place: int) -> Clean:
    suffix = (file.name or "").rsplit(".", 1)[-1].lower().replace("jpeg", "jpg")
    if suffix not in TAKEN:
        raise ValidationError(
            f"第 {place} 个附件的类型不能清除作者、位置等隐藏信息，没有收下；请换成截图（jpg、png）、pdf 或 txt"
        )
    file.name = f"附件{place}.{suffix}"  # what it was called may name somebody; from here on nothing knows it
    _, kind = checked(file)
    file.seek(0)
    given = file.read()
    try:
        body = MAKERS[kind](given)
    except (OSError, ValueError, SyntaxError, pypdfium2.PdfiumError, Image.DecompressionBombError):
        raise ValidationError(f"第 {place} 个附件打不开或有密码，没有收下；请换成截图（jpg、png）") from None
    if body is None:
        limits = f"图片最多 {MOST_PIXELS // 1_000_000} 百万像素，pdf 最多 {MOST_PAGES} 页"
        raise ValidationError(f"第 {place} 个附件太大：{limits}，请拆分或缩小")
    return Clean(kind, body, sha256(given).hexdigest())


def _image(form: str) -> Maker:
    def made(given: bytes) -> bytes | None:
        with Image.open(BytesIO(given), formats=[form]) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            upright = ImageOps.exif_transpose(image).convert("RGB" if form == "JPEG" else "RGBA")
        # A new image has pixels and nothing else: what Pillow knows about the old one it would write again.
        bare, out = Image.frombytes(upright.mode, upright.size, upright.tobytes()), BytesIO()
        bare.save(out, form, **({"quality": 85} if form == "JPEG" else {}))
        return out.getvalue()

    return made


def _pdf(given: bytes) -> bytes | None:
    with _pdfium:
        document = pypdfium2.PdfDocument(given)
        try:
            if not 0 < len(document) <= MOST_PAGES:
                return None
            pages = [_page(document[number]) for number in range(len(document))]
        finally:
            document.close()
    out = BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], quality=75)
    return out.getvalue()


def _page(page: pypdfium2.PdfPage) -> Image.Image:
    width, height = page.get_size()
    return page.render(scale=min(2.0, LONGEST_SIDE / max(width, height, 1))).to_pil().convert("RGB")


def _text(given: bytes) -> bytes:
    try:
        return given.decode("utf-8-sig").encode()
    except UnicodeDecodeError:
        return given.decode("gb18030").encode()


MAKERS: dict[str, Maker] = {"jpg": _image("JPEG"), "png": _image("PNG"), "pdf": _pdf, "txt": _text}
