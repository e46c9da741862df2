"""Every write of a spot check: draw, look, report what was mended."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, division_name, need, people_with
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.frame.states import move
from yijian.web.joint.acts import Act
from yijian.web.joint.checklist import ANSWERS, questions
from yijian.web.joint.models import ItemChange, SpotCheck, SpotItem
from yijian.web.joint.queries import check_for, digest, item_for, may_take_item, population, took_part
from yijian.web.joint.steps import ITEM_STEPS, ITEM_WORDS
from yijian.web.papers import actions as papers
from yijian.web.papers.layout import Table
from yijian.web.parameters.queries import value_of
from yijian.web.reviews.sampling import Stratum
from yijian.web.reviews.sampling import draw as drawn_from
from yijian.web.transfers.queries import Transfer

CHECK, CORRECTION = "spot_check", "spot_correction"


def strata_of(area: str, begin: date, end: date, seed: str, share: Decimal) -> tuple[list[Stratum], list[int]]:
    """The strata (division × direction and authority) with what is drawn of each, and all transfers it was drawn from."""
    groups: dict[tuple[str, str], list[str]] = {}
    ids: list[int] = []
    for one in population(area, begin, end):
        groups.setdefault((one.area, _kind(one)), []).append(str(one.pk))
        ids.append(one.pk)
    return drawn_from(groups, seed, share), ids


def _kind(one: Transfer) -> str:
    return f"{one.get_direction_display()} {one.body_title}"  # type: ignore[attr-defined]


@transaction.atomic
def draw(area: str, begin: date, end: date, *, seed: str = "", who: User, when: datetime, where: str | None) -> SpotCheck:
    """Draw from what an office and those below sent and received; whoever had no part in it is to look.

    seed: '' = drawn now, recorded either way. ValidationError where the time is not over, or holds no transfer.
    """
    need(who, Right.KEEP_JOINT)
    if area not in who.scope(Right.KEEP_JOINT).areas:
        raise PermissionDenied
    today = timezone.localdate(when)
    if begin > end or end >= today:
        raise ValidationError(f"抽查的移送日期应前后有序，并在今天（{today}）之前结束，名单才不再变化")
    share, seed = value_of("spot_check_share", area, today).value, seed.strip() or secrets.token_hex(16)
    strata, ids = strata_of(area, begin, end, seed, share)
    drawn = [int(one) for stratum in strata for one in stratum.drawn]
    if not drawn:
        raise ValidationError(f"{division_name(area)} {begin} 至 {end} 没有移出或移入的案件，请换一段时间")
    made = SpotCheck.objects.create(
        area=area, begin=begin, end=end, share=share, seed=seed, population=len(ids), digest=digest(ids), drawn=len(drawn),
        strata=[[one.area, one.kind, one.size, len(one.drawn)] for one in strata], at=when, by=who,
    )  # fmt: skip
    SpotItem.objects.bulk_create(SpotItem(check_of=made, transfer_id=one) for one in drawn)
    clocks.start(
        CHECK, f"joint.check:{made.pk}", title=f"抽查移送案件 {len(drawn)} 件", area=area, right=Right.CHECK_TRANSFERS,
        link=reverse("joint:check", args=[made.pk]), begun=today,
    )  # fmt: skip
    purpose = f"抽中 {len(drawn)}/{len(ids)}，种子 {seed}，比例 {share}"
    record(Act.DRAW, who=who, when=when, where=where, kind="移送抽查", about=str(made.pk), purpose=purpose, area=area)
    return made


def again(user: User, check_id: int) -> bool:
    """Draw it once more: whether the same transfers come out of the same ones."""
    made = check_for(user, check_id)
    strata, ids = strata_of(made.area, made.begin, made.end, made.seed, made.share)
    drawn = {int(one) for stratum in strata for one in stratum.drawn}
    return digest(ids) == made.digest and drawn == set(made.items.values_list("transfer", flat=True))  # type: ignore[attr-defined]


@transaction.atomic
def look(item_id: int, answers: Mapping[str, str], *, reason: str, who: User, when: datetime, where: str | None) -> SpotItem:
    """Say what was seen of each question; a “no” is told to the office, which has a time to mend it.

    ValidationError where a question has no answer, or a “no” no reason.
    """
    item = item_for(who, item_id)
    asked = questions(item.transfer.direction)
    if open_now := [one.title for word, one in asked.items() if answers.get(word) not in ANSWERS]:
        raise ValidationError(f"还有 {len(open_now)} 项没有填写：{open_now[0]}")
    wrong = [word for word in asked if answers[word] == "no"]
    word = "object" if wrong else "pass"
    old = _take(item, word, reason, who, when)
    item.answers, item.said = {one: answers[one] for one in asked}, reason.strip()
    item.save(update_fields=["answers", "said"])
    if wrong:
        _tell_office(item, [asked[one].title for one in wrong], who, when, where)
    if not item.check_of.items.filter(state="waiting").exists():  # type: ignore[attr-defined]
        clocks.stop(f"joint.check:{item.check_of.pk}", CHECK, when=when)
    titles = "；".join(asked[one].title for one in wrong)
    _log(Act.OBJECT if wrong else Act.PASS, item, old, titles, who, when, where)
    return item


@transaction.atomic
def correct(item_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> SpotItem:
    """The office says what it mended."""
    item = item_for(who, item_id)
    old = _take(item, "correct", reason, who, when)
    item.corrected = reason.strip()
    item.save(update_fields=["corrected"])
    clocks.stop(_about(item), CORRECTION, when=when)
    clocks.tell([item.check_of.by], f"移送抽查的问题已整改：{item.transfer}"[:300], link=_link(item), when=when)
    _log(Act.CORRECT, item, old, reason.strip(), who, when, where)
    return item


def _take(item: SpotItem, word: str, reason: str, who: User, when: datetime) -> str:
    """Take it through a step; its state before."""
    if not may_take_item(who, item, word, part=took_part(who, item.transfer)):
        if not who.may(Right(ITEM_STEPS[word].right)):
            raise PermissionDenied
        whose = "承办单位" if word == "correct" else "没有参与这件移送及其线索的人员"
        raise ValidationError(f"“{ITEM_STEPS[word].title}”须由{whose}办理，不由您办理")
    old = item.state
    move(item, ITEM_STEPS[word], ItemChange, who=who, when=when, reason=reason, words=ITEM_WORDS)
    return old


def _tell_office(item: SpotItem, wrong: list[str], who: User, when: datetime, where: str | None) -> None:
    """Its own paper, a notice, and a clock."""
    one = item.transfer
    due = clocks.start(
        CORRECTION, _about(item), title=f"整改移送抽查的问题：{one}"[:200], link=_link(item), area=one.area,
        right=Right.KEEP_TRANSFERS, begun=timezone.localdate(when),
    ).due  # fmt: skip
    clocks.tell(
        people_with(Right.KEEP_TRANSFERS, one.area), f"移送抽查发现 {len(wrong)} 个问题：{one}"[:300], link=_link(item), when=when
    )
    words = {
        "office": f"{division_name(one.area)}医疗保障局",
        "letter": str(one),
        "matter": one.title,
        "said": item.said,
        "due": due,
    }
    rows = tuple((str(n), title) for n, title in enumerate(wrong, 1))
    papers.write(
        "spot_check_opinion", _about(item), words, area=one.area, organ=who.organisation.name,
        tables=(Table("抽查发现的问题", ("序号", "没有做到的事项"), rows, (1, 9)),), who=who, when=when, where=where,
    )  # fmt: skip


def _about(item: SpotItem) -> str:
    return f"joint.item:{item.pk}"


def _link(item: SpotItem) -> str:
    return reverse("joint:item", args=[item.pk])


def _log(act: Act, item: SpotItem, old: str, purpose: str, who: User, when: datetime, where: str | None) -> None:
    changes = {"状态": (ITEM_WORDS[old], ITEM_WORDS[item.state])}
    about = str(item.transfer)
    record(
        act,
        who=who,
        when=when,
        where=where,
        kind="移送抽查",
        about=about,
        purpose=purpose,
        area=item.transfer.area,
        changes=changes,
    )
