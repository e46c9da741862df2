"""Documents from templates: DOCX by docxtpl, PDF by Typst in this process. A template is a file; what goes in is only text.

An area may put its own form of a document in `HOME/documents/` under the same name; it goes before ours.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import typst
from django.conf import settings
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from yijian.vocabulary.errors import UserError

OURS = Path(__file__).parent / "templates"

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""Extension → media type."""

SONG = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "SimSun", "STSong", "Source Han Serif SC", "Noto Serif CJK SC")
FANG = ("FangSong_GB2312", "FangSong", "STFangsong", "SimSun", "Source Han Serif SC", "Noto Serif CJK SC")
ANY = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "SimHei")
"""Families by liking: what an official document is set in, then what Linux has; for the title, for the text, for want of both."""


def day_words(day: date) -> str:
    """2026年1月31日"""
    return f"{day.year}年{day.month}月{day.day}日"


def yuan_words(yuan: Decimal) -> str:
    """1,234.00"""
    return f"{yuan:,.2f}"


def docx(name: str, words: Mapping[str, Any]) -> bytes:
    """A document for Word. UserError where the template is no DOCX or asks for what the document does not say."""
    path = _template(f"{name}.docx")
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    out = BytesIO()
    try:
        template = DocxTemplate(path)
        template.render(dict(words), jinja_env=environment, autoescape=True)
        template.save(out)
    except (TemplateError, PackageNotFoundError, BadZipFile) as problem:
        raise UserError(f"文书模板不能用：{problem}", where=str(path), do="请更正模板，或移走它而用系统自带的") from problem
    return out.getvalue()


def pdf(name: str, words: Mapping[str, Any], *, day: date) -> bytes:
    """A document as PDF, dated `day`. UserError where no Chinese font is installed or the template does not compile."""
    path, fonts = _template(f"{name}.typ"), _fonts()
    inputs = {
        "said": json.dumps(words, ensure_ascii=False),
        "song": json.dumps(_chosen(SONG), ensure_ascii=False),
        "fang": json.dumps(_chosen(FANG), ensure_ascii=False),
    }
    try:
        made = typst.Compiler(path, root=path.parent, font_paths=fonts, ignore_system_fonts=True).compile(
            sys_inputs=inputs, format="pdf", timestamp=datetime.combine(day, time(), UTC)
        )
    except typst.TypstError as problem:
        raise UserError(f"文书模板不能用：{problem}", where=str(path), do="请更正模板，或移走它而用系统自带的") from problem
    assert isinstance(made, bytes)
    return made


def _template(file: str) -> Path:
    own = settings.HOME.documents / file
    return own if own.exists() else OURS / file


@cache
def _fonts() -> typst.Fonts:
    """All fonts of this machine: looked for once, for that takes longer than a document."""
    return typst.Fonts()


def _chosen(liked: tuple[str, ...]) -> list[str]:
    """Of these families and those for want of them, the ones that are installed. UserError where none is."""
    have = set(_fonts().families())
    chosen = [family for family in (*liked, *ANY) if family in have]
    if not chosen:
        raise UserError(
            "这台机器没有中文字体，不能生成 PDF", do="请安装软件包 fonts-noto-cjk（Debian、Ubuntu）后重新启动网页服务"
        )
    return chosen
