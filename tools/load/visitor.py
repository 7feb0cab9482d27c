"""Visitors as cheap as can be, so that the frontdesk is what is measured: HTTP by hand, on asyncio's streams."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

API = "/api/v1/conversations"
SECONDS = 12.0  # the widget waits as long for an answer, and for a line to open


class Failed(Exception):
    """The frontdesk did not do what was asked."""


@dataclass
class Visitor:
    """One conversation, and a line on which its events come."""

    port: int
    id: str = ""
    token: str = ""
    last: int = 0
    heard: dict[int, float] = field(default_factory=dict)  # number of a message -> when it came
    writer: asyncio.StreamWriter | None = None
    following: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Start a conversation."""
        opened = await ask(self.port, "POST", API, {"origin": "https://clinic.example/", "locale": "en-US"})
        self.id, self.token, self.last = opened["conversation"], opened["token"], opened["messages"][-1]["seq"]

    async def say(self, text: str) -> tuple[list[int], float]:
        """Send a message; return the numbers of the replies, and when they were here."""
        body = {"client_id": str(uuid.uuid4()), "text": text}
        answered = await ask(self.port, "POST", f"{API}/{self.id}/messages", body, self.token)
        return [one["seq"] for one in answered["messages"][1:]], answered["at"]

    async def listen(self, seconds: float = SECONDS) -> None:
        """Open the line within so many seconds; return when the first event has come. Further ones are noted.

        Raises:
            Failed: It is refused.
        """
        async with asyncio.timeout(seconds):
            reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            self.writer.write(
                f"GET {API}/{self.id}/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
                f"Authorization: Bearer {self.token}\r\nLast-Event-ID: {self.last}\r\n\r\n".encode()
            )
            status = await reader.readline()
            if b" 200 " not in status:
                raise Failed(status.decode().strip())
            while not (line := await reader.readline()).startswith(b"event:"):
                if not line:
                    raise Failed("The line was closed before anything came.")
        self.following = asyncio.create_task(self._follow(reader))

    async def _follow(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if line.startswith(b"id:"):
                self.last = int(line[3:])
                self.heard[self.last] = time.perf_counter()

    async def leave(self) -> None:
        """Let the line drop."""
        if self.following:
            self.following.cancel()
        if self.writer:
            self.writer.transport.abort()


async def ask(port: int, method: str, path: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
    """Ask once, on a connection of its own; return the answer, with ``at``: when it was here in full.

    Raises:
        Failed: The answer is no success.
    """
    encoded = json.dumps(body).encode()
    allowed = f"Authorization: Bearer {token}\r\n" if token else ""
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{allowed}"
            f"Content-Length: {len(encoded)}\r\nConnection: close\r\n\r\n".encode()
            + encoded
        )
        answer = await reader.read(-1)
        at = time.perf_counter()
        writer.close()
    head, _, said = answer.partition(b"\r\n\r\n")
    if not head.split(b" ", 2)[1:2] or head.split(b" ", 2)[1][:1] != b"2":
        raise Failed(head.split(b"\r\n")[0].decode())
    return {**json.loads(said), "at": at}
