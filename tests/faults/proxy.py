"""Stands between the browser and the frontdesk and does to their connections what networks do, by a plan."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.faults.http1 import kind_of, read_request, response

LATE_SECONDS = 0.6  # at most
WATCH_SECONDS = 0.05
GIVEN_UP = ("open", "send", "read", "line")
_CLIENT_ID = re.compile(rb'(?<="client_id":")[0-9a-f-]{36}')


class Harm(StrEnum):
    """What is done to one request and its response."""

    NONE = "passed on"
    UNSENT = "cut before the request was forwarded"
    UNANSWERED = "cut after the request was forwarded"
    TORN = "cut in the middle of the response"
    RESET = "reset"
    LATE = "delayed"
    SILENT = "half-open"
    TWICE = "forwarded twice"


@dataclass(frozen=True)
class Fault:
    """A harm, and how late, how far or at which of its places it strikes: ``at`` from 0 to 1."""

    harm: Harm = Harm.NONE
    at: float = 0.0


@dataclass(eq=False)
class _Link:
    """One connection of the browser's."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    task: asyncio.Task[None]
    silent: asyncio.Event = field(default_factory=asyncio.Event)
    request: bytes = b""
    swallows: bool = False

    @property
    def is_given_up(self) -> bool:
        """Whether the chat itself gives up what hangs here, after a time of its own."""
        return kind_of(self.request) in GIVEN_UP

    async def gone(self) -> None:
        """Wait until the browser has closed it."""
        while not (self.reader.at_eof() or self.reader.exception()):
            await asyncio.sleep(WATCH_SECONDS)

    async def swallow(self) -> None:
        """Take whatever comes, answer nothing, until the browser gives up."""
        self.swallows = True
        while await self.reader.read(65536):
            pass

    def reset(self) -> None:
        """Close it with an RST."""
        connection: socket.socket = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


class Proxy:
    """A TCP proxy in a thread of its own, on a port of its own.

    Args:
        target: The port of the frontdesk.
    """

    def __init__(self, target: int) -> None:
        self.done: Counter[str] = Counter()
        self.forges = False  # what is forwarded twice gets a new client_id, as if that were not honoured
        self._target = target
        self._plan: Callable[[str, int], Fault] | None = None
        self._asked: Counter[str] = Counter()
        self._files: dict[bytes, bytes] = {}  # the widget's, by the first line of their request: most of the traffic
        self._links: set[_Link] = set()
        self._copies: set[asyncio.Task[None]] = set()
        self._posts: set[_Link] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = 0
        self._do(self._listen())

    def follow(self, plan: Callable[[str, int], Fault]) -> None:
        """From now on do what ``plan`` says for the n-th request of a kind."""
        self._asked.clear()
        self._plan = plan

    def calm(self) -> None:
        """Do no more harm. What hangs goes on hanging until the chat gives it up, as it must by itself.

        But a browser never gives up a script, and Chromium not even the preflight of a request that was aborted; six
        of them are all connections that it allows. Real networks forget them some day; here they end now.
        """
        self._plan = None
        self._do(self._forget())

    def silence(self) -> None:
        """Leave every present connection half-open."""
        self.done["all connections half-open"] += 1
        self._do(self._silence())

    def drop(self) -> None:
        """Cut every present connection."""
        self.done["all connections cut"] += 1
        self._do(self._drop())

    def refuse(self, seconds: float) -> None:
        """Refuse new connections for a while; returns at once."""
        self.done["new connections refused"] += 1
        self._do(self._refuse(seconds))

    @property
    def copying(self) -> bool:
        """Whether a second copy of a request is still on its way."""
        return bool(self._copies)

    @property
    def posting(self) -> bool:
        """Whether the frontdesk is busy with something sent that no harm was done to."""
        return bool(self._posts)

    def close(self) -> None:
        """Cut everything and stop."""
        self._server.close()
        self._do(self._drop())
        self._do(self._end_copies())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _silence(self) -> None:
        for link in self._links:
            link.silent.set()

    async def _forget(self) -> None:
        for link in self._links:
            if link.swallows and not link.is_given_up:
                link.task.cancel()

    async def _drop(self) -> None:
        links = list(self._links)
        for link in links:
            link.task.cancel()
        await asyncio.gather(*(link.task for link in links), return_exceptions=True)

    async def _end_copies(self) -> None:
        for copy in self._copies:
            copy.cancel()
        await asyncio.gather(*self._copies, return_exceptions=True)

    async def _refuse(self, seconds: float) -> None:
        if not self._server.is_serving():
            return
        self._server.close()
        self._loop.call_later(seconds, lambda: self._copy(self._listen()))

    def _copy(self, what: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(what)
        self._copies.add(task)
        task.add_done_callback(self._copies.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        link = _Link(reader, writer, task)
        self._links.add(link)
        try:
            while await self._exchange(link):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._links.discard(link)
            writer.transport.abort() if link.silent.is_set() else writer.close()

    async def _exchange(self, link: _Link) -> bool:
        """Serve one request; return whether the connection can serve another."""
        request = await read_request(link.reader)
        if request is None:
            return False
        link.request = request
        if link.silent.is_set():
            if link.is_given_up or self._plan:
                await link.swallow()
            return False
        answer = asyncio.ensure_future(self._answer(request, link))
        waiting = [answer, asyncio.ensure_future(link.gone()), asyncio.ensure_future(link.silent.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            unfinished = [task for task in waiting if task.cancel()]
            await asyncio.gather(*unfinished, return_exceptions=True)
        if link.silent.is_set():
            await link.swallow()
            return False
        return not answer.cancelled() and bool(answer.result())

    async def _answer(self, request: bytes, link: _Link) -> bool:
        kind = kind_of(request)
        fault = self._next(kind)
        if kind == "widget" and fault.harm is Harm.NONE:
            return await self._file(request, link)
        match fault.harm:
            case Harm.UNSENT:
                return False
            case Harm.SILENT if fault.at < 0.3:
                await link.swallow()
                return False
            case Harm.RESET if fault.at < 0.3:
                link.reset()
                return False
            case Harm.LATE:
                await asyncio.sleep(fault.at * LATE_SECONDS)
            case Harm.TWICE if request.startswith(b"POST"):  # a stream would never end
                self._copy(self._forward_copy(request, fault.at))
        return await self._forward(request, link, fault)

    def _next(self, kind: str) -> Fault:
        self._asked[kind] += 1
        fault = self._plan(kind, self._asked[kind]) if self._plan else Fault()
        if fault.harm is not Harm.NONE:
            self.done[fault.harm] += 1
        return fault

    async def _forward(self, request: bytes, link: _Link, fault: Fault) -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._target)
        if request.startswith(b"POST") and fault.harm is Harm.NONE:
            self._posts.add(link)
        try:
            writer.write(request)
            await writer.drain()
            if fault.harm is Harm.UNANSWERED and fault.at < 0.5:  # the frontdesk is left in the middle of it
                return False
            # A response struck in its middle gets this many whole pieces through, and half of the next.
            whole = int(fault.at * 5)
            number = 0
            async for piece in response(reader):
                strikes = number == whole or len(piece) < 16
                if fault.harm is Harm.UNANSWERED:
                    continue
                if fault.harm in (Harm.TORN, Harm.RESET, Harm.SILENT) and strikes:
                    return await self._strike(piece, link, fault)
                link.writer.write(piece)
                await link.writer.drain()
                number += 1
            return fault.harm is not Harm.UNANSWERED
        finally:
            self._posts.discard(link)
            writer.close()

    async def _file(self, request: bytes, link: _Link) -> bool:
        """Answer with a file of the widget; each is fetched once."""
        name = request.partition(b"\r\n")[0]
        if name not in self._files:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._target)
            try:
                writer.write(request)
                self._files[name] = b"".join([piece async for piece in response(reader)])
            finally:
                writer.close()
        link.writer.write(self._files[name])
        await link.writer.drain()
        return True

    async def _strike(self, piece: bytes, link: _Link, fault: Fault) -> bool:
        link.writer.write(piece[: len(piece) // 2])
        await link.writer.drain()
        if fault.harm is Harm.SILENT:
            await link.swallow()
        if fault.harm is Harm.RESET:
            link.reset()
        return False

    async def _forward_copy(self, request: bytes, at: float) -> None:
        """Forward a request once more, a little earlier or later than the first, and take the answer to nobody."""
        if self.forges:
            request = _CLIENT_ID.sub(str(uuid.uuid4()).encode(), request)
        await asyncio.sleep(max(0.0, at - 0.3) * LATE_SECONDS)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            return
        try:
            writer.write(request)
            async for _ in response(reader):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
