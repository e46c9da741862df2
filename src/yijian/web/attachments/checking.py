"""Whether a file is what its name says: it is opened as what it claims to be, and refused with a sentence otherwise."""

import re
import warnings
from collections.abc import Callable
from pathlib import PurePath
from typing import IO
from zipfile import BadZipFile, ZipFile

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, UnidentifiedImageError

TAIL = 4096
"""Bytes at the end of a PDF in which its end must be marked."""
MOST_UNPACKED = 500 * 2**20
"""Bytes that an Office file may unpack to."""
MOST_PARTS = 5000
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
"""Kinds that are taken, with their media types."""
NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\\/:*?"<>|]')
"""Signs that no file name needs: control and direction marks, which disguise an extension, and what systems forbid."""


def checked(file: "UploadedFile[bytes]") -> tuple[str, str]:
    """(name to keep, kind) of a file that may be kept. ValidationError otherwise, in one sentence that names the file."""
    name = _named(file.name or "")
    kind = PurePath(name).suffix.lower().removeprefix(".").replace("jpeg", "jpg")
    if kind not in MEDIA:
        raise ValidationError(f"“{name}”的类型不在可以上传的范围内，请转换为 {'、'.join(MEDIA)} 中的一种")
    if not file.size:
        raise ValidationError(f"“{name}”是空文件，请检查后重新上传")
    if file.size > settings.MOST_ATTACHED:
        raise ValidationError(
            f"“{name}”有 {file.size / 2**20:.1f} MB，超过每个文件 {settings.MOST_ATTACHED / 2**20:.0f} MB 的上限，请压缩或拆分"
        )
    problem = OPENED[kind](_raw(file))
    file.seek(0)
    if problem:
        raise ValidationError(f"“{name}”的内容{problem}，与扩展名不符或已损坏，请核对后重新上传")
    return name, kind


def _named(given: str) -> str:
    """The last part of a name, without disguises, at most 200 characters with its extension."""
    path = PurePath(NOT_IN_NAMES.sub("", given.replace("\\", "/").rsplit("/", 1)[-1]).strip() or "未命名")
    return path.stem[: 200 - len(path.suffix)] + path.suffix


def _raw(file: "UploadedFile[bytes]") -> IO[bytes]:
    file.seek(0)
    raw = file.file
    assert raw is not None
    return raw


def _pdf(file: IO[bytes]) -> str:
    head = file.read(1024)
    file.seek(0, 2)
    file.seek(max(0, file.tell() - TAIL))
    return "" if head.startswith(b"%PDF-") and b"%%EOF" in file.read() else "不是完整的 PDF"


def _image(form: str) -> Callable[[IO[bytes]], str]:
    def opened(file: IO[bytes]) -> str:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                with Image.open(file, formats=[form]) as image:
                    image.verify()
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombWarning):
            return f"不是 {form} 图片"
        except Image.DecompressionBombError:
            return "是尺寸过大的图片"
        return ""

    return opened


def _office(part: str, form: str) -> Callable[[IO[bytes]], str]:
    """part: what an Office file of this form always holds."""

    def opened(file: IO[bytes]) -> str:
        try:
            with ZipFile(file) as parts:
                names, size = parts.namelist(), sum(one.file_size for one in parts.infolist())
        except (BadZipFile, OSError, ValueError, NotImplementedError):
            return f"不是 {form} 文件"
        if part not in names or "[Content_Types].xml" not in names:
            return f"不是 {form} 文件"
        if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll")) for name in names):
            return "带有宏或程序"
        return "解压后过大" if size > MOST_UNPACKED or len(names) > MOST_PARTS else ""

    return opened


def _text(file: IO[bytes]) -> str:
    held = file.read()
    if b"\0" in held:
        return "不是文本"
    for encoding in ("utf-8", "gb18030"):
        try:
            held.decode(encoding)
        except UnicodeDecodeError:
            continue
        return ""
    return "不是 UTF-8 或 GB18030 编码的文本"


OPENED: dict[str, Callable[[IO[bytes]], str]] = {
    "pdf": _pdf,
    "docx": _office("word/document.xml", "Word（docx）"),
    "xlsx": _office("xl/workbook.xml", "Excel（xlsx）"),
    "jpg": _image("JPEG"),
    "png": _image("PNG"),
    "txt": _text,
    "csv": _text,
}
"""Kind → what says '' of a file that is one, else what is wrong."""
