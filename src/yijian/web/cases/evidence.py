"""Evidence and its custody, interview and on-site records, preservation and sealing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from yijian.web.accounts.queries import Right, User
from yijian.web.attachments.actions import attach
from yijian.web.attachments.queries import attachments_of
from yijian.web.cases import taking
from yijian.web.cases.acts import Act
from yijian.web.cases.models import Case, Custody, Evidence, Measure
from yijian.web.cases.queries import LEAST_OFFICERS, evidence_for, officers_of
from yijian.web.cases.steps import UNDECIDED
from yijian.web.clocks import actions as clocks
from yijian.web.frame.given import reason_given
from yijian.web.papers.layout import Table

TAKING = ("investigating", "reviewing", "reviewed", "notified", "hearing")
RECORDS = {"interview": ("party", "case_interview"), "onsite": ("inspection", "case_onsite")}
"""Kind of record → the evidence that it is, its document."""


@dataclass(frozen=True)
class Piece:
    """A piece of evidence as it is taken. record: `interview`, `onsite` or ''; shows: what it proves, or the record's text."""

    kind: str
    title: str
    source: str
    taken: datetime
    shows: str
    record: str = ""


@transaction.atomic
def take(
    case_id: int,
    given: Piece,
    takers: Sequence[str],
    files: "Sequence[UploadedFile[bytes]]" = (),
    *,
    who: User,
    when: datetime,
    where: str | None,
) -> Evidence:
    """Put a piece of evidence on the list, taken by two officers of the case; its files are kept under their hashes."""
    case = taking.held(case_id, who)
    taking.as_officer(case, who)
    taking.in_state(case, *TAKING)
    kind, paper = RECORDS.get(given.record, (given.kind, ""))
    if kind not in Evidence.Kind.values or not given.title.strip() or not given.source.strip():
        raise ValidationError("请选择证据种类，写明名称和来源")
    if paper and len(given.shows.strip()) < 10:
        raise ValidationError("笔录正文至少 10 个字")
    if given.taken > when:
        raise ValidationError("取得时间还没有到")
    if case.filed and kind == "inspection" and given.taken < case.lead.opened:
        raise ValidationError("现场笔录的时间早于线索登记")
    names = [one.user.display_name for one in officers_of(case) if one.user.username in takers]
    if len(names) < LEAST_OFFICERS:
        raise ValidationError(f"取证人员须是本案办案人员，且不少于 {LEAST_OFFICERS} 人")
    made = Evidence.objects.create(
        case=case, kind=kind, title=given.title.strip()[:200], source=given.source.strip()[:300], taken=given.taken,
        shows=given.shows.strip(), takers=names, at=when, by=who,
    )  # fmt: skip
    attach(f"cases.evidence:{made.pk}", files, who=who, when=when, where=where)
    if paper:
        words = {"taken": f"{timezone.localtime(given.taken):%Y年%m月%d日%H时%M分}", "source": made.source, "shows": made.shows}
        taking.write(paper, case, {**words, "takers": "、".join(names)}, who=who, when=when, where=where)
    taking.log(Act.EVIDENCE, case, who=who, when=when, where=where, purpose=f"{made.get_kind_display()} {made.pk}")  # type: ignore[attr-defined]
    return made


@transaction.atomic
def hand_on(evidence_id: int, giver: str, taker: str, *, reason: str, who: User, when: datetime, where: str | None) -> Custody:
    """A piece changes hands: the chain says from whom to whom, when and why. The giver must be who has it."""
    piece = evidence_for(who, evidence_id)
    case = taking.held(piece.case.pk, who)
    taking.as_officer(case, who)
    if case.state == "archived":
        raise ValidationError("案卷已归档，证据不能再交接")
    last = piece.custody.order_by("-pk").first()  # type: ignore[attr-defined]
    if last and last.taker != giver.strip():
        raise ValidationError(f"这件证据现在由“{last.taker}”保管，移交人应当相同")
    if not giver.strip() or not taker.strip() or giver.strip() == taker.strip():
        raise ValidationError("请写明移交人和接收人")
    why = reason_given(reason)
    made = Custody.objects.create(
        evidence=piece, giver=giver.strip()[:100], taker=taker.strip()[:100], reason=why[:300], at=when, by=who
    )
    taking.log(Act.CUSTODY, case, who=who, when=when, where=where, purpose=f"证据 {piece.pk}")
    return made


@transaction.atomic
def list_evidence(case_id: int, *, who: User, when: datetime, where: str | None) -> Case:
    """Write the list of evidence, with the hash of each file. ValidationError where there is none."""
    case = taking.held(case_id, who)
    taking.as_officer(case, who)
    pieces = list(case.evidence.order_by("pk"))  # type: ignore[attr-defined]
    if not pieces:
        raise ValidationError("还没有登记证据")
    rows = tuple(
        (
            str(n), one.get_kind_display(), one.title, one.source, f"{timezone.localtime(one.taken):%Y-%m-%d %H:%M}",
            "；".join(f"{file.sha256[:16]}…" for file in attachments_of(f"cases.evidence:{one.pk}")) or "无电子文件",
        )
        for n, one in enumerate(pieces, 1)
    )  # fmt: skip
    table = Table("证据", ("序号", "种类", "名称", "来源", "取得时间", "文件校验值"), rows, (1, 3, 4, 4, 3, 4))
    taking.write("case_evidence", case, {}, tables=(table,), who=who, when=when, where=where)
    return case


@transaction.atomic
def begin_measure(case_id: int, kind: str, what: str, place: str, *, who: User, when: datetime, where: str | None) -> Measure:
    """The head lets evidence be preserved or sealed; the time for what becomes of it begins."""
    case = taking.held(case_id, who)
    taking.as_head(case, who)
    taking.in_state(case, *UNDECIDED)
    if kind not in Measure.Kind.values or len(what.strip()) < 4 or not place.strip():
        raise ValidationError("请选择措施，写明物品清单和地点")
    today = timezone.localdate(when)
    made = Measure.objects.create(case=case, kind=kind, what=what.strip(), place=place.strip()[:200], begun=today)
    title = f"{made.get_kind_display()}到期处理：{case.number}"[:200]  # type: ignore[attr-defined]
    clock = clocks.start(
        kind, _about(made), title=title, link=taking.link(case), area=case.area, right=Right.HANDLE_CASES, begun=today
    )
    words = {"what": made.what, "place": made.place, "due": clock.due}
    taking.write(f"case_{kind}", case, words, who=who, when=when, where=where)
    taking.log(Act.MEASURE, case, who=who, when=when, where=where, purpose=f"{made.get_kind_display()} {made.pk}")  # type: ignore[attr-defined]
    return made


@transaction.atomic
def extend_sealing(measure_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Measure:
    """The head lets a sealing last once longer. ValidationError for a preservation, or the second time."""
    made, case = _measure(measure_id, who)
    taking.as_head(case, who)
    why = reason_given(reason)
    if made.kind != "sealing" or made.extended:
        raise ValidationError("只有封存可以延长，且只能延长一次")
    made.extended = True
    made.save(update_fields=["extended"])
    clocks.extend(_about(made), "sealing", by="sealing_more")
    taking.log(Act.MEASURE, case, who=who, when=when, where=where, purpose=f"延长封存 {made.pk}：{why}")
    return made


@transaction.atomic
def end_measure(measure_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Measure:
    """What became of the things: kept as evidence, sent for appraisal, given back."""
    made, case = _measure(measure_id, who)
    taking.as_officer(case, who)
    made.ended, made.result = timezone.localdate(when), reason_given(reason)[:300]
    made.save(update_fields=["ended", "result"])
    clocks.stop(_about(made), when=when)
    taking.log(Act.MEASURE, case, who=who, when=when, where=where, purpose=f"处理 {made.pk}")
    return made


def _measure(measure_id: int, who: User) -> tuple[Measure, Case]:
    """One that runs, with its case. ValidationError where it has ended or there is none."""
    made = Measure.objects.filter(pk=measure_id, ended=None).first()
    if made is None:
        raise ValidationError("没有这项措施，或已经处理")
    return made, taking.held(made.case_id, who)  # type: ignore[attr-defined]


def _about(made: Measure) -> str:
    return f"cases.measure:{made.pk}"
