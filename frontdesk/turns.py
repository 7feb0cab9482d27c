"""One turn of a conversation: a visitor's message comes in, is screened, stored, answered, and logged."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from prometheus_client import Counter
from starlette.concurrency import run_in_threadpool

from content.catalogue import Catalogue
from content.guide import Guide
from content.texts import Texts
from escalation.desk import EscalationDesk
from frontdesk.answering import Answering
from frontdesk.engine import Engine
from frontdesk.live import Live
from frontdesk.problems import Problem
from records import Conversation, Erasure, Message, Records
from safety import Screen

REPLIES = Counter("chat_replies", "Replies that visitors got, by kind.", ["kind"])
UNKNOWN_CHOICE = "choice: is nothing that can be chosen. Send a value from 'suggestions'."
GUIDE_BACK = 60  # messages: so far back a guide's question may lie, interrupted by others
TO_A_PERSON = ("person", "leave_message", "cancel_request")


class Turns:
    """Takes turns, one at a time a conversation, in the order in which they arrive."""

    def __init__(
        self,
        records: Records,
        engine: Engine,
        live: Live,
        catalogue: Catalogue,
        guide: Guide,
        texts: Texts,
        desk: EscalationDesk,
        screen: Screen,
        seconds: float,
    ) -> None:
        self._seconds = seconds
        self._records, self._engine, self._live = records, engine, live
        self._catalogue, self._guide, self._texts, self._desk = catalogue, guide, texts, desk
        self._answering = Answering(records, engine, desk, screen, texts, guide.texts.forgotten)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def opening(self) -> Message:
        """The first message of every conversation: who this is, what it is not for, where to start."""
        titles = self._catalogue.titles
        starters = [{"label": titles[topic], "value": f"topic:{topic}"} for topic in self._texts.starters]
        body = {
            "text": self._texts.text("opening"),
            "suggestions": [*starters, self._texts.person_choice()],
            "contacts": self._texts.emergency_contacts(),
        }
        return Message("bot", "opening", body)

    async def take(
        self, conversation: Conversation, client_id: str, *, text: str | None = None, choice: str | None = None
    ) -> list[Message]:
        """Store a visitor's message, answer it, and return both; again the same for the same ``client_id``.

        Raises:
            Problem: ``choice`` is nothing that can be chosen.
            records.ConversationNotFound: The conversation was erased meanwhile.
        """
        body: dict[str, Any] = {"text": text} if text is not None else self._chosen(str(choice))
        deadline = time.monotonic() + self._seconds
        heard = await self._answering.hear(conversation.id, body, conversation.last_seq + 1)
        if not heard.findings and await self._in_guide(conversation, body):
            body["guide"] = True  # forgotten unless the visitor has it passed on
        # What needs a person is stored in one step with its case and flag: a crash after it loses neither.
        causes = self._desk.causes(heard.findings)
        visitor = await run_in_threadpool(self._records.receive, conversation.id, client_id, body, causes)
        self._live.wake(conversation.id)
        try:
            async with self._one_at_a_time(conversation.id, self._seconds):
                visitor = await run_in_threadpool(self._records.receive, conversation.id, client_id, body, causes)
                if visitor.answered:
                    stored = await run_in_threadpool(self._records.replies_to, conversation.id, visitor)
                else:
                    stored = await self._turn(conversation, visitor, deadline)
        except TimeoutError:  # an earlier message of this conversation is still waiting for its answer
            reply = await self._answering.out_of_time(conversation, visitor, heard)
            stored = await self._close_turn(conversation, visitor, [reply])
        self._live.wake(conversation.id)
        return [visitor, *stored]

    async def erase(self, conversation: str) -> Erasure:
        """Erase a conversation once the turn under way is over, and return the receipt."""
        async with self._one_at_a_time(conversation, 2 * self._seconds):
            erasure = await run_in_threadpool(self._records.erase, conversation)
            await self._engine.forget(conversation)
        self._live.wake(conversation)
        return erasure

    async def _turn(self, conversation: Conversation, visitor: Message, deadline: float) -> list[Message]:
        """Answer a stored message, with all that was said before it known now."""
        heard = await self._answering.hear(conversation.id, visitor.body, visitor.seq)
        replies = await self._answering.reply(conversation, visitor, heard, deadline)
        return await self._close_turn(conversation, visitor, replies)

    async def _close_turn(self, conversation: Conversation, visitor: Message, replies: list[Message]) -> list[Message]:
        stored = await run_in_threadpool(self._records.answer, conversation.id, visitor, replies)
        for reply in stored:
            REPLIES.labels(reply.kind).inc()
        return stored

    async def _in_guide(self, conversation: Conversation, body: dict[str, Any]) -> bool:
        """Whether a message may hold an answer to the guide's last question."""
        if "choice" in body:
            return str(body["choice"]).startswith("guide:answer:")
        log = await run_in_threadpool(self._records.messages_after, conversation.id, conversation.last_seq - GUIDE_BACK)
        last = [m.body.get("form") or {} for m in log if m.kind == "guide"][-1:]
        return bool(last) and last[0].get("stage") != "end"

    def _chosen(self, choice: str) -> dict[str, Any]:
        """What choosing ``choice`` says, in the words of its button.

        Raises:
            Problem: It is nothing that can be chosen.
        """
        action, _, topic = choice.partition(":")
        if choice in TO_A_PERSON:
            return {"text": self._texts.label(choice), "choice": choice}
        if action in ("topic", "detail") and topic in self._catalogue.answers:
            title = self._catalogue.titles[topic]
            return {"text": title if action == "topic" else f"{self._texts.label('detail')}: {title}", "choice": choice}
        if action == "guide" and (label := self._guide.label_of(choice)):
            category = self._guide.category_of(choice)
            return {"text": label, "choice": choice, **({"category": category} if category else {})}
        raise Problem(422, "unknown-choice", UNKNOWN_CHOICE)

    @asynccontextmanager
    async def _one_at_a_time(self, conversation: str, seconds: float) -> AsyncIterator[None]:
        """Wait for the conversation's turn; raise ``TimeoutError`` after ``seconds`` of waiting."""
        # Weak: a lock lives as long as somebody holds or awaits it.
        lock = self._locks.setdefault(conversation, asyncio.Lock())
        await asyncio.wait_for(lock.acquire(), seconds)
        try:
            yield
        finally:
            lock.release()
