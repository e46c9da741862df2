"""The demo's story: what a bureau, its agency and two hospitals did in the last weeks, by the same actions that the pages call.

Only `load --demo-accounts --story` tells it, and only on a desk where nobody has done anything yet. It is told back in time, so
that clocks run out.

1. the reviewer screens the surest groups, rejects a few, leaves the rest        45 days ago
2. bills are put under review and many are sent to their institutions                    30
3. one hospital accepts some and appeals against some; others stay silent       20
4. another reviewer decides                                                     8
5. the finance office orders repayment, money comes in, one sum in part          5
6. leads are put into the book: handed down to the county, verified, confirmed; some wait            26 to 1
7. tips come in: taken up, passed on, proved with a reward, destroyed; one waits       40 to 2
8. cases are filed from leads, one in every state; measures under the agreement        83 to 1
9. leads are transferred to the health commission and the police; one comes from there         69 to 1
10. decisions are made public, one corrected, one withdrawn; typical cases are written of the ended ones  60 to 0
11. a transfer is spot-checked, one talked about; a joint inspection is agreed     48 to 3
12. institutions, inspectors and experts are drawn with the agency's auditor; one draw is repeated, one is sealed    50 to 1
13. a campaign by the notice of 2020: the county's plan, returns of hospitals and of the agency in every state       40 to 3
14. bills of a hospital are drawn and reviewed, and said to be so much in all; another sample waits        30 to 2
15. institutions are trained, promises signed, leaflets handed out                 90 to 10
16. hospitals are inspected: one put right, one to be concluded, one at night, one on the spot now     40 to 0
17. more bills are sent, stays are drawn for second review; new groups wait for the county             2
18. the last two months are closed and handed in by the city and a county; the other county is silent
"""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice

from django.db import transaction

from yijian.vocabulary.home import Home
from yijian.web.accounts.queries import By, User, user_named
from yijian.web.findings import actions as screening
from yijian.web.findings.filters import Filters
from yijian.web.findings.queries import groups_for
from yijian.web.findings.rulebook import rules_about
from yijian.web.recoveries import actions as recoveries
from yijian.web.recoveries.queries import orders_for, to_order
from yijian.web.reviews import actions as reviewing
from yijian.web.reviews import opening
from yijian.web.reviews.queries import Filters as ReviewFilters
from yijian.web.reviews.queries import lines_of, review_for, reviews_for, to_open
from yijian.web.story import (
    campaigns,
    cases,
    draws,
    extrapolation,
    inspections,
    joint,
    leads,
    publishing,
    statistics,
    tips,
    training,
    transfers,
)

CONFIRMED, REJECTED, ASSIGNED = 60, 8, 12
"""Groups that are confirmed, rejected, given to the county."""

APPEALED, ACCEPTED, DECIDED = 6, 12, 14
"""Reviews of the first hospital, and how many are decided."""

CAST = (
    "shenhe", "fushen", "caiwu", "jianguan", "dongcheng", "banan", "banan2", "fazhi", "fuze", "dcbanan", "dcfuze",
    "jubao", "jubaoshen", "yiyuan1", "weijian", "neishen",
)  # fmt: skip
"""Accounts of the story."""

HOSPITALS = tuple(f"yiyuan{n}" for n in range(2, 7))
"""Accounts of other institutions: as many as the city has."""

PASSED = 5
"""Drawn stays that the second reviewer found right."""

APPEALS = (
    "患者病情变化，当日确有两次使用的医嘱与护理记录，已附病历复印件。",
    "该项目为术中必需，麻醉记录单可以证明，请复核。",
    "收费名称录入有误，实际开展的是另一项目，愿意更正后核减差额。",
)


@transaction.atomic
def tell_story(home: Home, *, passphrase: str, now: datetime) -> str:
    """Tell it, with tips under keys of this passphrase; '' where somebody has worked here already or an account is missing."""
    people = {name: user_named(name) for name in (*CAST, *HOSPITALS)}
    if any(people[name] is None for name in CAST):
        return ""
    cast = {name: one for name, one in people.items() if one is not None}
    if reviews_for(cast["shenhe"]).exists():
        return ""

    def by(name: str, days: int) -> By:
        return {"who": cast[name], "when": now - timedelta(days=days), "where": None}

    _screen(cast["shenhe"], by("shenhe", 45))
    if not to_open(cast["shenhe"]).exists():
        return ""
    opened = opening.open_reviews(None, home=home, **by("shenhe", 40))
    waiting = list(reviews_for(cast["shenhe"], ReviewFilters(state="drafted")).order_by("pk").values_list("pk", "institution_id"))
    mine = cast["yiyuan1"].organisation.institution
    early = [pk for n, (pk, _) in enumerate(waiting) if n % 3]
    if early:
        reviewing.send(early, **by("shenhe", 30))
    own = [pk for pk, place in waiting if place == mine and pk in early]
    for pk in own[:APPEALED]:
        reviewing.appeal(pk, _contested_in_part(pk, cast["yiyuan1"]), **by("yiyuan1", 25))
    for pk in own[APPEALED : APPEALED + ACCEPTED]:
        reviewing.accept(pk, **by("yiyuan1", 22))
    reviewing.lapse(**by("shenhe", 12))
    _decide(own, by("fushen", 8), cast["fushen"])
    _repay(cast["caiwu"], by("caiwu", 5))
    told = leads.tell(cast, now)
    tipped = tips.tell(cast, passphrase, now)
    filed = cases.tell(cast, now)
    published = publishing.tell(cast, now)
    transferred = transfers.tell(cast, now)
    came = joint.tell(cast, now)
    drawn = draws.tell(cast, now)
    returned = campaigns.tell(cast, now)
    estimated = extrapolation.tell(cast, home, now)
    trained = training.tell(cast, now)
    inspected = inspections.tell(cast, home, now)
    late = [pk for n, (pk, _) in enumerate(waiting) if pk not in early and n % 2]
    if late:
        reviewing.send(late, **by("shenhe", 4))
    newest = reviews_for(cast["shenhe"]).exclude(day=None).order_by("-day").values_list("day", flat=True)[0]
    sample = opening.draw_sample("999900", newest - timedelta(days=60), newest, home=home, **by("shenhe", 3))
    for pk in sample.reviews.order_by("pk").values_list("pk", flat=True)[:PASSED]:  # type: ignore[attr-defined]
        reviewing.pass_sample(pk, **by("fushen", 2))
    groups = groups_for(cast["dongcheng"]).filter(n_new__gt=0).order_by("-yuan_new").values_list("pk", flat=True)
    if given := list(groups[:ASSIGNED]):
        screening.assign(given, "dongcheng", **by("jianguan", 2))
    reported = statistics.tell(cast, now)
    said = (
        f"{opened} 张审核单，抽样复审 {sample.drawn} 张，线索 {told} 条，举报 {tipped} 件，案件 {filed} 件，"
        f"移送 {transferred + came} 件，公开 {published} 条，随机抽取 {drawn} 次，检查 {inspected} 次，"
        f"自查报告 {returned} 份，抽样推算 {estimated} 次，宣传培训 {trained} 次，"
        f"统计月报 {reported} 张"
    )
    return f"演示经过已补入：{said}"


def _screen(reviewer: User, by: By) -> None:
    about = groups_for(reviewer).exclude(institution=None).exclude(rule__in=rules_about("agency"))
    groups = about.order_by("-yuan_new", "pk")
    for group in groups.filter(verdict="violation")[:CONFIRMED]:
        screening.screen(Filters(group=group.pk, state="new"), "confirmed", **by)
    for group in groups.filter(verdict="suspicion", n_new__gt=1)[:REJECTED]:
        screening.screen(Filters(group=group.pk, state="new"), "rejected", reason="机构为专科，同类项目占比高属正常", **by)


def _contested_in_part(review: int, who: User) -> dict[int, str | None]:
    """What the hospital says to the lines of a review: the first is contested; of several the others are admitted."""
    lines = lines_of(review_for(who, review)).values_list("pk", flat=True)
    return {line: None if n else APPEALS[review % len(APPEALS)] for n, line in enumerate(lines)}


def _decide(own: list[int], by: By, reviewer: User) -> None:
    ready = reviews_for(reviewer).filter(state__in=("accepted", "appealed", "silent")).order_by("pk")
    for n, review in enumerate(islice(ready.iterator(chunk_size=4 * DECIDED), 4 * DECIDED)):
        if review.pk in own[: APPEALED // 2] or n % 4 == 3:
            continue  # these wait for a decision
        if review.state == "appealed" and n % 2:
            reviewing.decide(review.pk, "withdraw", {}, reason="申诉材料能够说明，撤销疑点", **by)
        else:
            reviewing.decide(review.pk, "recover", {}, reason="事实清楚，予以追回", **by)


def _repay(keeper: User, by: By) -> None:
    if to_order(keeper).exists():
        recoveries.order(None, **by)
    for n, letter in enumerate(orders_for(keeper).order_by("pk")):
        if n % 3 == 2:
            continue
        part = letter.amount if n % 3 == 0 else (letter.amount / 2).quantize(Decimal("0.01"))
        if part:
            one = recoveries.Received(f"演示{n + 1:04d}", by["when"].date(), part, letter.institution.pk, note=letter.number)
            recoveries.pay(one, **by)
