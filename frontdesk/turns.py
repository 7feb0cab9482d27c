"""One turn of a conversation: a visitor's message comes in, is screened, answered, and logged."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator
from weakref import WeakValueDictionary

from prometheus_client import Counter
from starlette.concurrency import run_in_threadpool

from content.catalogue import Catalogue
from content.clinic import Clinic
from content.texts import Reply, Texts
from frontdesk.engine import Engine, EngineAnswer, EngineUnavailable
from frontdesk.live import Live
from frontdesk.problems import Problem
from records import Conversation, Message, Records
from safety import Finding, Screen, Templates

logger = logging.getLogger(__name__)

RECENT_TURNS = 4
REPLIES = Counter("chat_replies", "Replies that visitors got, by kind.", ["kind"])
STICKY = ("a", "b")
UNKNOWN_CHOICE = "choice: is nothing that can be chosen. Send a value from 'suggestions'."


class Turns:
    """Takes turns, one at a time a conversation, in the order in which they arrive."""

    def __init__(
        self, records: Records, engine: Engine, live: Live, catalogue: Catalogue, clinic: Clinic, seconds: float
    ) -> None:
        self._seconds = seconds
        self._records, self._engine, self._live = records, engine, live
        self._catalogue = catalogue
        self._texts = Texts(clinic)
        self._screen = Screen()
        self._templates = Templates(clinic.name, clinic.phone, clinic.phone_link)
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
        body = {"text": text} if text is not None else self._chosen(str(choice))
        deadline = time.monotonic() + self._seconds
        visitor = await run_in_threadpool(self._records.receive, conversation.id, client_id, body)
        self._live.wake(conversation.id)
        try:
            async with self._one_at_a_time(conversation.id, self._seconds):
                visitor = await run_in_threadpool(self._records.receive, conversation.id, client_id, body)
                if visitor.answered:
                    stored = await run_in_threadpool(self._records.replies_to, conversation.id, visitor)
                else:
                    replies = await self._replies(conversation, visitor, deadline)
                    stored = await self._close_turn(conversation, visitor, replies)
        except TimeoutError:  # an earlier message of this conversation is still waiting for its answer
            reply = await self._out_of_time(conversation, visitor)
            stored = await self._close_turn(conversation, visitor, [reply])
        self._live.wake(conversation.id)
        return [visitor, *stored]

    async def erase(self, conversation: str) -> str:
        """Erase a conversation once the turn under way is over, and return the receipt."""
        async with self._one_at_a_time(conversation, 2 * self._seconds):
            receipt = await run_in_threadpool(self._records.erase, conversation)
            await self._engine.forget(conversation)
        self._live.wake(conversation)
        return receipt

    async def _close_turn(self, conversation: Conversation, visitor: Message, replies: list[Message]) -> list[Message]:
        stored = await run_in_threadpool(self._records.answer, conversation.id, visitor, replies)
        for reply in stored:
            REPLIES.labels(reply.kind).inc()
        return stored

    async def _out_of_time(self, conversation: Conversation, visitor: Message) -> Message:
        """Reply to a message whose turn never came: with what it must get if it is a crisis, else honestly."""
        raised = await run_in_threadpool(self._records.raised, conversation.id)
        if findings := await self._findings(conversation, visitor):
            return await self._escalate(conversation, visitor, findings, raised)
        return self._still_raised(raised) if raised else _message(self._unavailable())

    def _still_raised(self, category: str) -> Message:
        return _message({**self._templates.still_raised(), "category": category})

    async def _replies(self, conversation: Conversation, visitor: Message, deadline: float) -> list[Message]:
        findings = await self._findings(conversation, visitor)
        raised = await run_in_threadpool(self._records.raised, conversation.id)
        if findings:  # also while a person has the conversation: the case is opened, though nothing is said
            return [await self._escalate(conversation, visitor, findings, raised)]
        if await run_in_threadpool(self._records.owner, conversation.id) != "bot":
            return []
        if visitor.body.get("choice") == "person":
            return [await self._hand_off(conversation, visitor)]
        if raised:
            return [self._still_raised(raised)]
        try:
            answer = await self._ask(conversation, visitor, deadline)
        except EngineUnavailable:
            await run_in_threadpool(self._records.open_case, conversation.id, "unavailable", "U3", visitor.seq)
            return [_message(self._unavailable())]
        if any(reply["kind"] == "handoff" for reply in answer.replies):  # "yes" to the offer of a person
            return [await self._hand_off(conversation, visitor)]
        return [_message(reply, answer.understanding) for reply in answer.replies]

    async def _findings(self, conversation: Conversation, visitor: Message) -> list[Finding]:
        if "choice" in visitor.body:  # our own words, chosen by the visitor
            return []
        log = await run_in_threadpool(
            self._records.messages_after, conversation.id, max(0, visitor.seq - 3 * RECENT_TURNS)
        )
        recent = [
            m.body["text"] for m in log if m.author == "visitor" and m.seq < visitor.seq and "choice" not in m.body
        ]
        return self._screen.check(visitor.body["text"], recent[-RECENT_TURNS:])

    async def _escalate(
        self, conversation: Conversation, visitor: Message, findings: list[Finding], raised: str | None
    ) -> Message:
        for finding in findings:
            if finding.category in STICKY:  # the flag first: whatever fails after it, nothing ordinary is answered
                await run_in_threadpool(self._records.raise_flag, conversation.id, finding.category)
        for finding in findings:
            await run_in_threadpool(
                self._records.open_case, conversation.id, finding.category, finding.urgency, visitor.seq
            )
        if findings[0].category == "m":
            return await self._hand_off(conversation, visitor)
        reply = self._templates.reply(findings)
        if raised and reply["kind"] != "crisis":  # while a flag is up, every reply shows the crisis contacts
            still = self._templates.still_raised()
            known = {contact["href"] for contact in reply["contacts"]}
            reply["kind"] = "crisis"
            reply["text"] += f"\n\n{still['text']}"
            reply["contacts"] += [contact for contact in still["contacts"] if contact["href"] not in known]
        return _message(reply)

    async def _hand_off(self, conversation: Conversation, visitor: Message) -> Message:
        await run_in_threadpool(self._records.open_case, conversation.id, "m", "U3", visitor.seq)
        return _message(self._texts.handoff(dt.datetime.now(dt.UTC)))

    async def _ask(self, conversation: Conversation, visitor: Message, deadline: float) -> EngineAnswer:
        seconds = deadline - time.monotonic()
        choice = visitor.body.get("choice")
        if choice is None:
            return await self._engine.ask(conversation.id, seconds, text=visitor.body["text"])
        action, _, topic = choice.partition(":")
        return await self._engine.ask(
            conversation.id, seconds, topic=topic, follow_up="more_detail" if action == "detail" else None
        )

    def _chosen(self, choice: str) -> dict[str, Any]:
        """What choosing ``choice`` says, in the words of its button."""
        action, _, topic = choice.partition(":")
        if choice == "person":
            return {"text": self._texts.label("person"), "choice": choice}
        if action in ("topic", "detail") and topic in self._catalogue.answers:
            title = self._catalogue.titles[topic]
            return {"text": title if action == "topic" else f"{self._texts.label('detail')}: {title}", "choice": choice}
        raise Problem(422, "unknown-choice", UNKNOWN_CHOICE)

    def _unavailable(self) -> Reply:
        return {
            "kind": "unavailable",
            "text": self._texts.text("unavailable"),
            "contacts": [self._texts.clinic_contact(), *self._texts.emergency_contacts()[:3]],
        }

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


def _message(reply: Reply, understanding: dict[str, Any] | None = None) -> Message:
    body = {key: value for key, value in reply.items() if key != "kind"}
    return Message("bot", reply["kind"], body, understanding=understanding)
