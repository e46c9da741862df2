"""The field that chooses an institution."""

from collections.abc import Mapping
from typing import Any

from django import template

from yijian.web.institutions.queries import Names

register = template.Library()


@register.inclusion_tag("institutions/field.html")
def institution_field(
    names: Names,
    chosen: object = "",
    empty: str = "全部机构",
    field: str = "institution",
    *,
    required: bool = False,
    key: str = "",
) -> Mapping[str, Any]:
    """A list of all where they are few; else a text that proposes while one writes, and whose value is the code.

    empty: what stands there while none is chosen; field: its name in the form; key: its id, where the page has several.
    """
    code = str(chosen or "")
    return {
        "few": names.few,
        "options": names.items() if names.few else (),
        "chosen": code,
        "name": names.get(code, "") if code else "",
        "empty": empty,
        "field": field,
        "id": key or field,
        "required": required,
    }
