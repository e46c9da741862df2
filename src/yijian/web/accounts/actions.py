"""Every write: divisions, organisations, accounts, what people are posted to.

The `code` of a ValidationError names the field that it is about (`importing` says its column).
Logging in: `logging_in.py`; the second factor: `second_factor.py`.
"""

import re
import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import EmailField

from yijian.vocabulary.divisions import common
from yijian.web.accounts.acts import Act
from yijian.web.accounts.handing_over import hand_over
from yijian.web.accounts.models import Division, Organisation, Posting, User
from yijian.web.accounts.postings import said, unfit, why_unfit
from yijian.web.accounts.queries import need
from yijian.web.accounts.rights import Right, not_together, roles
from yijian.web.audit_log.actions import record

COMMAND_LINE = "命令行"
USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,39}")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody takes for one another on paper."""


class _Light(PBKDF2PasswordHasher):
    """For passwords of `fresh_password` only: nobody guesses 79 random bits, so an import of hundreds need not stretch each.

    Django hashes anew, at full strength, when the password is first used or changed.
    """

    iterations = 10_000


_LIGHT = _Light()


def fresh_password() -> str:
    """A random password of 79 bits in four groups that can be read out."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4))


@transaction.atomic
def keep_division(code: str, name: str, *, who: User | None, when: datetime, where: str | None) -> Division:
    """Make or rename a division. ValidationError unless the code has six digits."""
    may_keep(who)
    if len(code) != 6 or not (code.isascii() and code.isdecimal()):
        raise ValidationError(f"行政区划代码“{code}”应为 6 位数字", code="code")
    may_keep(who, code, field="code")
    if not written(name):
        raise ValidationError("请写明行政区划名称", code="name")
    before = Division.objects.filter(pk=code).first()
    division, _ = Division.objects.update_or_create(code=code, defaults={"name": name})
    if before is None or before.name != name:
        changes = {"name": (before.name if before else "", name)}
        note(Act.KEEP_ORGANISATION, "行政区划", code, "", who, when, where, changes, code)
    return division


@transaction.atomic
def keep_organisation(
    code: str,
    *,
    name: str,
    kind: str,
    division: str,
    institution: str = "",
    ending: bool = False,
    who: User | None,
    when: datetime,
    where: str | None,
) -> Organisation:
    """Make or change an organisation. ValidationError says what is wrong; PermissionDenied outside the keeper's area.

    In another division its people's postings for the old one cannot stay: they end only where `ending` says so, and the work
    that waits for those people by name goes back.
    """
    may_keep(who, division)
    if not CODE.fullmatch(code):
        raise ValidationError(f"单位编码“{code}”应由 1 到 40 位字母、数字、横线或下划线组成", code="code")
    if not written(name):
        raise ValidationError("请写明单位名称", code="name")
    if kind not in Organisation.Kind.values:
        raise ValidationError(f"单位类别“{kind}”不认识，可用：{'、'.join(map(str, Organisation.Kind.labels))}", code="kind")
    if not Division.objects.filter(pk=division).exists():
        raise ValidationError(f"没有行政区划 {division}，请先登记", code="division")
    if (kind == Organisation.Kind.INSTITUTION.value) != bool(institution):
        raise ValidationError("定点医药机构必须写明定点机构编码，其他单位不写", code="institution")
    before = Organisation.objects.filter(pk=code).first()
    if before:
        may_keep(who, before.division_id, field="code")  # type: ignore[attr-defined]
        if before.kind != kind and before.users.exists():  # type: ignore[attr-defined]
            raise ValidationError("单位已有账号，不能改变类别：岗位与管辖范围随类别而定；请另建单位", code="kind")
    before_division: str = before.division_id if before else division  # type: ignore[attr-defined]
    ended = _end_unfit(before, kind, division, ending, who, when) if before else []
    fields = {"name": name, "kind": kind, "division_id": division, "institution": institution}
    organisation, _ = Organisation.objects.update_or_create(code=code, defaults=fields)
    changes = {f: (getattr(before, f) if before else "", new) for f, new in fields.items()}
    changes = {f: (old, new) for f, (old, new) in changes.items() if old != new}
    if changes:
        note(Act.KEEP_ORGANISATION, "单位", code, "", who, when, where, changes, common({division, before_division}))
    for user, why, lost in ended:
        note(Act.POST, "账号", user.username, why, who, when, where, lost, common({division, before_division}))
    return organisation


def _end_unfit(
    before: Organisation, kind: str, division: str, ending: bool, who: User | None, when: datetime
) -> list[tuple[User, str, dict[str, tuple[Any, Any]]]]:
    """End the postings that do not fit the organisation in its new division; whose, why, and what changed."""
    if before.division_id == division:  # type: ignore[attr-defined]
        return []
    found = [(one, unfit(one, kind=kind, home=division)) for one in User.objects.filter(organisation=before)]
    found = [(one, postings) for one, postings in found if postings]
    if who is not None and any(one.pk == who.pk for one, _ in found):
        raise ValidationError("这会结束您自己的岗位，请由另一名管理员办理", code="division")
    if found and not ending:
        lost = "；".join(f"{one.display_name} {'、'.join(said(p for p, _ in postings))}" for one, postings in found)
        raise ValidationError(
            f"改到区划 {division} 后，下列任职不再相符，将随之结束：{lost}。请勾选同意后再保存", code="division"
        )
    done: list[tuple[User, str, dict[str, tuple[Any, Any]]]] = []
    for one, postings in found:
        changes: dict[str, tuple[Any, Any]] = {
            "postings": (said(p for p, _ in postings), []),
            **hand_over(one, None, who=who, when=when),
        }
        Posting.objects.filter(pk__in=[p.pk for p, _ in postings]).delete()
        one.forget_postings()
        done.append((one, f"单位改到区划 {division}，任职随之结束", changes))
    return done


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
    initial: bool = False,
    who: User | None,
    when: datetime,
    where: str | None = None,
) -> User:
    """Make an account, posted to the roles for the division ('' = the organisation's); `who` is None on the command line.

    initial: the password comes from `fresh_password` and must be changed at the first log-in.
    ValidationError if the password is too weak, the name is taken, or the roles do not go together or with the organisation.
    """
    may_keep(who, organisation.division_id, field="organisation")  # type: ignore[attr-defined]
    if not USERNAME.fullmatch(username):
        raise ValidationError(f"账号“{username[:150]}”应由 2 到 40 位字母、数字、点、横线或下划线组成", code="username")
    if not written(display_name):
        raise ValidationError("请写明姓名", code="display_name")
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError(f"账号 {username} 已经有人使用", code="username")
    user = User(username=username, display_name=display_name.strip(), organisation=organisation, expires=expires)
    user.must_change = initial
    if initial:
        user.password = _LIGHT.encode(password, _LIGHT.salt())
    else:
        validate_password(password, user)
        user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    names = {role} if isinstance(role, str) else set(role)
    said = "、".join(roles()[name].title for name in sorted(names) if name in roles())
    note(Act.MAKE_ACCOUNT, "账号", username, f"{organisation.name} {said}", who, when, where, area=user.home)
    for name in sorted(names):
        post(user, name, division=division, who=who, when=when, where=where)
    return user


@transaction.atomic
def post(user: User, role: str, *, division: str = "", who: User | None, when: datetime, where: str | None) -> None:
    """Give a role for a division of the organisation's or below. ValidationError, with the reason, where duties must be apart."""
    home: str = user.organisation.division_id  # type: ignore[attr-defined]
    division = division or home
    may_keep(who, division)
    may_keep(who, home)
    if who is not None and who.pk == user.pk:
        raise ValidationError("不能给自己分配岗位，请由另一名管理员办理")
    if refused := why_unfit(role, division, kind=user.organisation.kind, home=home):
        raise refused
    held = {p.role for p in Posting.objects.select_for_update().filter(user=user)}
    if clash := not_together({*held, role}):
        raise ValidationError(f"“{clash[0].title}”与“{clash[1].title}”是不相容岗位，不能由同一人担任", code="role")
    if not Division.objects.filter(pk=division).exists():
        raise ValidationError(f"没有行政区划 {division}，请先登记", code="division")
    _, made = Posting.objects.get_or_create(user=user, role=role, division_id=division)
    if made:
        note(Act.POST, "账号", user.username, f"任 {roles()[role].title}（{division}）", who, when, where, area=home)
    user.forget_postings()


@transaction.atomic
def unpost(user: User, role: str, *, who: User | None, when: datetime, where: str | None) -> None:
    """Take a role back, for all divisions."""
    may_keep(who, user.organisation.division_id)  # type: ignore[attr-defined]
    if who is not None and who.pk == user.pk:
        raise ValidationError("不能免去自己的岗位，请由另一名管理员办理")
    gone, _ = Posting.objects.filter(user=user, role=role).delete()
    if gone:
        title = roles()[role].title if role in roles() else role
        note(Act.POST, "账号", user.username, f"免 {title}", who, when, where, area=user.home)
    user.forget_postings()


@transaction.atomic
def set_open(user: User, *, active: bool, expires: date | None, who: User | None, when: datetime, where: str | None) -> None:
    """Open or close an account, and say until when it is valid. Whoever is logged in with a closed one is out at once."""
    may_keep(who, user.organisation.division_id)  # type: ignore[attr-defined]
    if who is not None and who.pk == user.pk:
        raise ValidationError("不能停用或延长自己的账号，请由另一名管理员办理")
    changes = {"is_active": (user.is_active, active), "expires": (str(user.expires or ""), str(expires or ""))}
    user.is_active, user.expires = active, expires
    user.save(update_fields=["is_active", "expires"])
    note(Act.CHANGE_ACCOUNT, "账号", user.username, "", who, when, where, changes, user.home)


@transaction.atomic
def give_new_password(user: User, *, who: User | None, when: datetime, where: str | None) -> str:
    """A new initial password, returned once; the user must change it. All of the user's sessions end."""
    may_keep(who, user.organisation.division_id)  # type: ignore[attr-defined]
    if who is not None and who.pk == user.pk:
        raise ValidationError("自己的密码请在“我的账号”中更换")
    password = fresh_password()
    user.password, user.must_change = _LIGHT.encode(password, _LIGHT.salt()), True
    user.save(update_fields=["password", "must_change"])
    note(Act.CHANGE_ACCOUNT, "账号", user.username, "发放新的初始密码", who, when, where, area=user.home)
    return password


@transaction.atomic
def change_own_password(old: str, new: str, *, who: User, when: datetime, where: str | None) -> None:
    """One's own password. ValidationError if the old one is wrong, the new one is too weak, or they are the same."""
    if not who.check_password(old):
        raise ValidationError("原密码不对，请重新输入", code="old")
    if new == old:
        raise ValidationError("新密码不能与原密码相同", code="new")
    validate_password(new, who)
    who.set_password(new)
    who.must_change = False
    who.save(update_fields=["password", "must_change"])
    note(Act.CHANGE_ACCOUNT, "账号", who.username, "更换密码", who, when, where)


@transaction.atomic
def set_own_mail(address: str, *, who: User, when: datetime, where: str | None) -> None:
    """Where one's own mail goes, '' = nowhere. ValidationError where it is no address. The log says that, not where to."""
    address = address.strip()
    try:
        EmailField(max_length=254).run_validators(address)
    except ValidationError:
        raise ValidationError("邮箱地址看不懂，请写成 name@example.com 的样子，或者留空", code="mail") from None
    if address == who.mail:
        return
    who.mail = address
    who.save(update_fields=["mail"])
    note(Act.CHANGE_ACCOUNT, "账号", who.username, "设置通知邮箱" if address else "取消通知邮箱", who, when, where)


@transaction.atomic
def end_sessions(*, who: User, when: datetime, where: str | None) -> None:
    """End all of one's own sessions; the caller keeps its own by `update_session_auth_hash`."""
    who.session_round += 1
    who.save(update_fields=["session_round"])
    note(Act.END_SESSIONS, "账号", who.username, "", who, when, where)


def written(name: str) -> bool:
    """Whether it is a name: not empty, and no NUL or line break, which databases and sheets do not take."""
    return bool(name.strip()) and name.isprintable()


def may_keep(who: User | None, division: str = "", field: str = "division") -> None:
    """PermissionDenied unless the keeper keeps accounts there. None is the command line: whoever owns the files."""
    if who is None:
        return
    need(who, Right.KEEP_ACCOUNTS)
    scope = who.scope(Right.KEEP_ACCOUNTS)
    if division and not scope.covers(area=division):
        raise ValidationError(f"行政区划 {division} 不在您的管理范围内", code=field)


def note(
    act: Act,
    kind: str,
    about: str,
    said: str,
    who: User | None,
    when: datetime,
    where: str | None,
    changes: dict[str, tuple[Any, Any]] | None = None,
    area: str = "",
) -> None:
    """A line of the log. What the command line did is of no area."""
    name, area = ("", area) if who else (COMMAND_LINE, "")
    record(act, who=who, when=when, where=where, kind=kind, about=about, purpose=said, name=name, area=area, changes=changes)
