"""What every request must pass before it is read: size, kind, rate. Pure ASGI, so that nothing is buffered twice."""

from __future__ import annotations

import logging
import re

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontdesk.problems import Problem, unexpected

logger = logging.getLogger(__name__)

BODY_LIMIT = 64 * 1024
TOO_LARGE = Problem(413, "too-large", "The message is far too long. Send at most 2,000 characters.")
NOT_JSON_KIND = Problem(415, "wrong-content-type", "Send the body as 'Content-Type: application/json'.")
TOO_MANY = Problem(429, "too-many", "That was very fast. Wait a minute, then send it again.", {"Retry-After": "60"})

# Generous for people, even for many behind one address; a tight loop meets them soon.
CONVERSATIONS_A_MINUTE = RateLimitItemPerMinute(30)
MESSAGES_A_MINUTE = RateLimitItemPerMinute(40)

_MESSAGES = re.compile(r"^/api/v1/conversations/([^/]+)/(?:messages|feedback)$")


class Guards:
    """Refuses bodies that are too large or not JSON, and too many requests."""

    def __init__(self, app: ASGIApp, rate_limits: bool) -> None:
        self._app = app
        self._limiter = MovingWindowRateLimiter(MemoryStorage()) if rate_limits else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._guarded(scope, receive, watched)
        except Exception as error:  # whatever it is: the visitor is told, and the log gets no words of theirs
            logger.error("Unexpected %s", type(error).__name__)
            if not started:
                await unexpected().response()(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            return await self._app(scope, receive, send)
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        if problem := await self._refusal(scope, headers):
            return await problem.response()(scope, receive, send)
        body = await _read(receive)
        if body is None:
            return await TOO_LARGE.response()(scope, receive, send)
        await self._app(scope, _replay(body, receive), send)

    async def _refusal(self, scope: Scope, headers: dict[str, str]) -> Problem | None:
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            return TOO_LARGE
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return NOT_JSON_KIND
        if self._limiter:
            if match := _MESSAGES.match(scope["path"]):
                within = await self._limiter.hit(MESSAGES_A_MINUTE, "conversation", match[1])
            else:
                address = scope["client"][0] if scope.get("client") else "unknown"
                within = await self._limiter.hit(CONVERSATIONS_A_MINUTE, "address", address)
            if not within:
                return TOO_MANY
        return None


async def _read(receive: Receive) -> bytes | None:
    """Return the whole body, or None when it grows past the limit."""
    body: bytes = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > BODY_LIMIT:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
