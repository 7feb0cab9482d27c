"""What every request must pass before it is read: size, kind, rate. Pure ASGI, so that nothing is buffered twice."""

from __future__ import annotations

import asyncio
import logging
import re

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontdesk.problems import Problem, not_kept, unexpected
from frontdesk.rates import Rates
from safety import Region

logger = logging.getLogger(__name__)

BODY_LIMIT = 64 * 1024
BODY_SECONDS = 20.0  # a message is a few kilobytes: even a bad telephone line takes less
TOO_LARGE = Problem(413, "too-large", "The message is far too long. Send at most 2,000 characters.")
TOO_SLOW = Problem(408, "too-slow", "The message did not arrive in full. Send it again.", {"Connection": "close"})
NOT_JSON_KIND = Problem(415, "wrong-content-type", "Send the body as 'Content-Type: application/json'.")
FORM = "application/x-www-form-urlencoded"
NOT_FORM_KIND = Problem(415, "wrong-content-type", "Press the button on the page itself.")

_FORMS = re.compile(r"^/(?:pages/[^/]+$|console/)")  # HTML forms, so not JSON


class Guards:
    """Refuses bodies that are too large or not JSON, and too many requests."""

    def __init__(self, app: ASGIApp, rate_limits: bool, region: str) -> None:
        self._app = app
        self._unexpected, self._not_kept = unexpected(Region(region)), not_kept(Region(region))
        self._rates = Rates() if rate_limits else None

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
        except (OperationalError, InterfaceError, NoConnection) as error:
            logger.error("The database is away: %s", reason(error))
            if not started:
                await self._not_kept.response()(scope, receive, send)
        except Exception as error:  # whatever it is: the visitor is told, and the log gets no words of theirs
            logger.error("Unexpected %s", type(error).__name__)
            if not started:
                await self._unexpected.response()(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._rates is None:
            return await self._read(scope, receive, send)
        if problem := await self._rates.refusal(scope):
            return await problem.response()(scope, receive, send)
        with self._rates.stream(scope) as problem:
            if problem:
                return await problem.response()(scope, receive, send)
            await self._read(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            return await self._app(scope, receive, send)
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        if problem := _refusal(scope, headers):
            return await problem.response()(scope, receive, send)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await read_body(receive)
        except TimeoutError:
            return await TOO_SLOW.response()(scope, receive, send)
        if body is None:
            return await TOO_LARGE.response()(scope, receive, send)
        await self._app(scope, replay(body, receive), send)


def reason(error: Exception) -> str:
    """Return what is the matter with the database in SQLite's name for it, or the error's type: never its text."""
    return getattr(getattr(error, "orig", None), "sqlite_errorname", type(error).__name__)


def _refusal(scope: Scope, headers: dict[str, str]) -> Problem | None:
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > BODY_LIMIT:
        return TOO_LARGE
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if _FORMS.match(scope["path"]):
        return None if kind == FORM else NOT_FORM_KIND
    return None if kind == "application/json" else NOT_JSON_KIND


async def read_body(receive: Receive) -> bytes | None:
    """Return the whole body, or None when it grows past the limit."""
    body: bytes = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > BODY_LIMIT:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return body


def replay(body: bytes, receive: Receive) -> Receive:
    """Return what gives ``body`` once more, and then whatever ``receive`` does."""
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
