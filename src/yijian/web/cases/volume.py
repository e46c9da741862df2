"""One case, one volume: cover, index with pages, all papers and evidence as one PDF (一案一卷)."""

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from django_tasks import task
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from yijian.vocabulary.errors import UserError
from yijian.web.attachments import store
from yijian.web.attachments.queries import attachments_of
from yijian.web.cases.models import Case
from yijian.web.cases.queries import case_for
from yijian.web.jobs.running import running
from yijian.web.papers.actions import said_in
from yijian.web.papers.layout import Said, Table, as_pdf
from yijian.web.papers.queries import papers_of


@dataclass(frozen=True)
class Part:
    """One thing of the volume: its title and number in the index, its PDF."""

    title: str
    number: str
    made: PdfReader


@task()
def bind(job_id: int, case_id: str) -> None:
    """Bind the case for the one who asked, with the rights that he has now."""
    with running(job_id) as work:
        try:
            case = case_for(work.who, int(case_id))
        except Http404:  # who asked has moved to another office since
            raise UserError("这件案件已不在您的管辖范围内") from None
        parts = list(parts_of(case, work.at))
        with tempfile.TemporaryFile() as out:
            volume(case, parts, work.who.organisation.name).write(out)
            out.seek(0)
            work.give(out, f"案卷-{case.pk}.pdf")
        work.say(f"{case.number}：{len(parts)} 件")


def parts_of(case: Case, at: Callable[[int, int], None]) -> Iterable[Part]:
    """The newest version of each paper, in order; then the evidence with its files that are PDF, others by their hash.

    at: is told how many are done of how many.
    """
    newest = {one.kind: one for one in papers_of(f"cases.case:{case.pk}")}
    records = [one for one in papers_of(f"cases.case:{case.pk}") if one.kind in ("case_interview", "case_onsite")]
    papers = [one for _, one in sorted({one.pk: one for one in (*newest.values(), *records)}.items())]
    pieces = list(case.evidence.order_by("pk"))  # type: ignore[attr-defined]
    for n, paper in enumerate(papers, 1):
        yield Part(paper.title, paper.number, PdfReader(BytesIO(as_pdf(said_in(paper)))))
        at(n, len(papers) + len(pieces))
    for n, piece in enumerate(pieces, 1):
        files = list(attachments_of(f"cases.evidence:{piece.pk}"))
        rows = tuple((file.name, str(file.size), file.sha256) for file in files)
        said = Said(
            f"证据 {n}：{piece.title}", "", "", False, "",
            (f"{piece.get_kind_display()}。来源：{piece.source}。取证人员：{'、'.join(piece.takers)}。", piece.shows), (), "",
            timezone.localdate(piece.taken), (Table("文件", ("名称", "字节", "SHA-256"), rows, (4, 2, 8)),) if rows else (),
        )  # fmt: skip
        yield Part(f"证据 {n}：{piece.title}", piece.get_kind_display(), PdfReader(BytesIO(as_pdf(said))))
        for file in files:
            if file.name.lower().endswith(".pdf") and (read := _readable(store.read(settings.HOME, file.sha256))):
                yield Part(f"证据 {n} 附件：{file.name}", file.sha256[:12], read)
        at(len(papers) + n, len(papers) + len(pieces))


def _readable(held: bytes) -> PdfReader | None:
    """A PDF that can be bound; None for one that is locked or broken: its hash stands in the list."""
    try:
        read = PdfReader(BytesIO(held))
        return None if read.is_encrypted or not len(read.pages) else read
    except PyPdfError:
        return None


def volume(case: Case, parts: list[Part], organ: str) -> PdfWriter:
    """Cover with index, then all parts; each part is a bookmark. The index takes as many pages as it takes: set twice."""
    first = len(_index(case, parts, organ, 1).pages) + 1
    index, out = _index(case, parts, organ, first), PdfWriter()
    out.append(index, outline_item="卷内目录")
    for part in parts:
        out.append(part.made, outline_item=part.title, import_outline=False)
    return out


def _index(case: Case, parts: list[Part], organ: str, first: int) -> PdfReader:
    rows, page = list[tuple[str, ...]](), first
    for n, part in enumerate(parts, 1):
        rows.append((str(n), part.title, part.number, str(page)))
        page += len(part.made.pages)
    said = Said(
        "行政处罚案卷", case.number, organ, False, "",
        (f"案件：{case.title}。当事人：{case.who}。案由：{case.basis.text}。", f"共 {len(parts)} 件，{page - 1} 页。"), (), "",
        timezone.localdate(), (Table("卷内目录", ("序号", "文书或证据", "文号", "页码"), tuple(rows), (1, 6, 5, 1)),),
    )  # fmt: skip
    return PdfReader(BytesIO(as_pdf(said)))
