"""What goes to an office without accounts as one sealed file: the letter, and what answers a letter of theirs."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet

from yijian.trust.letters import Answer, Letter, Line
from yijian.trust.parcel import KINDS, Contents, pack
from yijian.vocabulary.errors import UserError
from yijian.web.accounts.queries import Right, User, need
from yijian.web.attachments import store
from yijian.web.attachments.queries import Attachment, attachments_of
from yijian.web.papers.actions import said_in
from yijian.web.papers.layout import as_pdf
from yijian.web.papers.queries import newest
from yijian.web.transfers import taking
from yijian.web.transfers.acts import Act
from yijian.web.transfers.models import Parcel, Transfer
from yijian.web.transfers.partner_keys import key_of
from yijian.web.transfers.queries import transfer_for
from yijian.web.transfers.steps import WORDS

WHEN = {
    ("out", "letter"): ("sent", "received", "incomplete", "accepted", "reported", "closed"),
    ("out", "supplement"): ("received", "accepted", "reported", "closed"),
    ("in", "receipt"): ("received", "incomplete", "accepted", "reported", "closed"),
    ("in", "ask"): ("incomplete",),
    ("in", "result"): ("reported", "closed"),
}
"""(direction, kind) → the states in which such a file may be made."""
PAPERS = {"letter": "transfer_letter", "receipt": "transfer_receipt", "ask": "transfer_supplement", "result": "transfer_result"}


@dataclass(frozen=True)
class Packed:
    """A file to download: its name and its bytes."""

    name: str
    held: bytes


def may_pack(user: User, made: Transfer) -> dict[str, str]:
    """Kind → title of the files that the user may make of a transfer now; empty where the other office has no key."""
    if not (user.may(Right.KEEP_TRANSFERS) and made.area in user.scope(Right.KEEP_TRANSFERS).areas):
        return {}
    kinds = [kind for (way, kind), states in WHEN.items() if way == made.direction and made.state in states]
    if not kinds or not key_of(made.partner):
        return {}
    if not letter_of(made).exists():  # only a letter that travelled as a file is answered by one
        kinds = ["letter"] if made.out else []
    if "supplement" in kinds and not _supplied(made):
        kinds.remove("supplement")
    return {kind: KINDS[kind] for kind in kinds}


@transaction.atomic
def pack_transfer(transfer_id: int, kind: str, *, who: User, when: datetime, where: str | None) -> Packed:
    """Make the file of one kind for the other office. Each time it is another one; any of them may be answered.

    ValidationError where the state, the key or the letter is missing, or it is too large; Http404 outside the door.
    """
    need(who, Right.KEEP_TRANSFERS)
    made = transfer_for(who, transfer_id)
    if made.area not in who.scope(Right.KEEP_TRANSFERS).areas:
        raise PermissionDenied
    key = key_of(made.partner)
    if key is None:
        raise ValidationError(f"还没有登记{made.partner.name}的公钥，请负责人在“公钥”页登记")
    if kind not in may_pack(who, made):
        raise ValidationError(f"现在的状态是“{WORDS[made.state]}”，不能制作{KINDS.get(kind, '这种文件')}的加密文件")
    first = letter_of(made).order_by("-pk").first() if kind != "letter" else None
    said = _letter(made) if kind == "letter" else _answer(made, kind, who)
    number, answers = (first.number, first.digest) if first else (made.number, "")
    contents = Contents(kind, number, who.organisation.name, said, _files(made, kind), answers)
    try:
        held, head, manifest = pack(settings.HOME, contents, key.public, when=when)
    except UserError as mistake:
        raise ValidationError(str(mistake).rstrip("。")) from None
    line, signature, _ = held.split(b"\n", 2)
    Parcel.objects.create(
        transfer=made, way="out", kind=kind, number=number, key=key, digest=head.manifest,
        proof=[line.decode(), signature.decode(), manifest], at=when, by=who,
    )  # fmt: skip
    purpose = f"{KINDS[kind]}，给{made.partner.name}，公钥指纹 {key.fingerprint}，清单 {head.manifest}"
    taking.log(Act.PACK, made, made.state, who=who, when=when, where=where, purpose=purpose)
    return Packed(f"{KINDS[kind]}-{made.pk}.yjt", held)


def letter_of(made: Transfer) -> "QuerySet[Parcel]":
    """The letter as a file: those that we sent, or the one that came."""
    return Parcel.objects.filter(transfer=made, kind="letter", way=made.direction)


def _letter(made: Transfer) -> Letter:
    items = list(made.items.order_by("pk"))  # type: ignore[attr-defined]
    return Letter(
        title=made.title, party=made.who, facts=made.facts, category=made.category, category_title=made.category_title,
        to=made.partner.name, since=str(made.since),
        problems=[Line(one.what, amount="" if one.amount is None else str(one.amount)) for one in items if one.kind == "problem"],
        evidence=[Line(one.what, pages=one.pages or 0) for one in items if one.kind == "evidence"],
        institution=made.institution.pk if made.institution else "", amount="" if made.amount is None else str(made.amount),
        copy_to=made.copy_to.name if made.copy_to else "",
    )  # fmt: skip


def _answer(made: Transfer, kind: str, who: User) -> Answer:
    word = {"ask": "ask", "supplement": "supply"}.get(kind)
    last = made.changes.filter(step=word).order_by("-pk").first() if word else None  # type: ignore[attr-defined]
    if kind == "result":
        return Answer(who.organisation.name, made.outcome, made.result)
    return Answer(who.organisation.name, last.reason if last else "")


def _supplied(made: Transfer) -> list[Attachment]:
    """What came with the last supplement."""
    last = made.changes.filter(step="supply").order_by("-pk").first()  # type: ignore[attr-defined]
    return list(attachments_of(taking.about_of(made)).filter(at=last.at)) if last else []


def _files(made: Transfer, kind: str) -> list[tuple[str, bytes]]:
    """The paper as PDF, and the attachments that belong to it."""
    about = taking.about_of(made)
    held = list(attachments_of(about)) if kind == "letter" else _supplied(made) if kind == "supplement" else []
    paper = newest(about, PAPERS[kind]) if kind in PAPERS else None
    papers = [(f"{KINDS[kind]}.pdf", as_pdf(said_in(paper)))] if paper else []
    return [*papers, *((one.name, store.read(settings.HOME, one.sha256)) for one in held)]
