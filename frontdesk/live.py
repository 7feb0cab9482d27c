"""Live events: wakes the readers of a conversation when its log has grown."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from sse_starlette import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from frontdesk.messages import ChatMessage, shown_owner
from frontdesk.others import Others
from records import KEPT, ConversationNotFound, Message, Records

logger = logging.getLogger(__name__)

COME_BACK_MILLISECONDS = 2000  # a new process has mostly started by then


class Listener(asyncio.Event):
    """Set when there may be something new; ``typing`` names who is about to write, and is told once."""

    typing: str | None = None


class Closing:
    """Told when the service stops, by :meth:`set` as an event would be; wakes who listens, for a last word."""

    is_set = False
    listener: Listener | None = None

    def set(self) -> None:
        """The service stops."""
        self.is_set = True
        if self.listener:
            self.listener.set()


class Live:
    """Who is listening to which conversation. The log in the records is the truth; this only wakes.

    Args:
        records: The clinic's database.
        recheck: Seconds after which is looked for what another process has written, and listeners get a sign of life.
        others: The other processes, told of everything here and heard from; None if there are none.
    """

    def __init__(self, records: Records, recheck: float, others: Others | None = None) -> None:
        self._records, self._recheck, self._others = records, recheck, others
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._of_all: set[asyncio.Event] = set()

    async def run(self) -> None:
        """Work until cancelled: wake who listens to what another process has changed.

        One look for all: thousands who wait would each read the database for nothing.
        """
        known: dict[str, tuple[str, int] | None] = {}
        while True:
            await asyncio.sleep(self._recheck)
            listened = list(self._listeners)
            try:
                found = await run_in_threadpool(self._records.states, listened)
            except Exception as error:  # the database is away, for one: it will be back
                logger.error("What others have written waits: %s", type(error).__name__)
                continue
            now = {conversation: found.get(conversation) for conversation in listened}
            for conversation, state in now.items():
                # Whose listener is new may have changed since that looked.
                if conversation not in known or known[conversation] != state:
                    self._wake(conversation)
            known = now

    def wake(self, conversation: str) -> None:
        """Tell every reader of ``conversation``, and whoever listens to all, to look at the log."""
        self._wake(conversation)
        if self._others:
            self._others.tell(conversation)

    def typing(self, conversation: str, name: str) -> None:
        """Tell whoever has ``conversation`` open now that ``name`` is typing. Nothing is kept of it."""
        self._typing(conversation, name)
        if self._others:
            self._others.tell(conversation, name)

    def heard(self, conversation: str | None, typing: str | None) -> None:
        """Wake whom another process wants woken; everybody when something of it may have been missed."""
        if conversation is None:
            for listener in (*(one for some in self._listeners.values() for one in some), *self._of_all):
                listener.set()
        elif typing is None:
            self._wake(conversation)
        else:
            self._typing(conversation, typing)

    def _wake(self, conversation: str) -> None:
        for listener in (*self._listeners.get(conversation, ()), *self._of_all):
            listener.set()

    def _typing(self, conversation: str, name: str) -> None:
        for listener in self._listeners.get(conversation, ()):
            listener.typing = name
            listener.set()

    @contextmanager
    def listening_to_all(self) -> Iterator[asyncio.Event]:
        """Yield an event that is set whenever any conversation has changed."""
        woken = asyncio.Event()
        self._of_all.add(woken)
        try:
            yield woken
        finally:
            self._of_all.discard(woken)

    async def events(self, conversation: str, after: int, closing: Closing) -> AsyncIterator[ServerSentEvent]:
        """Yield who has the conversation, every message after number ``after``, and new ones as they come.

        Who waits is also told their place in the queue. Ends when the conversation is erased, and when ``closing`` is
        set, with the time after which to come back.
        """
        told = None
        with self.listening(conversation) as woken:
            closing.listener = woken
            while True:
                woken.clear()
                try:
                    owner, news = await run_in_threadpool(self._news, conversation, after)
                except ConversationNotFound:
                    return
                if owner != told:
                    told = owner
                    yield ServerSentEvent(json.dumps(owner), event="owner")
                if woken.typing:  # before what they wrote
                    yield ServerSentEvent(json.dumps({"author_name": woken.typing}), event="typing")
                    woken.typing = None
                for message in news:
                    after = message.seq
                    yield ServerSentEvent(ChatMessage.of(message).model_dump_json(), event="message", id=str(after))
                if closing.is_set:
                    yield ServerSentEvent("{}", event="ping", retry=COME_BACK_MILLISECONDS)
                    return
                while not await _is_woken(woken, self._recheck):
                    yield ServerSentEvent("{}", event="ping")
                    if owner["owner"] == "waiting":  # somebody before them may have been served
                        break

    def _news(self, conversation: str, after: int) -> tuple[dict[str, str | int], list[Message]]:
        """Who has the conversation, and its messages after number ``after``. Blocks; mostly one query."""
        found = self._records.held(conversation)
        if found.owner == KEPT:  # for its visitor it is as if it were erased
            raise ConversationNotFound(conversation)
        owner = shown_owner(found.owner)
        place = self._records.queue_place(conversation) if owner == "waiting" else None
        news = self._records.messages_after(conversation, after) if found.last_seq > after else []
        return {"owner": owner, **({"place": place} if place else {})}, news

    @contextmanager
    def listening(self, conversation: str) -> Iterator[Listener]:
        """Yield an event that is set whenever ``conversation`` may have changed."""
        woken = Listener()
        self._listeners[conversation].add(woken)
        try:
            yield woken
        finally:
            self._listeners[conversation].discard(woken)
            if not self._listeners[conversation]:
                del self._listeners[conversation]


async def _is_woken(woken: asyncio.Event, seconds: float) -> bool:
    """Wait until ``woken`` is set; return whether it was within ``seconds``. Makes no task: there are thousands."""
    try:
        await asyncio.wait_for(woken.wait(), seconds)
    except TimeoutError:
        return False
    return True
