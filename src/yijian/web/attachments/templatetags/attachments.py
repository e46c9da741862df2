"""Attachments in templates: a list, and the field that uploads."""

from collections.abc import Iterable

from django import template
from django.conf import settings

from yijian.web.attachments.actions import MOST_FILES
from yijian.web.attachments.checking import MEDIA
from yijian.web.attachments.models import Attachment

register = template.Library()


@register.inclusion_tag("attachments/list.html")
def attached(files: Iterable[Attachment]) -> dict[str, object]:
    """The attachments of a record, to be fetched; nothing where there are none."""
    return {"files": files}


@register.inclusion_tag("attachments/field.html")
def attach_field(name: str = "files") -> dict[str, object]:
    """A field for files; its form is `enctype="multipart/form-data"`."""
    return {"name": name, "kinds": MEDIA, "most": MOST_FILES, "megabytes": settings.MOST_ATTACHED // 2**20}
