"""What every request must pass before it is read: size, kind, rate. Pure ASGI, so that nothing is buffered twice."""

from __future__ import annotations

import logging
import re

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontdesk.problems import Problem, unexpected
from safety import Region

logger = logging.getLogger(__name__)

BODY_LIMIT = 64 * 1024
TOO_LARGE = Problem(413, "too-large", "The message is far too long. Send at most 2,000 characters.")
NOT_JSON_KIND = Problem(415, "wrong-content-type", "Send the body as 'Content-Type: application/json'.")
FORM = "application/x-www-form-urlencoded"
NOT_FORM_KIND = Problem(415, "wrong-content-type", "Press the button on the page itself.")
TOO_MANY = Problem(429, "too-many", "That was very fast. Wait a minute, then send it again.", {"Retry-After": "60"})

# Generous for people, even for many behind one address; a tight loop meets them soon.
CONVERSATIONS_A_MINUTE = RateLimitItemPerMinute(30)
MESSAGES_A_MINUTE = RateLimitItemPerMinute(40)
PAGES_A_MINUTE = RateLimitItemPerMinute(60)

_MESSAGES = re.compile(r"^/api/v1/conversations/([^/]+)/(?:messages|feedback|contact)$")
# Where staff acknowledge a case: a form of its own, so not JSON.
_PAGES = re.compile(r"^/pages/[^/]+$")


class Guards:
    """Refuses bodies that are too large or not JSON, and too many requests."""

    def __init__(self, app: ASGIApp, rate_limits: bool, region: str) -> None:
        self._app = app
        self._unexpected = unexpected(Region(region))
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
                await self._unexpected.response()(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _PAGES.match(scope["path"]) and not await self._within(PAGES_A_MINUTE, "pages", _address(scope)):
            return await TOO_MANY.response()(scope, receive, send)
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
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if _PAGES.match(scope["path"]):
            return None if kind == FORM else NOT_FORM_KIND
        if kind != "application/json":
            return NOT_JSON_KIND
        if match := _MESSAGES.match(scope["path"]):
            within = await self._within(MESSAGES_A_MINUTE, "conversation", match[1])
        else:
            within = await self._within(CONVERSATIONS_A_MINUTE, "address", _address(scope))
        return None if within else TOO_MANY

    async def _within(self, limit: RateLimitItem, kind: str, whose: str) -> bool:
        return self._limiter is None or await self._limiter.hit(limit, kind, whose)


def _address(scope: Scope) -> str:
    return str(scope["client"][0]) if scope.get("client") else "unknown"


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
