"""Which postings an organisation allows, and what ends when somebody, or an organisation, moves."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from yijian.web.accounts.models import Organisation, Posting, User
from yijian.web.accounts.rights import roles
from yijian.web.accounts.scope import within


def why_unfit(role: str, division: str, *, kind: str, home: str) -> ValidationError | None:
    """Why people of an organisation of this kind and division cannot hold a role for `division`; None if they can."""
    wanted = roles().get(role)
    if wanted is None:
        return ValidationError(f"没有岗位 {role}", code="role")
    if kind not in wanted.kinds:
        return ValidationError(f"{Organisation.Kind(kind).label}的人员不能任“{wanted.title}”", code="role")
    if not within(home, division):
        return ValidationError(f"管辖区划 {division} 不在单位所属区划 {home} 之内", code="division")
    return None


def unfit(user: User, *, kind: str, home: str) -> list[tuple[Posting, str]]:
    """The person's postings that such an organisation does not allow, each with the reason."""
    held = Posting.objects.filter(user=user).select_related("division").order_by("role", "division")
    found = [(one, why_unfit(one.role, one.division.code, kind=kind, home=home)) for one in held]
    return [(one, why.messages[0]) for one, why in found if why]


def said(postings: Iterable[Posting]) -> list[str]:
    """Postings as the log says them."""
    return [f"{one.title}（{one.division.code}）" for one in postings]
