"""One turn of a conversation: a visitor's message comes in, is screened, stored, answered, and logged."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from prometheus_client import Counter, Gauge, Histogram
from starlette.concurrency import run_in_threadpool

from content.catalogue import Catalogue
from content.guide import Guide
from content.texts import Texts
from escalation.desk import EscalationDesk
from frontdesk.answering import Answering, Heard
from frontdesk.engine import Engine
from frontdesk.live import Live
from frontdesk.problems import Problem, busy
from records import UNAVAILABLE, Conversation, ConversationNotFound, Erasure, Message, Records, RecordsError, WrongOwner
from safety import Region, Screen

logger = logging.getLogger(__name__)

REPLIES = Counter("chat_replies", "Replies that visitors got, by kind.", ["kind"])
UNDER_WAY = Gauge("chat_turns_under_way", "Messages that wait for their reply now, in this process.")
SECONDS = Histogram(
    "chat_turn_seconds",
    "From a visitor's message to its reply.",
    buckets=(0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4),
)
AGAIN_SECONDS = 0.25  # so often an earlier turn is looked at, woken or not
STEP_SECONDS = 0.5  # what ending a turn takes beyond its time limit
UNKNOWN_CHOICE = "choice: is nothing that can be chosen. Send a value from 'suggestions'."
AT_ONCE = 32  # turns: more would make everybody's answer late instead of some wait
PATIENCE_SECONDS = 6.0  # to wait for one of them; with the time for the answer less than a client waits
GUIDE_BACK = 60  # messages: so far back a guide's question may lie, interrupted by others
_LATE = uuid.UUID("0d1d1a3f-3c0e-4f0e-9a55-4f6f7a0c2b11")
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
        self._at_work = asyncio.Semaphore(AT_ONCE)

    def opening(self, location: str | None = None) -> Message:
        """The first message of every conversation: who this is, what it is not for, where to start."""
        titles, texts = self._catalogue.titles, self._texts.at(location)
        starters = [{"label": titles[topic], "value": f"topic:{topic}"} for topic in texts.starters]
        body = {
            "text": texts.text("opening"),
            "suggestions": [*starters, texts.person_choice()],
            "contacts": texts.emergency_contacts(),
        }
        return Message("bot", "opening", body)

    async def take(
        self, conversation: Conversation, client_id: str, *, text: str | None = None, choice: str | None = None
    ) -> list[Message]:
        """Store a visitor's message, answer it, and return both; again the same for the same ``client_id``.

        Raises:
            Problem: ``choice`` is nothing that can be chosen, or too many others are being answered: nothing was kept.
            records.ConversationNotFound: The conversation was erased meanwhile.
        """
        with UNDER_WAY.track_inprogress(), SECONDS.time():
            return await self._in_order(conversation, client_id, text, choice)

    async def _in_order(
        self, conversation: Conversation, client_id: str, text: str | None, choice: str | None
    ) -> list[Message]:
        """Wait for a place among the turns that are answered at once, and take it."""
        body: dict[str, Any] = {"text": text} if text is not None else self._chosen(str(choice))
        heard = await self._answering.hear(conversation.id, body, conversation.last_seq + 1)
        if heard.findings:  # waits for nobody
            return await self._take(conversation, client_id, heard)
        try:
            await asyncio.wait_for(self._at_work.acquire(), PATIENCE_SECONDS)
        except TimeoutError as error:
            raise busy(Region(self._texts.clinic.region)) from error
        try:
            return await self._take(conversation, client_id, heard)
        finally:
            self._at_work.release()

    async def _take(self, conversation: Conversation, client_id: str, heard: Heard) -> list[Message]:
        body, deadline = heard.body, time.monotonic() + self._seconds
        if not heard.findings and await self._in_guide(conversation, body):
            body["guide"] = True  # forgotten unless the visitor has it passed on
        # What needs a person is stored in one step with its case and flag: a crash after it loses neither.
        causes = self._desk.at(conversation.location).causes(heard.findings)
        visitor = await run_in_threadpool(self._records.receive, conversation.id, client_id, body, causes)
        self._live.wake(conversation.id)
        try:
            await self._after_earlier(conversation.id, visitor.seq, deadline)
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

    async def finish(self) -> None:
        """End the turns that were left open, until cancelled: not every visitor sends the message again.

        At once what is open when this process starts; from then on what nobody can still be at, because a process
        died or the database was away.
        """
        age = dt.timedelta(0)
        while True:
            try:
                await self._finish(dt.datetime.now(dt.UTC) - age)
            except Exception as error:  # the database is away, for one: it will be back
                logger.error("Open turns wait: %s", type(error).__name__)
            await asyncio.sleep(2 * self._seconds)
            age = dt.timedelta(seconds=2 * self._seconds)

    async def _finish(self, before: dt.datetime) -> None:
        for conversation, left in await run_in_threadpool(self._records.unanswered, before):
            try:
                async with self._one_at_a_time(conversation.id, self._seconds):
                    visitor = await run_in_threadpool(
                        self._records.receive, conversation.id, str(left.client_id), left.body
                    )
                    if not visitor.answered:
                        await self._turn(conversation, visitor, time.monotonic() + self._seconds)
                self._live.wake(conversation.id)
            except (ConversationNotFound, TimeoutError):
                pass  # erased meanwhile, or waiting behind the same message, sent again
            except RecordsError as error:  # one that cannot be opened must not hold up all others
                logger.error("A turn of %s cannot be ended: %s", conversation.id, type(error).__name__)

    async def screen_late(self, conversation: Conversation, visitor: Message) -> None:
        """Screen a message that Rasa could not when it came, and say what is said to what it finds: once, whoever asks.

        Raises:
            EngineUnavailable: Rasa is still down.
            records.ConversationNotFound: The conversation was erased meanwhile.
        """
        said_as = str(uuid.uuid5(_LATE, f"{conversation.id} {visitor.seq}"))
        if await run_in_threadpool(self._is_screened, conversation.id, visitor.seq, said_as):
            return
        reply = await self._answering.screened_late(conversation, visitor, self._seconds)
        if reply is None:
            return
        said = replace(reply, client_id=said_as)
        with suppress(WrongOwner):  # a clinician writes there, and has the case
            await run_in_threadpool(self._records.say, conversation.id, said)
        self._live.wake(conversation.id)

    def _is_screened(self, conversation: str, seq: int, said_as: str) -> bool:
        """Whether what was found late in a message was said, or has its case: what a clinician did since must stay."""
        if any(case.seq == seq and case.category != UNAVAILABLE for case in self._records.cases_of(conversation)):
            return True
        return any(message.client_id == said_as for message in self._records.messages_after(conversation, seq))

    async def _after_earlier(self, conversation: str, seq: int, deadline: float) -> None:
        """Wait until what was said before is answered, here or in another process; not for a process that died.

        Raises:
            TimeoutError: That takes until ``deadline``.
        """
        with self._live.listening(conversation) as woken:
            while True:
                woken.clear()
                since = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=self._seconds + STEP_SECONDS)
                if not await run_in_threadpool(self._records.is_earlier_open, conversation, seq, since):
                    return
                if time.monotonic() >= deadline:
                    raise TimeoutError
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), AGAIN_SECONDS)

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
        told = [m.understanding["in_guide"] for m in log if m.understanding and "in_guide" in m.understanding]
        return bool(told) and bool(told[-1])

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
