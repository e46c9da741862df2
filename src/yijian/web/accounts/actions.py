"""Every write: divisions, organisations, accounts, what people are posted to. Logging in and out stands in the log too."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from yijian.web.accounts.acts import Act
from yijian.web.accounts.models import Division, Organisation, Posting, User
from yijian.web.accounts.queries import need
from yijian.web.accounts.rights import Right, not_together, roles
from yijian.web.accounts.scope import within
from yijian.web.audit_log.actions import address_of, record

COMMAND_LINE = "命令行"


@transaction.atomic
def keep_division(code: str, name: str, *, who: User | None, when: datetime, where: str | None) -> Division:
    """Make or rename a division. ValidationError unless the code has six digits."""
    _may_keep(who)
    if len(code) != 6 or not code.isdecimal():
        raise ValidationError(f"行政区划代码“{code}”应为 6 位数字")
    before = Division.objects.filter(pk=code).first()
    division, _ = Division.objects.update_or_create(code=code, defaults={"name": name})
    if before is None or before.name != name:
        changes = {"name": (before.name if before else "", name)}
        _note(Act.KEEP_ORGANISATION, "行政区划", code, "", who, when, where, changes)
    return division


@transaction.atomic
def keep_organisation(
    code: str,
    *,
    name: str,
    kind: str,
    division: str,
    institution: str = "",
    who: User | None,
    when: datetime,
    where: str | None,
) -> Organisation:
    """Make or change an organisation. ValidationError says what is wrong; PermissionDenied outside the keeper's area."""
    _may_keep(who, division)
    if kind not in Organisation.Kind.values:
        raise ValidationError(f"单位类别“{kind}”不认识，可用：{'、'.join(map(str, Organisation.Kind.labels))}")
    if not Division.objects.filter(pk=division).exists():
        raise ValidationError(f"没有行政区划 {division}，请先登记")
    if (kind == Organisation.Kind.INSTITUTION.value) != bool(institution):
        raise ValidationError("定点医药机构必须写明定点机构编码，其他单位不写")
    before = Organisation.objects.filter(pk=code).first()
    if before:
        _may_keep(who, before.division_id)  # type: ignore[attr-defined]
    fields = {"name": name, "kind": kind, "division_id": division, "institution": institution}
    organisation, _ = Organisation.objects.update_or_create(code=code, defaults=fields)
    changes = {f: (getattr(before, f) if before else "", new) for f, new in fields.items()}
    changes = {f: (old, new) for f, (old, new) in changes.items() if old != new}
    if changes:
        _note(Act.KEEP_ORGANISATION, "单位", code, "", who, when, where, changes)
    return organisation


@transaction.atomic
def make_account(
    username: str,
    password: str,
    *,
    display_name: str,
    organisation: Organisation,
    role: str | Collection[str] = (),
    division: str = "",
    expires: date | None = None,
    who: User | None,
    when: datetime,
    where: str | None = None,
) -> User:
    """Make an account, posted to the roles for the division ('' = the organisation's); `who` is None on the command line.

    ValidationError if the password is too weak, the name is taken, or the roles do not go together or with the organisation.
    """
    _may_keep(who, organisation.division_id)  # type: ignore[attr-defined]
    validate_password(password, User(username=username, display_name=display_name))
    if User.objects.filter(username=username).exists():
        raise ValidationError(f"账号 {username} 已经有人使用")
    user = User(username=username, display_name=display_name, organisation=organisation, expires=expires)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    names = {role} if isinstance(role, str) else set(role)
    said = "、".join(roles()[name].title for name in sorted(names) if name in roles())
    _note(Act.MAKE_ACCOUNT, "账号", username, f"{organisation.name} {said}", who, when, where)
    for name in sorted(names):
        post(user, name, division=division, who=who, when=when, where=where)
    return user


@transaction.atomic
def post(user: User, role: str, *, division: str = "", who: User | None, when: datetime, where: str | None) -> None:
    """Give a role for a division of the organisation's or below. ValidationError, with the reason, where duties must be apart."""
    home: str = user.organisation.division_id  # type: ignore[attr-defined]
    division = division or home
    _may_keep(who, division)
    if who is not None and who.pk == user.pk:
        raise ValidationError("不能给自己分配岗位，请由另一名管理员办理")
    wanted = roles().get(role)
    if wanted is None:
        raise ValidationError(f"没有岗位 {role}")
    if user.organisation.kind not in wanted.kinds:
        kind = Organisation.Kind(user.organisation.kind).label
        raise ValidationError(f"{kind}的人员不能任“{wanted.title}”")
    if not within(home, division):
        raise ValidationError(f"管辖区划 {division} 不在单位所属区划 {home} 之内")
    held = {p.role for p in Posting.objects.select_for_update().filter(user=user)}
    if clash := not_together({*held, role}):
        raise ValidationError(f"“{clash[0].title}”与“{clash[1].title}”是不相容岗位，不能由同一人担任")
    if not Division.objects.filter(pk=division).exists():
        raise ValidationError(f"没有行政区划 {division}，请先登记")
    _, made = Posting.objects.get_or_create(user=user, role=role, division_id=division)
    if made:
        _note(Act.POST, "账号", user.username, f"任 {wanted.title}（{division}）", who, when, where)
    user.forget_postings()


@transaction.atomic
def unpost(user: User, role: str, *, who: User | None, when: datetime, where: str | None) -> None:
    """Take a role back, for all divisions."""
    _may_keep(who, user.organisation.division_id)  # type: ignore[attr-defined]
    gone, _ = Posting.objects.filter(user=user, role=role).delete()
    if gone:
        title = roles()[role].title if role in roles() else role
        _note(Act.POST, "账号", user.username, f"免 {title}", who, when, where)
    user.forget_postings()


@transaction.atomic
def set_open(user: User, *, active: bool, expires: date | None, who: User | None, when: datetime, where: str | None) -> None:
    """Open or close an account, and say until when it is valid. Whoever is logged in with a closed one is out at once."""
    _may_keep(who, user.organisation.division_id)  # type: ignore[attr-defined]
    if who is not None and who.pk == user.pk:
        raise ValidationError("不能停用或延长自己的账号，请由另一名管理员办理")
    changes = {"is_active": (user.is_active, active), "expires": (str(user.expires or ""), str(expires or ""))}
    user.is_active, user.expires = active, expires
    user.save(update_fields=["is_active", "expires"])
    _note(Act.CHANGE_ACCOUNT, "账号", user.username, "", who, when, where, changes)


@transaction.atomic
def set_password(user: User, password: str, *, who: User | None, when: datetime, where: str | None) -> None:
    """A new password. ValidationError if it is too weak."""
    if who is None or who.pk != user.pk:
        _may_keep(who, user.organisation.division_id)  # type: ignore[attr-defined]
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    _note(Act.CHANGE_ACCOUNT, "账号", user.username, "更换密码", who, when, where)


def _may_keep(who: User | None, division: str = "") -> None:
    """PermissionDenied unless the keeper keeps accounts there. None is the command line: whoever owns the files."""
    if who is None:
        return
    need(who, Right.KEEP_ACCOUNTS)
    scope = who.scope(Right.KEEP_ACCOUNTS)
    if division and not scope.covers(area=division):
        raise ValidationError(f"行政区划 {division} 不在您的管理范围内")


def _note(
    act: Act,
    kind: str,
    about: str,
    said: str,
    who: User | None,
    when: datetime,
    where: str | None,
    changes: dict[str, tuple[Any, Any]] | None = None,
) -> None:
    name = "" if who else COMMAND_LINE
    record(act, who=who, when=when, where=where, kind=kind, about=about, purpose=said, name=name, changes=changes)


@receiver(user_logged_in)
def _logged_in(request: HttpRequest, user: User, **_: Any) -> None:
    record(Act.LOG_IN, who=user, when=timezone.now(), where=address_of(request))


@receiver(user_logged_out)
def _logged_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        record(Act.LOG_OUT, who=user, when=timezone.now(), where=address_of(request))


@receiver(user_login_failed)
def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    tried = str(credentials.get("username", ""))[:150]
    record(Act.LOG_IN_FAILED, who=None, when=timezone.now(), where=address_of(request) if request else None, name=tried)
