"""How often one address or one token may ask for what, and how many live streams it may hold."""

from __future__ import annotations

import hashlib
import math
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.types import Scope

from frontdesk.problems import Problem

# Generous for people, even for many behind one address; a tight loop meets them soon.
CONVERSATIONS_A_MINUTE = RateLimitItemPerMinute(30)
MESSAGES_A_MINUTE = RateLimitItemPerMinute(40)
READS_A_MINUTE = RateLimitItemPerMinute(120)
FROM_AN_ADDRESS_A_MINUTE = RateLimitItemPerMinute(600)  # a waiting room, a university, a phone company
PAGES_A_MINUTE = RateLimitItemPerMinute(60)
SIGN_INS_A_MINUTE = RateLimitItemPerMinute(60)
CONSOLE_A_MINUTE = RateLimitItemPerMinute(600)  # pages that stay up to date by themselves ask often
STREAMS_OF_A_TOKEN = 8  # one a tab; a lost one may linger until the connection's end is noticed
STREAMS_OF_AN_ADDRESS = 200  # 27 KiB each
STREAM_AGAIN_SECONDS = 5

_API = "/api/v1/conversations"
_EVENTS = re.compile(r"^(?:/api/v1/conversations/[^/]+|/console)/events$")
# Where staff acknowledge a case, and where they sign in. Per account, :mod:`frontdesk.console.backoff` counts.
_PAGES = re.compile(r"^/pages/[^/]+$")
_SIGN_IN = re.compile(r"^/console/(?:sign-in|code|recover|join/[^/]+)$")


@dataclass(frozen=True)
class Count:
    """One limit: what is counted, and whose it is."""

    limit: RateLimitItem
    kind: str
    whose: str


class Rates:
    """Counts in this process. Several processes behind one proxy each allow as much."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._streams: Counter[str] = Counter()

    async def refusal(self, scope: Scope) -> Problem | None:
        """Count a request; return what to answer instead when it is one too many."""
        for count in _counts(scope):
            if not await self._limiter.hit(count.limit, count.kind, count.whose):
                until, _ = await self._limiter.get_window_stats(count.limit, count.kind, count.whose)
                return too_many(math.ceil(until - time.time()))
        return None

    @contextmanager
    def stream(self, scope: Scope) -> Iterator[Problem | None]:
        """Hold a live stream, if the request is for one; yield what to answer instead when it is one too many."""
        if not is_stream(scope):
            yield None
            return
        held = {f"token {_token(scope)}": STREAMS_OF_A_TOKEN, f"address {address(scope)}": STREAMS_OF_AN_ADDRESS}
        if any(self._streams[whose] >= most for whose, most in held.items()):
            yield too_many_streams()
            return
        self._streams.update(held.keys())
        try:
            yield None
        finally:
            self._streams.subtract(held.keys())
            self._streams += Counter()  # forgets whoever holds none


def too_many(seconds: int) -> Problem:
    """Refuse what comes too fast."""
    wait = str(max(1, seconds))
    return Problem(429, "too-many", "That was very fast. Wait a minute, then send it again.", {"Retry-After": wait})


def too_many_streams() -> Problem:
    """Refuse one more live stream."""
    title = "Too many live streams are open. Close one, or read the messages without."
    return Problem(429, "too-many-streams", title, {"Retry-After": str(STREAM_AGAIN_SECONDS)})


def address(scope: Scope) -> str:
    """Where a request came from, seen through the proxies that are trusted and no others."""
    return str(scope["client"][0]) if scope.get("client") else "unknown"


def is_stream(scope: Scope) -> bool:
    """Whether a request is for live events."""
    return scope["method"] == "GET" and bool(_EVENTS.match(scope["path"]))


def _token(scope: Scope) -> str:
    """What stands for the token that a request shows. By it, and not by the conversation in the address: whoever has
    no token cannot use up what a visitor may do.
    """
    headers = Headers(scope=scope)
    shown = headers.get("authorization") or headers.get("cookie") or address(scope)
    return hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest()


def _counts(scope: Scope) -> list[Count]:
    path, method, where = scope["path"], scope["method"], address(scope)
    if _PAGES.match(path):
        return [Count(PAGES_A_MINUTE, "pages", where)]
    if _SIGN_IN.match(path):
        return [Count(SIGN_INS_A_MINUTE if method == "POST" else CONSOLE_A_MINUTE, f"sign-in {method}", where)]
    if path.startswith("/console/"):
        return [Count(CONSOLE_A_MINUTE, "console", _token(scope))]
    if not path.startswith(_API):
        return []
    from_here = Count(FROM_AN_ADDRESS_A_MINUTE, "chat", where)
    if path == _API:
        return [from_here, Count(CONVERSATIONS_A_MINUTE, "start", where)] if method == "POST" else [from_here]
    if method == "GET":
        return [from_here, Count(READS_A_MINUTE, "read", _token(scope))]
    return [from_here, Count(MESSAGES_A_MINUTE, "write", _token(scope))]
