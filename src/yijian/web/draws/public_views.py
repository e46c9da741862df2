"""What the public reads of draws: numbers, times and hashes, so that nobody can change a list or a record afterwards.

Neither what a draw is about nor who was drawn. Of a sealed draw (a flight inspection) only the hash of its list until long after
its morning (`draw_told_after`): neither place nor moment may warn anybody. Lists and records go to whoever takes part;
with the hash from here anybody who is shown one later knows that it is the one.
"""

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from yijian.web.accounts.queries import division_names
from yijian.web.draws.queries import Draw, announced
from yijian.web.frame.tables import long_page_of
from yijian.web.parameters.queries import Book

TOLD_AFTER = "draw_told_after"


@login_not_required
@require_safe
def draws(request: HttpRequest) -> HttpResponse:
    """哪些随机抽取的名单已经固定？"""
    page, names, book, today = long_page_of(request, announced()), division_names(), Book(), timezone.localdate()
    rows = [(one, names.get(one.area, one.area), _told(one, book, today)) for one in page]
    return HttpResponse(render_to_string("draws/public.html", {"page": page, "rows": rows}))


def _told(one: Draw, book: Book, today: date) -> bool:
    """Whether more than the hash of its list may be known."""
    if one.sealed_until is None:
        return True
    return today > book.due(TOLD_AFTER, one.area, timezone.localdate(one.sealed_until))
