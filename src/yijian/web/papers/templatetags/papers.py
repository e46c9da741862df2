"""The papers of a record on its page."""

from collections.abc import Iterable

from django import template

from yijian.web.papers.queries import Paper

register = template.Library()


@register.inclusion_tag("papers/list.html")
def papers(rows: Iterable[Paper]) -> dict[str, object]:
    """A table of papers with their files; older versions are marked."""
    found = list(rows)
    newest = {(one.about, one.kind): one.pk for one in found}
    return {"papers": [(one, newest[one.about, one.kind] == one.pk) for one in found]}
