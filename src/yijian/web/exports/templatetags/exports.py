"""The links that export what a page shows."""

from typing import Any

from django import template

from yijian.web.frame.templatetags.frame import here_with

register = template.Library()


@register.inclusion_tag("exports/links.html", takes_context=True)
def export_links(context: dict[str, Any], name: str, **changes: object) -> dict[str, object]:
    """Links to the list `name` as Excel and CSV, narrowed and sorted as this page is."""
    return {"name": name, "address": here_with(context, **changes)}
