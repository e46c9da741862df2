"""What an address asks for: which form, whose, when."""

from dataclasses import dataclass

from django.http import Http404, QueryDict
from django.utils import timezone

from yijian.web.accounts.queries import User
from yijian.web.statistics import queries
from yijian.web.statistics.forms import Form, forms
from yijian.web.statistics.periods import Period, period_given, usual


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    form: Form
    area: str
    period: Period


def asked(user: User, key: str, address: QueryDict) -> Asked:
    """The form, division and period of an address. Http404 where there is no such form or division."""
    form = forms().get(key)
    if form is None:
        raise Http404("没有这张统计表。")
    area = queries.area_given(user, address.get("area", ""))
    kind = form.periods[0]
    default = period_given(usual(kind, timezone.localdate()), [kind])
    period = period_given(address.get("period", "").strip(), form.periods) or default
    if period is None:
        raise Http404("没有这个报告期。")
    return Asked(form, area, period)
