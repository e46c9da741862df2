"""Every write on the spot: arriving, lists of the data, answers, evidence. What a phone sends later comes here, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.http import Http404
from django.utils import timezone

from yijian.vocabulary.home import Home
from yijian.web.accounts.queries import Right, User, need, people_of_institution
from yijian.web.attachments.actions import attach
from yijian.web.clocks import actions as clocks
from yijian.web.inspections.acts import Act
from yijian.web.inspections.doing import hold, link, log, take
from yijian.web.inspections.kinds import ANSWERS
from yijian.web.inspections.lake import VERIFICATIONS, verified
from yijian.web.inspections.models import Inspection, InspectionEntry, InspectionEvidence, InspectionItem, LakeList
from yijian.web.inspections.planning import certified, enough
from yijian.web.inspections.queries import in_team, inspection_for
from yijian.web.inspections.steps import WORDS

AHEAD_OF_US = timedelta(minutes=10)
"""A phone's clock may be so much fast."""
MOST_NOTE = 2000


@dataclass(frozen=True)
class Entry:
    """An answer as somebody wrote it. id: made where it was written; seen: the newest entry he had before him, None for none."""

    id: UUID
    item: int
    answer: str
    note: str
    at: datetime
    seen: UUID | None = None


@dataclass(frozen=True)
class Evidence:
    """A photograph or file as somebody took it; item: what it is about, None for the inspection as a whole; sha256: as the phone
    counted it when it was taken, '' where nobody did."""

    id: UUID
    taken: datetime
    place: str
    note: str = ""
    item: int | None = None
    sha256: str = ""


@transaction.atomic
def begin(inspection_id: int, *, who: User, when: datetime, where: str | None) -> Inspection:
    """The team stands at the door.

    ValidationError before the day or the seal, when its days are over, without a notice where there must be one, with somebody
    whose certificate ran out.
    """
    one, today = inspection_for(who, inspection_id), timezone.localdate(when)
    hold(one)
    if one.state == "planned" and one.how.announced:
        raise ValidationError(f"{one.kind_title}须先发出检查通知，再开始现场检查")
    if today < one.begin:
        raise ValidationError(f"计划从 {one.begin} 开始，还没有到")
    if today > one.end:
        raise ValidationError(f"计划日期 {one.begin} 至 {one.end} 已经过去，请取消后重新拟定")
    if one.sealed_until is not None and when < one.sealed_until:
        raise ValidationError(f"密封到 {timezone.localtime(one.sealed_until):%Y-%m-%d %H:%M}，还不能开始")
    one, old = take(inspection_id, "begin", who=who, when=when)
    enough(one)
    certified(one, today)
    one.arrived, one.told = when, one.told or when
    one.save(update_fields=["arrived", "told"])
    if one.institution is not None:
        clocks.tell(
            people_of_institution(one.institution.pk), f"检查组已到场：{one.title}（{one.number}）", link=link(one), when=when
        )
    log(Act.STEP, one, old, who=who, when=when, where=where, purpose="到场")
    return one


@transaction.atomic
def draw_list(
    inspection_id: int, kind: str, moment: datetime, *, home: Home | None = None, who: User, when: datetime, where: str | None
) -> LakeList:
    """Take a list for a verification from the data of a moment; its rows become items. ValidationError where there is none."""
    one = there(inspection_id, who)
    what = VERIFICATIONS.get(kind)
    if what is None or one.subject_kind not in what.subjects or one.institution is None:
        raise ValidationError("请选择适用于这个对象的核实项目")
    if moment > when + AHEAD_OF_US:
        raise ValidationError("数据时点还没有到，请改为现在或以前的时间")
    found = verified(home or settings.HOME, kind, one.institution.pk, moment)
    last: int = InspectionItem.objects.filter(inspection=one).aggregate(n=Max("place"))["n"] or 0
    made = LakeList.objects.create(
        inspection=one, kind=kind, moment=moment, commit=found.commit, total=found.total, said=found.said, by=who, at=when
    )
    group = f"{what.title}（{timezone.localtime(moment):%Y-%m-%d %H:%M}）"
    if InspectionItem.objects.filter(inspection=one, group=group).exists():
        raise ValidationError(f"“{group}”的清单已经取过，请在清单里填写")
    InspectionItem.objects.bulk_create(
        InspectionItem(inspection=one, place=last + n, group=group, what=row[:300], how=what.how, of_list=made)
        for n, row in enumerate(found.rows, start=1)
    )
    said = f"{what.title}，数据版本 {found.commit}，{len(found.rows)} 行"
    log(Act.DRAW_LIST, one, one.state, who=who, when=when, where=where, purpose=said)
    return made


@transaction.atomic
def enter(inspection_id: int, entries: Sequence[Entry], *, who: User, when: datetime, where: str | None) -> list[InspectionEntry]:
    """Take answers, in their order; those that were taken before are left as they are. The new ones.

    Nothing is lost: where two people answered an item differently without knowing of each other, both stand, and the item is
    contested until somebody who has seen both answers it. ValidationError for what no page sends: then none is taken.
    """
    if entries and not _fresh(entries):  # sent once more because the answer was lost: it is here, whatever happened since
        of_team(inspection_id, who)
        return []
    one = there(inspection_id, who)
    fresh = _fresh(entries)
    items = {item.pk: item for item in InspectionItem.objects.filter(inspection=one, pk__in=[e.item for e in fresh])}
    made: list[InspectionEntry] = []
    for entry in fresh:
        item = items.get(entry.item)
        if item is None or entry.answer not in ANSWERS:
            raise ValidationError("有一条填写不属于这次检查的清单，或没有选择结果；请刷新清单后重新填写")
        note = entry.note.strip()[:MOST_NOTE]
        if entry.answer == "no" and len(note) < 4:
            raise ValidationError(f"“{item.what[:40]}”不符合的，请写明情况，至少 4 个字")
        made.append(_entered(item, entry, note, who, when))
    if made:
        log(Act.ANSWER, one, one.state, who=who, when=when, where=where, purpose=f"{len(made)} 项")
    return made


def _fresh(entries: Sequence[Entry]) -> list[Entry]:
    """Those that nobody has sent yet, each once, in their order."""
    known = {str(key) for key in InspectionEntry.objects.filter(pk__in=[e.id for e in entries]).values_list("pk", flat=True)}
    return [entry for entry in {entry.id: entry for entry in entries}.values() if str(entry.id) not in known]


def _entered(item: InspectionItem, entry: Entry, note: str, who: User, when: datetime) -> InspectionEntry:
    newest = InspectionEntry.objects.filter(item=item).order_by("-place").first()
    if newest is None or entry.seen == newest.pk:
        item.contested = False
    elif newest.answer != entry.answer:
        item.contested = True
    item.answer = entry.answer
    item.save(update_fields=["answer", "contested"])
    return InspectionEntry.objects.create(
        id=entry.id, item=item, answer=entry.answer, note=note, seen=entry.seen, place=newest.place + 1 if newest else 1,
        at=min(entry.at, when), received=when, by=who,
    )  # fmt: skip


@transaction.atomic
def keep_evidence(
    inspection_id: int, given: Evidence, files: "Sequence[UploadedFile[bytes]]", *, who: User, when: datetime, where: str | None
) -> InspectionEvidence:
    """Keep a photograph or file with its time and place, once. ValidationError without a file or a place."""
    if (before := _kept(given.id, of_team(inspection_id, who))) is not None:  # sent once more, perhaps after the spot was left
        return before
    one = there(inspection_id, who)
    if (before := _kept(given.id, one)) is not None:
        return before
    if not files or not given.place.strip():
        raise ValidationError("请选择照片或文件，并写明取得地点")
    if given.taken > when + AHEAD_OF_US:
        raise ValidationError("取得时间还没有到，请核对时间")
    item = InspectionItem.objects.filter(inspection=one, pk=given.item).first() if given.item else None
    made = InspectionEvidence.objects.create(
        id=given.id, inspection=one, item=item, taken=min(given.taken, when), place=given.place.strip()[:200],
        note=given.note.strip()[:500], received=when, by=who,
    )  # fmt: skip
    held = attach(f"inspections.evidence:{made.pk}", files, who=who, when=when, where=where)
    if given.sha256 and [one.sha256 for one in held] != [given.sha256]:
        raise ValidationError("照片在传输中变了，没有接收；请重新同步，手机上的照片不会丢")
    log(Act.EVIDENCE, one, one.state, who=who, when=when, where=where, purpose=f"{len(files)} 份文件")
    return made


def _kept(key: UUID, one: Inspection) -> InspectionEvidence | None:
    """The evidence of this id, None where there is none yet. ValidationError where it is of another inspection."""
    before = InspectionEvidence.objects.filter(pk=key).first()
    if before is not None and before.inspection_id != one.pk:  # type: ignore[attr-defined]
        raise ValidationError("这份证据属于另一次检查，请重新登记")
    return before


@transaction.atomic
def carry(inspection_id: int, *, again: bool = False, who: User, when: datetime, where: str | None) -> Inspection:
    """Somebody of the team takes it along on a phone; again: he has it, and looks for news. Http404 for whoever is not of it."""
    need(who, Right.INSPECT)
    one = inspection_for(who, inspection_id)
    if not in_team(who, one):
        raise Http404("您不在这次检查的检查组里。")
    if not again:
        log(Act.CARRY, one, one.state, who=who, when=when, where=where, purpose="")
    return one


def of_team(inspection_id: int, who: User) -> Inspection:
    """An inspection, for somebody of its team. ValidationError for whoever is not of it."""
    need(who, Right.INSPECT)
    one = inspection_for(who, inspection_id)
    if not in_team(who, one):
        raise ValidationError("您不在这次检查的检查组里，不能填写")
    return one


def there(inspection_id: int, who: User) -> Inspection:
    """An inspection that is going on, for somebody of its team; nobody else changes it until the action ends."""
    one = of_team(inspection_id, who)
    hold(one)
    if one.state != "on_site":
        raise ValidationError(f"现在的状态是“{WORDS[one.state]}”，只有现场检查中才能填写；现场已结束的，请负责人退回补充检查")
    return one
