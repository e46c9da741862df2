"""Other authorities in what we do together: who they are, who speaks for them, and what those do who have no account."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile

from yijian.web.accounts.queries import Organisation, Right, User, partner_named, people_of, people_with
from yijian.web.clocks import actions as clocks
from yijian.web.joint.models import Party
from yijian.web.joint.steps import RIGHTS


def may_read(user: User) -> bool:
    """Whether the user works together with others at all."""
    return user.may(Right.SEE_JOINT) or user.may(Right.ANSWER_JOINT)


def chosen(codes: Iterable[str], area: str) -> list[Organisation]:
    """Organisations near the area. ValidationError where there is none, or one is no other authority of it."""
    found = [partner_named(code, area) for code in dict.fromkeys(codes)]
    if not found or None in found:
        raise ValidationError("请从名单中选择协作部门，至少一个；名单里没有的，请管理员先登记为协作部门")
    return [one for one in found if one is not None]


def on_paper(organisation: Organisation) -> bool:
    """Whether it has nobody in the system: our office enters what it says on paper."""
    return not people_of(organisation, Right.ANSWER_JOINT)


def may_speak(user: User, party: Party, area: str) -> bool:
    """Whether the user speaks for the authority: one of it; or our office, where it has nobody in the system."""
    if user.organisation == party.organisation:
        return user.may(Right.ANSWER_JOINT)
    return keeps(user, area) and on_paper(party.organisation)


def keeps(user: User, area: str) -> bool:
    """Whether the user does this work for exactly this division."""
    return user.may(Right.KEEP_JOINT) and area in user.scope(Right.KEEP_JOINT).areas


def speaker(
    user: User, parties: Iterable[Party], code: str, area: str, files: "Sequence[UploadedFile[bytes]] | None" = None
) -> Party:
    """The authority that the user speaks for. code: which one, for our office; files: what it attaches, None where it need not.

    PermissionDenied for whoever does no such work; ValidationError where it is not his, or the paper is missing.
    """
    if not any(user.may(right) for right in RIGHTS):
        raise PermissionDenied
    wanted = user.organisation.pk if user.may(Right.ANSWER_JOINT) else code
    party = next((one for one in parties if one.organisation.pk == wanted), None)
    if party is None:
        raise ValidationError("请选择是哪个协作部门的意见")
    if not may_speak(user, party, area):
        raise ValidationError(f"须由{party.organisation.name}在系统中办理，不由您代办")
    if files is not None and user.organisation != party.organisation and not files:
        raise ValidationError(f"{party.organisation.name}没有账号，代为登记须上传对方的复函")
    return party


def tell_them(parties: Iterable[Party], text: str, *, link: str, when: datetime) -> None:
    """Tell everybody of these authorities."""
    for one in parties:
        clocks.tell(people_of(one.organisation, Right.ANSWER_JOINT), text[:300], link=link, when=when)


def tell_us(area: str, text: str, *, link: str, when: datetime) -> None:
    """Tell whoever does this work in our office."""
    clocks.tell(people_with(Right.KEEP_JOINT, area), text[:300], link=link, when=when)
