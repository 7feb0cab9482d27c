"""Live events: wakes the readers of a conversation when its log has grown."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from sse_starlette import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from frontdesk.messages import ChatMessage, shown_owner
from records import ConversationNotFound, Records

# A wake-up can only be missed when another process wrote; the log is read again at least this often.
RECHECK_SECONDS = 15.0


class Live:
    """Who is listening to which conversation. The log in the records is the truth; this only wakes."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._listeners: dict[str, set[asyncio.Event]] = defaultdict(set)

    def wake(self, conversation: str) -> None:
        """Tell every reader of ``conversation`` to look at the log."""
        for listener in self._listeners.get(conversation, ()):
            listener.set()

    async def events(self, conversation: str, after: int) -> AsyncIterator[ServerSentEvent]:
        """Yield who has the conversation, every message after number ``after``, and new ones as they come.

        Ends when the conversation is erased.
        """
        owner = None
        with self._listening(conversation) as woken:
            while True:
                woken.clear()
                try:
                    current = shown_owner(await run_in_threadpool(self._records.owner, conversation))
                except ConversationNotFound:
                    return
                if current != owner:
                    owner = current
                    yield ServerSentEvent(json.dumps({"owner": owner}), event="owner")
                for message in await run_in_threadpool(self._records.messages_after, conversation, after):
                    after = message.seq
                    yield ServerSentEvent(ChatMessage.of(message).model_dump_json(), event="message", id=str(after))
                try:
                    await asyncio.wait_for(woken.wait(), RECHECK_SECONDS)
                except TimeoutError:
                    yield ServerSentEvent("{}", event="ping")

    @contextmanager
    def _listening(self, conversation: str) -> Iterator[asyncio.Event]:
        woken = asyncio.Event()
        self._listeners[conversation].add(woken)
        try:
            yield woken
        finally:
            self._listeners[conversation].discard(woken)
            if not self._listeners[conversation]:
                del self._listeners[conversation]
