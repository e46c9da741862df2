"""One box for everything that has a number: it leads there, or shows a short list of what the person may see.

Each kind asks its own app's door. Numbers are compared whole, from an index; only names of institutions, organisations and
colleagues are looked for inside. A number of a paper carries its year in 〔〕, and nothing else does: that says whom to ask.
What is typed goes into no address, for it may be anybody's number: the form is posted.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from yijian.web.accounts.queries import Right, User, accounts_for, organisations_for, person_of
from yijian.web.agreements.queries import measures_for
from yijian.web.campaigns.queries import campaigns_for
from yijian.web.cases.queries import cases_for
from yijian.web.draws.queries import draws_for
from yijian.web.extrapolation.queries import extrapolations_for
from yijian.web.findings import queries as findings
from yijian.web.findings.filters import ALL, Filters
from yijian.web.inspections.queries import inspections_for
from yijian.web.institutions.queries import all_institutions, institution
from yijian.web.joint.consulting import meetings_for
from yijian.web.joint.planning import plans_for
from yijian.web.leads.queries import leads_for
from yijian.web.recoveries.queries import orders_for
from yijian.web.reviews.queries import reviews_for
from yijian.web.reviews.steps import WORDS
from yijian.web.tips.queries import tips_for
from yijian.web.transfers.queries import transfers_for

MOST = 10
"""Hits of one kind."""
LEAST, LONGEST = 2, 60
"""Characters that are looked for; one digit may be a review."""


@dataclass(frozen=True)
class Hit:
    """Something found: what it is, its number or name, a few words, and its page."""

    kind: str
    title: str
    said: str
    link: str


def _findings(user: User, text: str) -> Iterable[Hit]:
    """By its own number; by that of a person, an encounter or a settlement."""
    if not text.isascii() or institution(text):
        return
    found = list(findings.findings_for(user, Filters(text=text, state=ALL)).order_by("-day", "pk")[:MOST])
    if not found:
        try:
            found = [findings.finding_for(user, text)]  # one that is gone has its page, too
        except Http404:
            return
    for one in found:
        place = one.institution.name if one.institution else "未涉及机构"
        said = f"{one.rule_short}，{place}，{one.day or '日期不详'}，{one.amount or 0:,.2f} 元"
        yield Hit("疑点", one.pk, said, reverse("findings:detail", args=[one.pk]))


def _reviews(user: User, text: str) -> Iterable[Hit]:
    """By its number or its settlement."""
    seen = reviews_for(user)
    found = list(seen.filter(pk=int(text))) if text.isdecimal() and len(text) < 10 else []
    found += list(seen.filter(Q(key=f"setl:{text}")))
    for one in {one.pk: one for one in found}.values():
        said = f"{one.institution.name}，{WORDS[one.state]}，{one.amount:,.2f} 元"
        yield Hit("审核单", f"审核单 {one.pk}", said, reverse("reviews:detail", args=[one.pk]))


def _letters(user: User, text: str) -> Iterable[Hit]:
    """The reviews that were sent in one letter."""
    of_letter = reviews_for(user).filter(notice__number=text)
    if first := of_letter.first():
        said = f"{first.institution.name}，{of_letter.count()} 张审核单"
        yield Hit("告知书", text, said, f"{reverse('reviews:list')}?{urlencode({'text': text})}")


def _orders(user: User, text: str) -> Iterable[Hit]:
    for one in orders_for(user).filter(number=text):
        said = f"{one.institution.name}，{one.amount:,.2f} 元，{one.due} 前退回"
        yield Hit("退回通知", one.number, said, reverse("recoveries:order", args=[one.pk]))


def _leads(user: User, text: str) -> Iterable[Hit]:
    for one in leads_for(user).filter(number=text):
        yield Hit("线索", one.number, f"{one.title}，{one.who}", reverse("leads:detail", args=[one.pk]))


def _cases(user: User, text: str) -> Iterable[Hit]:
    for one in cases_for(user).filter(number=text):
        yield Hit("案件", one.number, f"{one.title}，{one.who}", reverse("cases:detail", args=[one.pk]))


def _agreements(user: User, text: str) -> Iterable[Hit]:
    for one in measures_for(user).filter(number=text):
        yield Hit("协议处理", one.number, f"{one.title}，{one.institution.name}", reverse("agreements:detail", args=[one.pk]))


def _draws(user: User, text: str) -> Iterable[Hit]:
    for one in draws_for(user).filter(number=text):
        yield Hit("随机抽取", one.number, one.title, reverse("draws:detail", args=[one.pk]))


def _inspections(user: User, text: str) -> Iterable[Hit]:
    for one in inspections_for(user).filter(number=text):
        yield Hit("检查", one.number, f"{one.title}，{one.who}", reverse("inspections:detail", args=[one.pk]))


def _campaigns(user: User, text: str) -> Iterable[Hit]:
    for one in campaigns_for(user).filter(number=text):
        yield Hit("专项治理", one.number, one.title, reverse("campaigns:detail", args=[one.pk]))


def _extrapolations(user: User, text: str) -> Iterable[Hit]:
    for one in extrapolations_for(user).filter(number=text):
        yield Hit("抽样推算", one.number, one.institution.name, reverse("extrapolation:detail", args=[one.pk]))


def _transfers(user: User, text: str) -> Iterable[Hit]:
    for one in transfers_for(user).filter(number=text):
        yield Hit("移送", one.number, f"{one.title}，{one.partner.name}", reverse("transfers:detail", args=[one.pk]))


def _joint(user: User, text: str) -> Iterable[Hit]:
    """Plans of joint inspections and minutes of consultations."""
    for plan in plans_for(user).filter(number=text):
        yield Hit("联合检查", plan.number, plan.title, reverse("joint:plan", args=[plan.pk]))
    for meeting in meetings_for(user).filter(number=text):
        yield Hit("会商纪要", meeting.number, meeting.title, reverse("joint:meeting", args=[meeting.pk]))


def _institutions(user: User, text: str) -> Iterable[Hit]:
    inside = user.scope(Right.SEE_FINDINGS).condition(institution="pk")
    for one in all_institutions().filter(inside, Q(pk=text) | Q(name__icontains=text))[:MOST]:
        yield Hit("定点医药机构", one.name, one.pk, reverse("findings:institution", args=[one.pk]))


def _accounts(user: User, text: str) -> Iterable[Hit]:
    for one in accounts_for(user).filter(Q(username__iexact=text) | Q(display_name__icontains=text)).order_by("username")[:MOST]:
        yield Hit(
            "账号", one.username, f"{one.display_name}，{one.organisation.name}", reverse("accounts:detail", args=[one.username])
        )


def _tips(user: User, text: str) -> Iterable[Hit]:
    """By its number alone: nothing else of it can be looked for."""
    for one in tips_for(user).filter(number=text):
        yield Hit("举报", one.number, one.get_state_display(), reverse("tips:detail", args=[one.pk]))  # type: ignore[attr-defined]


def _organisations(user: User, text: str) -> Iterable[Hit]:
    for one in organisations_for(user).filter(Q(pk=text) | Q(name__icontains=text))[:MOST]:
        yield Hit("单位", one.name, one.pk, reverse("accounts:organisation", args=[one.pk]))


YEAR = re.compile(r"[〔\[(（［【]\s*(\d{4})\s*[〕\])）］】]")
"""The year in the number of a paper, in whatever brackets somebody types it."""

Look = Callable[[User, str], Iterable[Hit]]
KINDS: tuple[tuple[frozenset[Right], str, Look], ...] = (
    (frozenset({Right.SEE_FINDINGS}), "疑点编号、人员编号、就诊或结算编号", _findings),
    (frozenset({Right.SEE_REVIEWS, Right.ANSWER}), "审核单号", _reviews),
    (frozenset({Right.SEE_REVIEWS, Right.ANSWER}), "告知书文号", _letters),
    (frozenset({Right.SEE_LEDGER, Right.ANSWER}), "退回通知文号", _orders),
    (frozenset({Right.SEE_LEADS}), "线索编号", _leads),
    (frozenset({Right.SEE_TIPS}), "举报编号", _tips),
    (frozenset({Right.SEE_CASES}), "案号", _cases),
    (frozenset({Right.SEE_AGREEMENTS, Right.ANSWER}), "协议处理文号", _agreements),
    (frozenset({Right.SEE_TRANSFERS, Right.ANSWER_TRANSFERS}), "移送书文号", _transfers),
    (frozenset({Right.SEE_JOINT, Right.ANSWER_JOINT}), "联合检查、会商纪要文号", _joint),
    (frozenset({Right.SEE_DRAWS, Right.TAKE_PART_IN_DRAWS}), "抽取名单文号", _draws),
    (frozenset({Right.SEE_INSPECTIONS, Right.INSPECT, Right.ANSWER}), "检查编号", _inspections),
    (frozenset({Right.SEE_CAMPAIGNS}), "专项治理文号", _campaigns),
    (frozenset({Right.SEE_EXTRAPOLATIONS}), "抽样推算编号", _extrapolations),
    (frozenset({Right.SEE_FINDINGS}), "机构编码或名称", _institutions),
    (frozenset({Right.KEEP_ACCOUNTS}), "账号、姓名", _accounts),
    (frozenset({Right.KEEP_ACCOUNTS}), "单位编码或名称", _organisations),
)
"""What may be looked for: any of these rights opens it."""
NUMBERED: frozenset[Look] = frozenset(
    {_letters, _orders, _leads, _tips, _cases, _agreements, _transfers, _joint, _draws, _extrapolations, _inspections, _campaigns}
)
"""Those whose numbers carry a year."""


def open_to(user: User) -> list[str]:
    """What this person may look for, in words."""
    return [words for rights, words, _ in KINDS if any(user.may(right) for right in rights)]


def hits(user: User, text: str) -> list[Hit]:
    """What is found of all that this person may see."""
    text, dated = YEAR.subn(r"〔\1〕", text)
    asked = [(rights, look) for rights, _, look in KINDS if (look in NUMBERED) == bool(dated)]
    return [hit for rights, look in asked if any(user.may(right) for right in rights) for hit in look(user, text)]


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """找什么？ One hit is opened at once."""
    user, text, problem = person_of(request), request.POST.get("q", "").strip(), ""
    found: list[Hit] = []
    if request.method == "POST":
        if len(text) > LONGEST or (len(text) < LEAST and not text.isdecimal()):
            problem = f"请输入 {LEAST} 到 {LONGEST} 个字的编号或名称"
        else:
            found = hits(user, text)
            if len(found) == 1:
                return redirect(found[0].link)
    context = {"q": text, "hits": found, "problem": problem, "kinds": open_to(user), "asked": request.method == "POST"}
    return render(request, "search.html", context, status=400 if problem else 200)
