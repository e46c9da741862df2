"""The second factor: a code that an authenticator shows for 30 seconds (TOTP, RFC 6238), and backup codes for when it is lost.

Devices are django-otp's: it refuses a code that was used, and makes whoever guesses wait longer after each wrong one.
"""

import secrets
from base64 import b32encode
from datetime import datetime

import segno
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp import verify_token
from django_otp.models import Device
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from yijian.web.accounts.actions import READABLE, may_keep, note
from yijian.web.accounts.acts import Act
from yijian.web.accounts.models import User

BACKUP_CODES = 10


def enrolled(user: User) -> bool:
    """Whether the user has an authenticator."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def backup_codes_left(user: User) -> int:
    """How many backup codes were not used yet."""
    return sum(device.token_set.count() for device in StaticDevice.objects.filter(user=user))


def fresh_secret() -> str:
    """A new secret of 160 bits, in hex."""
    return random_hex(20)


def secret_in_text(secret: str) -> str:
    """The secret as an authenticator takes it when it is typed: base 32 in groups of four."""
    text = b32encode(bytes.fromhex(secret)).decode()
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def picture_of(user: User, secret: str) -> str:
    """The secret as a QR code: an SVG without scripts and styles."""
    address = TOTPDevice(user=user, key=secret).config_url
    return segno.make(address, error="m").svg_inline(scale=5, border=2, omitsize=False, title="二维码：用身份验证器扫描")


def code_now(secret: str) -> str:
    """The code of this half minute: for the demo's print and for tests."""
    return f"{totp(bytes.fromhex(secret)):06d}"


def verify(user: User, given: str) -> Device:
    """The device whose code this is: six digits of the authenticator, or a backup code, which is then gone.

    ValidationError if it is neither, was used, or too many were wrong just now.
    """
    given = "".join(given.split()).replace("-", "").lower()
    digits = len(given) == 6 and given.isascii() and given.isdigit()
    kind, word = (TOTPDevice, given) if digits else (StaticDevice, _kept(given))
    device = kind.objects.filter(user=user, confirmed=True).first()
    if device is not None:
        allowed, why = device.verify_is_allowed()
        if not allowed:
            wait = max(1, int((why["locked_until"] - timezone.now()).total_seconds()) + 1)
            raise ValidationError(f"刚才连续输错 {why['failure_count']} 次，请等 {wait} 秒后再输入")
        if found := verify_token(user, device.persistent_id, word):
            return found
    raise ValidationError("动态验证码不对，或已经用过。验证码每 30 秒换一个，请等下一个再输入；备用码每个只能用一次")


@transaction.atomic
def enrol(user: User, secret: str, code: str, *, who: User | None, when: datetime, where: str | None) -> tuple[Device, list[str]]:
    """Take an authenticator into use that shows this code, in place of an earlier one: the device, and ten fresh backup codes.

    Other sessions of the user end: they were begun without it.
    ValidationError if the code is not the secret's: then the authenticator does not hold it, or its clock is wrong.
    """
    device = TOTPDevice(user=user, name="身份验证器", key=secret, confirmed=True)
    before = list(TOTPDevice.objects.filter(user=user))
    device.save()
    if not device.verify_token("".join(code.split())):
        raise ValidationError("验证码不对。请确认已扫描下面的二维码、手机时间准确，再输入应用中现在显示的 6 位数字")
    for old in before:
        old.delete()
    codes = _fresh_codes(user)
    user.session_round += 1
    user.save(update_fields=["session_round"])
    note(Act.SECOND_FACTOR, "账号", user.username, "更换身份验证器" if before else "登记身份验证器", who, when, where)
    return device, codes


@transaction.atomic
def enrol_for_demo(user: User, *, when: datetime) -> str:
    """An authenticator whose secret is returned, so that a demo can print its codes. Only `load --demo-accounts` calls this."""
    secret = fresh_secret()
    TOTPDevice.objects.filter(user=user).delete()
    TOTPDevice.objects.create(user=user, name="演示", key=secret, confirmed=True)
    note(Act.SECOND_FACTOR, "账号", user.username, "登记演示验证器", None, when, None)
    return secret


@transaction.atomic
def fresh_backup_codes(*, who: User, when: datetime, where: str | None) -> list[str]:
    """Ten new backup codes of one's own, shown once; the earlier ones are void. ValidationError without an authenticator."""
    if not enrolled(who):
        raise ValidationError("请先登记身份验证器，再生成备用码")
    codes = _fresh_codes(who)
    note(Act.SECOND_FACTOR, "账号", who.username, "重新生成备用码", who, when, where)
    return codes


@transaction.atomic
def give_up(*, who: User, when: datetime, where: str | None) -> None:
    """No second factor any more. ValidationError where a role requires it."""
    if who.needs_second_factor:
        raise ValidationError("您的岗位可以查看身份信息，必须使用动态验证码，不能取消")
    _remove(who)
    note(Act.SECOND_FACTOR, "账号", who.username, "取消身份验证器", who, when, where)


@transaction.atomic
def reset(user: User, *, who: User | None, when: datetime, where: str | None) -> None:
    """Take somebody's authenticator and backup codes away, for a lost telephone; they enrol anew at the next log-in."""
    may_keep(who, user.organisation.division_id)  # type: ignore[attr-defined]
    if who is not None and who.pk == user.pk:
        raise ValidationError("不能重置自己的身份验证器，请由另一名管理员办理")
    if not enrolled(user):
        raise ValidationError(f"账号 {user.username} 没有登记身份验证器，不需要重置")
    _remove(user)
    user.session_round += 1
    user.save(update_fields=["session_round"])
    note(Act.SECOND_FACTOR, "账号", user.username, "管理员重置身份验证器", who, when, where, area=user.home)


def _remove(user: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def _fresh_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(READABLE) for _ in range(10)) for _ in range(BACKUP_CODES)]
    device = StaticDevice.objects.create(user=user, name="备用码", confirmed=True)
    for code in codes:
        device.token_set.create(token=_kept(code))
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _kept(code: str) -> str:
    """A backup code as the database keeps it: who reads the database cannot use it. 16 characters is what the column holds."""
    return salted_hmac("yijian.backup_code", code, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()[:16]
