"""As much of HTTP/1.1 as the proxy needs: where a request ends, where a response ends, and what a request is for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_PIECE = 16384
_KINDS = {
    "open": re.compile(rb"POST /api/v1/conversations "),
    "send": re.compile(rb"POST /api/v1/conversations/\w+/messages "),
    "read": re.compile(rb"GET /api/v1/conversations/\w+/messages"),
    "line": re.compile(rb"GET /api/v1/conversations/\w+/events "),
    "widget": re.compile(rb"GET /widget/"),
}


def kind_of(request: bytes) -> str:
    """Return what a request is for: ``open``, ``send``, ``read``, ``line``, ``widget`` or ``other``."""
    return next((kind for kind, pattern in _KINDS.items() if pattern.match(request)), "other")


async def read_request(reader: asyncio.StreamReader) -> bytes | None:
    """Return the next request, head and body; None when the connection ends before it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        return head + await reader.readexactly(int(length[1]) if length else 0)
    except asyncio.IncompleteReadError:
        return None


async def response(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield a response as it comes, the head first; of a chunked one chunk by chunk.

    Raises:
        asyncio.IncompleteReadError: It was cut off.
    """
    head = await reader.readuntil(b"\r\n\r\n")
    yield head
    if length := _LENGTH.search(head):
        rest = int(length[1])
        while rest:
            piece = await reader.read(min(rest, _PIECE))
            if not piece:
                raise asyncio.IncompleteReadError(piece, rest)
            rest -= len(piece)
            yield piece
    elif _CHUNKED.search(head):
        size = -1
        while size != 0:
            line = await reader.readuntil(b"\r\n")
            size = int(line, 16)
            yield line + await reader.readexactly(size + 2)
