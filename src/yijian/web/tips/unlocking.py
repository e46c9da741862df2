"""The passphrase is asked for once a session, and the private key is then kept so that no one place has it.

The session (in the database) holds the key encrypted; the key to that is a cookie that only this browser has, for half an hour,
and only for the addresses of tips. Whoever takes the database has neither; when the session ends, the ciphertext goes with it.
"""

import base64
import binascii
import json
import time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from yijian.web.accounts.queries import User
from yijian.web.audit_log.actions import address_of, record
from yijian.web.tips import sealing
from yijian.web.tips.acts import Act
from yijian.web.tips.keyring import Opened, own_keys

COOKIE = "yijian_tips"
SESSION = "tips_opened"
LONGEST = 30 * 60
PATH = "/desk/tips/"


def keys_opened_by(user: User, passphrase: str) -> Opened:
    """Those of the user's keys that the passphrase opens. Slow on purpose."""
    found: dict[int, bytes] = {}
    for key in own_keys(user):
        try:
            found[key.pk] = sealing.unlock(key.kept, passphrase)
        except sealing.CannotOpen:
            continue
    return found


def unlock(request: HttpRequest, response: HttpResponse, user: User, passphrase: str) -> int:
    """Open those of the user's keys that the passphrase opens; how many. It is logged; ValidationError where it opens none."""
    opened = {str(pk): base64.b64encode(private).decode() for pk, private in keys_opened_by(user, passphrase).items()}
    act = Act.KEY_OPENED if opened else Act.WRONG_PASSPHRASE
    record(act, who=user, when=timezone.now(), where=address_of(request), kind="举报密钥", about=user.username)
    if not opened:
        raise ValidationError("口令不对，或您还没有密钥")
    cover = sealing.fresh_key()
    held = sealing.encrypt(cover, json.dumps({"user": user.pk, "until": int(time.time()) + LONGEST, "keys": opened}).encode())
    request.session[SESSION] = base64.b64encode(held).decode()
    response.set_cookie(
        COOKIE, base64.urlsafe_b64encode(cover).decode(), max_age=LONGEST, path=PATH, httponly=True, samesite="Strict",
        secure=settings.HTTPS,
    )  # fmt: skip
    return len(opened)


def opened(request: HttpRequest) -> Opened:
    """The keys that this session has open: key id → private half; none where nothing is, or the time is over."""
    held, cover = request.session.get(SESSION, ""), request.COOKIES.get(COOKIE, "")
    if not held or not cover:
        return {}
    try:
        said = json.loads(sealing.decrypt(base64.urlsafe_b64decode(cover), base64.b64decode(held)))
    except (sealing.CannotOpen, binascii.Error, ValueError):
        return {}
    if said["until"] < time.time() or said["user"] != getattr(request.user, "pk", None):
        return {}
    live = {key.pk for key in own_keys(request.user)} if isinstance(request.user, User) else set[int]()
    return {int(pk): base64.b64decode(text) for pk, text in said["keys"].items() if int(pk) in live}


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """Lock again."""
    request.session.pop(SESSION, None)
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
