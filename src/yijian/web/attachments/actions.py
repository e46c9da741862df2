"""Every write: attaching files, and noting that one was fetched."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from yijian.web.accounts.queries import User
from yijian.web.attachments import store
from yijian.web.attachments.acts import Act
from yijian.web.attachments.checking import checked
from yijian.web.attachments.doors import area_of
from yijian.web.attachments.models import Attachment
from yijian.web.attachments.queries import attachment_for
from yijian.web.audit_log.actions import record

MOST_FILES = 10
"""Files that one answer may carry."""


@transaction.atomic
def attach(
    about: str, files: "Sequence[UploadedFile[bytes]]", *, who: User, when: datetime, where: str | None
) -> list[Attachment]:
    """Attach files to a record; the caller has asked for the right, and calls this after its own locks (see `audit_log`).

    ValidationError where one is not what it says, is too large, or there are too many; then none is attached.
    """
    if len(files) > MOST_FILES:
        raise ValidationError(f"一次最多上传 {MOST_FILES} 个文件，收到 {len(files)} 个，请合并后重新上传")
    known = [checked(file) for file in files]
    made = [
        Attachment.objects.create(
            sha256=store.put(settings.HOME, file.chunks()),
            name=name,
            size=file.size or 0,
            kind=kind,
            about=about,
            by=who,
            at=when,
        )
        for file, (name, kind) in zip(files, known, strict=True)
    ]
    for one in made:  # the name is not logged: people write patients' names into names of files
        said = f"{about}，{one.kind}，{one.size} 字节，SHA-256 {one.sha256}"
        record(Act.ATTACH, who=who, when=when, where=where, kind="附件", about=str(one.pk), purpose=said, area=area_of(about))
    return made


@transaction.atomic
def attach_same(about: str, held: Iterable[Attachment], *, who: User, when: datetime, where: str | None) -> list[Attachment]:
    """Attach to a record what is attached to others already; the caller has asked for the right to both."""
    made = [
        Attachment.objects.create(
            sha256=one.sha256, name=one.name, size=one.size, kind=one.kind, about=about, by=who, at=when
        )
        for one in held
    ]  # fmt: skip
    for one in made:
        said = f"{about}，{one.kind}，{one.size} 字节，SHA-256 {one.sha256}"
        record(Act.ATTACH, who=who, when=when, where=where, kind="附件", about=str(one.pk), purpose=said, area=area_of(about))
    return made


@transaction.atomic
def fetch(attachment_id: int, *, who: User, when: datetime, where: str | None) -> tuple[Attachment, bytes]:
    """An attachment with its content, checked against its hash; that it was looked at is logged. Http404 outside the door."""
    found = attachment_for(who, attachment_id)
    held = store.read(settings.HOME, found.sha256)
    area = area_of(found.about)
    record(Act.FETCH, who=who, when=when, where=where, kind="附件", about=str(found.pk), purpose=found.about, area=area)
    return found, held
