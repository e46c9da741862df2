"""The gateway over HTTP: one address for all transactions, the addresses that some areas use, health, metrics, OpenAPI.

Every answer to a transaction is HTTP 200 in the national form: hospital systems read `infcode`, not the status.
"""

import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from yijian.gateway import metrics
from yijian.gateway.answer import envelope, now, reference
from yijian.gateway.openapi import document
from yijian.gateway.service import Service, Settings

MAX_BODY = 2 * 1024 * 1024
"""Bytes of one message. A stay with 2,000 lines has about one million."""

SETTINGS = "YIJIAN_GATEWAY"
"""The environment variable that carries `Settings` to the workers."""

_encoder = msgspec.json.Encoder()


class _TooLarge(Exception):
    pass


async def _body(request: Request) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            raise _TooLarge
        parts.append(part)
    return b"".join(parts)


def _key(request: Request) -> str:
    headers = request.headers
    bearer = headers.get("authorization", "")
    return headers.get("x-api-key") or headers.get("apikey") or (bearer[7:] if bearer[:7].lower() == "bearer " else "")


def _json(content: object) -> Response:
    return Response(_encoder.encode(content), media_type="application/json")


def make_app(settings: Settings) -> Starlette:
    """The ASGI application; it opens the pack when the server starts it."""
    service = Service(settings)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        sys.setswitchinterval(0.001)  # the judging thread and the loop take turns quickly
        service.start()
        yield
        service.stop()

    async def transaction(request: Request) -> Response:
        try:
            body = await _body(request)
        except _TooLarge:
            received = now()
            error = f"报文超过 {MAX_BODY // 1024 // 1024} MB"
            return _json(envelope(reference("000000", received), received, None, code=-1, error=error))
        return _json(await service.answer(body, _key(request), request.url.path))

    async def health(_request: Request) -> Response:
        return _json({"status": "ok", "pack": service.pack.manifest.version, "signed_by": service.pack.signature.fingerprint})

    async def figures(_request: Request) -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    async def openapi(_request: Request) -> Response:
        return _json(document(open_=settings.open))

    return Starlette(
        routes=[
            Route("/", transaction, methods=["POST"]),
            Route("/fsi/api/{service}/{method}", transaction, methods=["POST"]),
            Route("/health", health),
            Route("/metrics", figures),
            Route("/openapi.json", openapi),
        ],
        lifespan=lifespan,
    )


def from_environment() -> Starlette:
    """The application of a worker process."""
    return make_app(msgspec.json.decode(os.environ[SETTINGS], type=Settings))
