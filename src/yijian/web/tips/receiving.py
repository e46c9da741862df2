"""A tip comes in: sealed before it touches the database, and answered with a receipt."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, need
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.parameters.actions import next_number
from yijian.web.tips import receipts, sealing
from yijian.web.tips.acts import Act
from yijian.web.tips.cleaning import Clean
from yijian.web.tips.keyring import READERS, WITNESSES, ready_areas, recipients, serves
from yijian.web.tips.models import Tip, TipChange, TipFile, TipMessage, TipShare

SCREENING = "tip_screening"
LEAST_TEXT, MOST_TEXT = 20, 20_000


@dataclass(frozen=True)
class Identity:
    """Who gives a tip, as far as he says."""

    name: str
    telephone: str = ""
    address: str = ""
    certificate: str = ""

    @property
    def any(self) -> bool:
        """Whether anything is said."""
        return any(asdict(self).values())


@dataclass(frozen=True)
class Said:
    """What a tip says, and who gives it. subject: whom it is about, in the tipster's words."""

    subject: str
    text: str
    identity: Identity | None = None

    def check(self) -> None:
        """ValidationError says what is missing."""
        if not self.subject.strip():
            raise ValidationError("请写明举报的是哪家机构或哪个单位、什么人")
        if not LEAST_TEXT <= len(self.text.strip()) <= MOST_TEXT:
            raise ValidationError(f"请写明事情经过，{LEAST_TEXT} 至 {MOST_TEXT} 个字")
        who = self.identity
        if who is not None and who.any and not (who.name.strip() and (who.telephone.strip() or who.address.strip())):
            raise ValidationError("实名举报请写姓名，以及电话或地址中的一项；不愿留姓名的，身份栏全部留空即为匿名")


@dataclass(frozen=True)
class Receipt:
    """What whoever gave the tip gets, once. proof: the text whose SHA-256 (commitment) stands in the audit log."""

    number: str
    code: str
    proof: bytes
    commitment: str


@transaction.atomic
def receive(
    said: Said,
    files: Sequence[Clean],
    *,
    area: str,
    channel: str,
    token: str,
    who: User | None,
    when: datetime,
    where: str | None,
) -> Receipt:
    """Take a tip in. who: the officer who writes it down; None, and then no address, where it comes by the page.

    ValidationError where something is missing, the area takes no tips, or the same form was sent before.
    """
    if who is not None:
        need(who, Right.HANDLE_TIPS)
        if not serves(who, Right.HANDLE_TIPS, area):
            raise PermissionDenied
    if (channel == "web") is not (who is None) or channel not in Tip.Channel.values:
        raise ValidationError("请选择举报途径")
    said.check()
    if area not in ready_areas():
        raise ValidationError("请选择受理单位")
    if Tip.objects.filter(token=token).exists():
        raise ValidationError("这份举报已经提交过了，没有重复登记；请使用当时显示的回执码")
    code, salt, key, today = receipts.fresh_code(), receipts.fresh_salt(), sealing.fresh_key(), timezone.localdate(when)
    keys = receipts.keys_of(code, salt)
    number = f"举报〔{today.year}〕{area}-{next_number('举报', area, today.year)}号"
    received = timezone.localtime(when).isoformat(timespec="seconds")
    subject, text = said.subject.strip(), said.text.strip()
    proof = receipts.proof(number, received, keys.nonce, subject, text, [file.given for file in files])
    content = {"subject": subject, "text": text, "files": [{"kind": f.kind, "size": len(f.body)} for f in files]}
    named = said.identity is not None and said.identity.any
    try:
        tip = Tip.objects.create(
            number=number, handle=code[: receipts.HANDLE], token=token, area=area, channel=channel, named=named, received=when,
            receipt_salt=salt, receipt_public=keys.public, commitment=receipts.commitment(proof),
            content=sealing.encrypt(key, json.dumps(content, ensure_ascii=False).encode()), by=who,
        )  # fmt: skip
    except IntegrityError:
        raise ValidationError("这份举报已经提交过了，没有重复登记；请使用当时显示的回执码") from None
    for place, file in enumerate(files, 1):
        TipFile.objects.create(tip=tip, place=place, body=sealing.encrypt(key, file.body))
    share(tip, TipShare.Part.CONTENT, key)
    if named and said.identity is not None:
        _seal_identity(tip, said.identity)
    TipChange.objects.create(record=tip, step="receive", old="", new=tip.state, at=when, by=who)
    clocks.start(
        SCREENING, f"tips.tip:{tip.pk}", title=f"受理 {number}", link=reverse("tips:detail", args=[tip.pk]), area=area,
        right=Right.HANDLE_TIPS, begun=today,
    )  # fmt: skip
    record(
        Act.RECEIVE, who=who, when=when, where=where if who else None, kind="举报", about=number, area=area,
        purpose=f"{tip.get_channel_display()}，回执证明 SHA-256 {tip.commitment}",  # type: ignore[attr-defined]
    )  # fmt: skip
    return Receipt(number, receipts.shown(code), proof, tip.commitment)


def share(tip: Tip, part: str, secret: bytes, message: TipMessage | None = None) -> None:
    """Seal a key, or a half, to all who may have it now. ValidationError where nobody in post may."""
    keys = recipients(tip.area, WITNESSES if part == "identity_two" else READERS)
    if not any(key.user_id for key in keys):  # type: ignore[attr-defined]
        raise ValidationError("受理单位暂时没有可用的密钥，没有收下；请改用电话或来信")
    TipShare.objects.bulk_create(
        TipShare(tip=tip, message=message, part=part, key=key, sealed=sealing.seal(bytes(key.public), secret)) for key in keys
    )


def _seal_identity(tip: Tip, identity: Identity) -> None:
    key = sealing.fresh_key()
    one, two = sealing.halves(key)
    tip.identity = sealing.encrypt(key, json.dumps(asdict(identity), ensure_ascii=False).encode())
    tip.save(update_fields=["identity"])
    share(tip, TipShare.Part.IDENTITY_ONE, one)
    share(tip, TipShare.Part.IDENTITY_TWO, two)
