"""Before Django: what is sent to the public page of tips is refused unread where it is too large or does not say its size.

Django keeps a body up to FILE_UPLOAD_MAX_MEMORY_SIZE in memory and lets larger ones touch a disk, in clear.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

SMALL = 12 * 2**20
"""Bytes of a tip with its attachments."""
SAID = "提交的内容过大，附件合计不能超过 10 MB，没有收下。请返回上一页，减少附件后重新提交。".encode()

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]


def small_bodies(app: App) -> App:
    """The application behind this door."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith("/tips/"):
            length = dict(scope["headers"]).get(b"content-length", b"")
            if not length.isdigit() or int(length) > SMALL:
                headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
                await send({"type": "http.response.start", "status": 413, "headers": headers})
                await send({"type": "http.response.body", "body": SAID})
                return
        await app(scope, receive, send)

    return door
