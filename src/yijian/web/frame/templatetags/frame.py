"""Words for templates: money, numbers, icons, states, addresses with one thing changed."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from yijian.vocabulary.masking import masked_number
from yijian.web.frame.beside import notes

register = template.Library()

VERDICTS = {"violation": ("明确违规", "red", "ban"), "suspicion": ("可疑", "orange", "help-circle")}
LEVELS = {3: "三级", 2: "二级", 1: "一级及以下"}


@register.filter
def yuan(value: Decimal | float | None) -> str:
    """12345.6 → 12,345.60"""
    return "—" if value is None else f"{value:,.2f}"


@register.filter
def wan(value: Decimal | float | None) -> str:
    """Money in overviews: 元 below ten thousand, 万元 above."""
    if value is None:
        return "—"
    return f"{value:,.2f} 元" if abs(value) < 10_000 else f"{value / 10_000:,.2f} 万元"


@register.filter
def count(value: int | None) -> str:
    """12345 → 12,345"""
    return "—" if value is None else f"{value:,}"


@register.filter
def plain(value: Decimal | None) -> str:
    """A quantity without idle zeros: 2.0000 → 2"""
    return "—" if value is None else f"{value:,.4f}".rstrip("0").rstrip(".")


@register.filter
def price(value: Decimal | None) -> str:
    """A unit price: at least two decimals, more where they say something."""
    if value is None:
        return "—"
    whole, _, rest = f"{value:,.6f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


@register.filter
def share(part: float, whole: float) -> str:
    """Per cent; a part that is not nothing is never shown as 0, nor one that is not all as 100."""
    if not whole:
        return "—"
    percent = 100 * part / whole
    if 0 < percent < 0.01:
        return "<0.01%"
    if 99.9 < percent < 100:
        return f"{min(percent, 99.99):.2f}%"
    return f"{percent:.2f}%" if percent < 10 else f"{percent:.1f}%"


@register.filter
def number_mask(value: str | None) -> str:
    """A person's number with its middle hidden."""
    return masked_number(value) if value else "—"


@register.filter
def level(value: int | None) -> str:
    """The level of an institution."""
    return LEVELS.get(value or 0, "未定级")


@register.filter
def at(words: Mapping[str, Any], key: str) -> Any:
    """What a mapping has under a key; '' where nothing."""
    return words.get(key, "")


@register.simple_tag
def icon(name: str, words: str = "") -> SafeString:
    """An icon of the sprite. It is decoration unless `words` say what it means."""
    place = static("vendor/icons.svg")
    if words:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>', words, place, name)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', place, name)


@register.simple_tag
def state(word: str, colour: str, picture: str) -> SafeString:
    """A state: word, colour and icon together."""
    return format_html('<span class="badge bg-{}-lt text-nowrap">{} {}</span>', colour, icon(picture), word)


@register.simple_tag
def verdict(value: str) -> SafeString:
    """How sure the rule is."""
    return state(*VERDICTS.get(value, (value, "secondary", "help-circle")))


@register.simple_tag(takes_context=True)
def here_with(context: dict[str, Any], **changes: object) -> str:
    """This page's address with some parameters changed; None takes one away. Changing anything goes back to page 1."""
    request: HttpRequest = context["request"]
    words = request.GET.copy()
    words.pop("page", None)
    for name, value in changes.items():
        if value is None or value == "":
            words.pop(name, None)
        else:
            words[name] = str(value)
    return f"?{words.urlencode()}"


@register.simple_tag
def chart_data(name: str, value: object) -> SafeString:
    """A chart's data as a JSON script, which no browser runs."""
    text = json.dumps(value, ensure_ascii=False, default=float)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return mark_safe(f'<script type="application/json" id="{name}">{text}</script>')  # noqa: S308 - escaped above


@register.inclusion_tag("frame/bar.html")
def bar(parts: Sequence[tuple[str, str, float]]) -> dict[str, object]:
    """A stacked bar as SVG: (word, colour class, amount) from left to right; what is not nothing stays visible."""
    whole = sum(amount for _, _, amount in parts)
    pieces, x = [], 0.0
    for word, colour, amount in parts:
        if not whole or not amount:
            continue
        width = 100 * amount / whole
        pieces.append({"word": word, "colour": colour, "x": f"{x:.4f}", "width": f"{width:.4f}", "share": share(amount, whole)})
        x += width
    return {"pieces": pieces}


@register.inclusion_tag("frame/beside.html", takes_context=True)
def beside(context: dict[str, Any], about: str, record: object = None) -> dict[str, object]:
    """What other apps have to say of the record that this page shows (`frame.beside`); nothing where they have nothing."""
    return {"notes": notes(about, context["request"].user, record)}


@register.inclusion_tag("frame/heading.html", takes_context=True)
def heading(context: dict[str, Any], head: object) -> dict[str, Any]:
    """A column's head, with the link that sorts by it."""
    return {"request": context["request"], "head": head}


@register.inclusion_tag("frame/pages.html", takes_context=True)
def pages(context: dict[str, Any], page: Any) -> dict[str, Any]:
    """Paging below a table."""
    return {
        "request": context["request"],
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
    }
