"""Taking in a sealed file that another office sent: a letter becomes a transfer, an answer takes ours a step further.

Whatever is wrong with it, it is refused with a sentence and a line in the log, and nothing is changed.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from yijian.trust.letters import Letter, Line, answer_in, letter_in
from yijian.trust.parcel import KINDS, MOST_BYTES, open_parcel
from yijian.trust.parcel import Parcel as Opened
from yijian.vocabulary.errors import UserError
from yijian.web.accounts.queries import By, Right, User, need
from yijian.web.attachments.actions import MOST_FILES, attach
from yijian.web.audit_log.actions import record
from yijian.web.frame.given import CENT, yuan_given
from yijian.web.institutions.queries import institution
from yijian.web.transfers import answering, taking
from yijian.web.transfers.acts import Act
from yijian.web.transfers.bodies import suits
from yijian.web.transfers.given import Given, Item
from yijian.web.transfers.models import Parcel, PartnerKey, Transfer
from yijian.web.transfers.partner_keys import known_keys

WHERE = "收到的加密文件"
OTHER = "other_loss"
"""The category of what comes in as something that no category of N3 二（二） names."""
BACK: dict[str, str] = {"receipt": "out", "ask": "out", "result": "out", "supplement": "in"}
"""Kind → the direction of the transfer that it belongs to."""


def take_in(held: bytes, area: str, *, of: int | None = None, who: User, when: datetime, where: str | None) -> Transfer:
    """Open a file and do what it says, for the office of an area. of: the transfer from whose page it was handed in.

    ValidationError where it cannot be opened, came before, or belongs elsewhere; PermissionDenied without the right.
    """
    need(who, Right.KEEP_TRANSFERS)
    if area not in who.scope(Right.KEEP_TRANSFERS).areas:
        raise PermissionDenied
    common: By = {"who": who, "when": when, "where": where}
    try:
        with transaction.atomic():
            keys = known_keys()
            opened = open_parcel(settings.HOME, held, {name: one.public for name, one in keys.items()}, WHERE)
            return _take(opened, keys[opened.head.sender], area, of, common)
    except (UserError, ValidationError, Http404) as mistake:
        said = "；".join(mistake.messages) if isinstance(mistake, ValidationError) else str(mistake)
        said = said.rstrip("。")
        record(Act.REFUSE, **common, kind="移送加密文件", about=f"{len(held)} 字节", purpose=said, area=area)
        raise ValidationError(f"没有接收：{said}") from None


def look(held: bytes) -> Opened:
    """Open a file and look at it; nothing is done. UserError as of `trust.parcel`."""
    return open_parcel(settings.HOME, held, {name: one.public for name, one in known_keys().items()}, WHERE)


def _take(opened: Opened, key: PartnerKey, area: str, of: int | None, common: By) -> Transfer:
    list(PartnerKey.objects.select_for_update().filter(pk=key.pk).values_list("pk"))  # one file of an office at a time
    if Parcel.objects.filter(digest=opened.head.manifest).exists():
        raise ValidationError(f"这份{KINDS[opened.head.kind]}已经接收过，或是本单位发出的")
    if opened.head.kind == "letter":
        if of is not None:
            raise ValidationError("这是一份移送书，不是对本移送的答复，请在“移入”页上传")
        made = _letter(opened, key, area, common)
    else:
        made = _answer(opened, key, area, of, common)
    Parcel.objects.create(
        transfer=made, way="in", kind=opened.head.kind, number=opened.head.number, key=key, digest=opened.head.manifest,
        proof=list(opened.proof), at=common["when"], by=common["who"],
    )  # fmt: skip
    said = f"{KINDS[opened.head.kind]}，{key.organisation.name}签名，公钥指纹 {key.fingerprint}，清单 {opened.head.manifest}"
    taking.log(Act.OPEN, made, made.state, **common, purpose=said)
    return made


def _letter(opened: Opened, key: PartnerKey, area: str, common: By) -> Transfer:
    number, said = opened.head.number.strip(), letter_in(opened, WHERE)
    if not 0 < len(number) <= 100:
        raise ValidationError("移送书没有文号，或文号过长")
    if Transfer.objects.filter(direction="in", partner=key.organisation, number=number).exists():
        raise ValidationError(f"{key.organisation.name}的移送书 {number} 已经登记过")
    made = answering.hand_over(area, _given(said, key, number, timezone.localdate(common["when"])), **common)
    _attach(made, _uploaded(opened), common)
    return made


def _given(said: Letter, key: PartnerKey, number: str, today: date) -> Given:
    known = suits(said.category, "in", key.body)
    facts = said.facts if known else f"对方移送类别：{said.category_title}。{said.facts}"
    place = institution(said.institution)
    return Given(
        body=key.body, category=said.category if known else OTHER, partner=key.organisation.pk, title=said.title[:200],
        facts=facts[:5000], since=_day(said.since), problems=[Item(one.what, amount=_yuan(one.amount)) for one in said.problems],
        evidence=[_evidence(one) for one in said.evidence], institution=place, subject="" if place else said.party[:200],
        amount=_yuan(said.amount), reference=number,
    )  # fmt: skip


def _evidence(one: Line) -> Item:
    return Item(one.what, pages=one.pages if 0 < one.pages <= 100_000 else None)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValidationError(f"文件里的日期“{text[:20]}”看不懂") from None


def _yuan(text: str) -> Decimal | None:
    try:
        return yuan_given(text, least=CENT, most=Decimal(10) ** 15) if text else None
    except InvalidOperation:
        raise ValidationError(f"文件里的金额“{text[:20]}”看不懂") from None


def _answer(opened: Opened, key: PartnerKey, area: str, of: int | None, common: By) -> Transfer:
    said, kind = answer_in(opened, WHERE), opened.head.kind
    sent = Parcel.objects.filter(digest=opened.manifest.answers, kind="letter", way=BACK[kind])
    letter = sent.select_related("transfer__partner").first()
    if letter is None or letter.transfer.area != area:
        raise ValidationError(f"这份{KINDS[kind]}答复的不是本单位的移送书")
    made = letter.transfer
    if made.partner != key.organisation:
        raise ValidationError(f"{made} 移送的对方是{made.partner.name}，这份{KINDS[kind]}由{key.organisation.name}签名")
    if opened.head.number != letter.number:
        raise ValidationError(f"文件写明的文号 {opened.head.number[:100]} 与移送书的文号 {letter.number} 不符")
    if of is not None and of != made.pk:
        raise ValidationError(f"这份{KINDS[kind]}属于移送书 {made}，请在那一页上传")
    files = _uploaded(opened)
    files.append(SimpleUploadedFile(f"{KINDS[kind]}签名核验.txt", _note(opened, said.signer).encode()))
    first, text = files[-1:], said.text.strip()
    if kind == "receipt":
        done = answering.receive(made.pk, files=first, **common)
    elif kind == "ask":
        done = answering.ask(made.pk, reason=text, files=first, **common)
    elif kind == "supplement":
        done = answering.supply(made.pk, reason=text, files=first, **common)
    else:
        if made.state in ("received", "incomplete"):  # who says what it did has taken the matter up
            answering.accept(made.pk, **common)
        done = answering.report(made.pk, said.result, reason=text, files=first, **common)
    _attach(done, files[:-1], common)
    return done


def _note(opened: Opened, signer: str) -> str:
    """What somebody reads of a signed file years later; the proof itself is kept with the transfer."""
    manifest = opened.manifest
    lines = [
        f"{KINDS[opened.head.kind]}　文号：{manifest.number}", f"签发单位：{manifest.organ}　签收或签发：{signer}",
        f"签名时间（UTC）：{manifest.at}", f"签名算法：{opened.sender.algorithm}　公钥指纹：{opened.sender.fingerprint}",
        f"清单哈希：{opened.head.manifest}", f"所答复移送书的清单哈希：{manifest.answers}",
        *(f"文件：{one.name}，{one.bytes} 字节，SHA-256 {one.sha256}" for one in manifest.files),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _uploaded(opened: Opened) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(one.name, held) for one, held in opened.files]


def _attach(made: Transfer, files: Sequence[Any], common: By) -> None:
    """Each is checked as an upload is; so many at once as one answer may carry."""
    for start in range(0, len(files), MOST_FILES):
        attach(taking.about_of(made), files[start : start + MOST_FILES], **common)


def held_in(size: int | None, read: Callable[[], bytes]) -> bytes:
    """The bytes of an upload. ValidationError where it is larger than any such file, before it is read."""
    if not size or size > MOST_BYTES:
        raise ValidationError(f"请选择加密文件，不超过 {MOST_BYTES // 2**20} MB")
    return read()
