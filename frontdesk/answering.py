"""What to reply to one message: the screen first, then who has the conversation, then Rasa."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from starlette.concurrency import run_in_threadpool

from content.texts import Reply, Texts
from escalation.desk import EscalationDesk, findings_of
from frontdesk.engine import Engine, EngineAnswer, EngineUnavailable, Question
from records import Conversation, Message, Records
from safety import FIXED, Finding, Screen

RECENT_TURNS = 8
NEARBY = 6  # messages back to look for the assistant's last words
ORDINARY = ("answer", "clarify", "decline")


@dataclass(frozen=True)
class Heard:
    """A visitor's message, what the rules of the safety screen find in it, and the earlier words they looked at."""

    body: dict[str, Any]
    findings: list[Finding]
    recent: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The visitor's words; empty for a choice, whose words are ours."""
        return "" if "choice" in self.body else str(self.body["text"])

    @property
    def is_fixed(self) -> bool:
        """Whether the reply is a fixed template that waits for nobody."""
        return bool(self.findings) and self.findings[0].category in FIXED


class Answering:
    """Decides what to reply. Asks nobody what cannot wait for an answer."""

    def __init__(self, records: Records, engine: Engine, desk: EscalationDesk, screen: Screen, texts: Texts) -> None:
        self._records, self._engine, self._desk = records, engine, desk
        self._screen, self._texts = screen, texts

    async def hear(self, conversation: str, body: dict[str, Any], before: int) -> Heard:
        """Screen a message against the visitor's words before number ``before``."""
        if category := body.get("category"):  # a choice that says by itself what is the matter
            return Heard(body, [self._screen.finding(category)])
        if "choice" in body:
            return Heard(body, [])
        log = await run_in_threadpool(self._records.messages_after, conversation, max(0, before - 3 * RECENT_TURNS))
        said = [m.body["text"] for m in log if m.author == "visitor" and m.seq < before and "choice" not in m.body]
        recent = tuple(said[-RECENT_TURNS:])
        return Heard(body, self._screen.check(body["text"], recent), recent)

    async def reply(self, conversation: Conversation, visitor: Message, heard: Heard, deadline: float) -> list[Message]:
        """Return what the assistant says to a stored message; nothing while a clinician has the conversation."""
        owner = await run_in_threadpool(self._records.owner, conversation.id)
        if owner == "clinician":
            if heard.findings:  # nothing is said, but the case is opened
                await run_in_threadpool(self._desk.open, conversation.id, visitor.seq, heard.findings)
            return []
        if owner == "closed":
            await run_in_threadpool(self._records.reopen, conversation.id)
        if heard.is_fixed:
            return [await self._fixed(conversation, visitor, heard)]
        raised = await run_in_threadpool(self._records.raised, conversation.id)
        if (reply := await self._to_a_person(conversation.id, visitor)) is not None:
            return [_message(self._under_flag(reply, raised, conversation, heard))]
        if raised and not heard.text and not heard.findings:
            return [_message(self._desk.still_raised(raised, locale=conversation.locale))]
        return await self._engines(conversation, visitor, heard, raised, deadline)

    async def out_of_time(self, conversation: Conversation, visitor: Message, heard: Heard) -> Message:
        """Reply to a message whose turn never came: with what it must get if it is a crisis, else honestly."""
        if heard.findings:
            await run_in_threadpool(self._desk.open, conversation.id, visitor.seq, heard.findings)
            return await self._fixed(conversation, visitor, heard)
        raised = await run_in_threadpool(self._records.raised, conversation.id)
        if raised:
            return _message(self._desk.still_raised(raised, heard.text, conversation.locale))
        return _message(self._unavailable())

    async def _fixed(self, conversation: Conversation, visitor: Message, heard: Heard) -> Message:
        """Reply with the template; the case was opened with the message."""
        if heard.findings[0].category == "m":
            reply = await run_in_threadpool(self._desk.hand_off, conversation.id, visitor.seq, heard.findings)
        else:
            reply = self._desk.reply(heard.findings, heard.text, conversation.locale)
        # The flag as it was when the message came: what was asked then counts, not what this message raised.
        reply = self._under_flag(reply, conversation.raised, conversation, heard)
        return _message(reply, check_in=heard.findings[0].unsure and conversation.raised is None)

    async def _to_a_person(self, conversation: str, visitor: Message) -> Reply | None:
        """Serve a choice that leads to a person, or away from one; None when it is none of these."""
        choice = visitor.body.get("choice")
        if choice == "person":
            return await run_in_threadpool(self._desk.hand_off, conversation, visitor.seq)
        if choice == "leave_message":
            return await run_in_threadpool(self._desk.expect_note, conversation)
        if choice == "cancel_request":
            return await run_in_threadpool(self._desk.cancel_request, conversation)
        return None

    async def _engines(
        self, conversation: Conversation, visitor: Message, heard: Heard, raised: str | None, deadline: float
    ) -> list[Message]:
        """Ask Rasa, which screens once more with what it has learnt, and weigh its answer."""
        is_note = bool(heard.text) and await run_in_threadpool(self._records.take_note, conversation.id)
        try:
            answer = await self._engine.ask(_question(conversation, visitor, heard), deadline - time.monotonic())
        except EngineUnavailable as error:
            return [await self._without_engine(conversation, visitor, heard, error.findings)]
        findings = findings_of(answer.understanding)
        first = answer.replies[0]
        if findings:
            check_in = findings[0].unsure and raised is None
            shown = self._under_flag(first, raised, conversation, heard)
            return [_message(shown, answer.understanding, check_in=check_in)]
        if is_note:
            return [_message(await run_in_threadpool(self._desk.note_taken, conversation.id), answer.understanding)]
        if raised:
            return [await self._under_raised_flag(conversation, visitor, heard, raised, answer)]
        return [_message(self._softened(reply, heard.text), answer.understanding) for reply in answer.replies]

    async def _without_engine(
        self, conversation: Conversation, visitor: Message, heard: Heard, findings: list[Finding]
    ) -> Message:
        """Do by ourselves what cannot be left undone: open the case, and reply with the template, or say the truth."""
        heard = Heard(heard.body, findings or heard.findings, heard.recent)
        if not heard.findings and not await run_in_threadpool(self._records.raised, conversation.id):
            await run_in_threadpool(self._desk.open_unanswered, conversation.id, visitor.seq)
        return await self.out_of_time(conversation, visitor, heard)

    async def _under_raised_flag(
        self, conversation: Conversation, visitor: Message, heard: Heard, raised: str, answer: EngineAnswer
    ) -> Message:
        if any(reply["kind"] == "handoff" for reply in answer.replies):
            return _message(self._under_flag(answer.replies[0], raised, conversation, heard), answer.understanding)
        if self._screen.is_plain_no(heard.text) and await self._was_asked(conversation.id, visitor):
            await run_in_threadpool(
                self._records.lower_flag, conversation.id, "visitor", "said no to the check-in's question"
            )
            return _message(self._desk.check_in_no(heard.text, conversation.locale), answer.understanding)
        return _message(self._desk.still_raised(raised, heard.text, conversation.locale), answer.understanding)

    async def _was_asked(self, conversation: str, visitor: Message) -> bool:
        """Whether the assistant's last words were the check-in, whose flag is up because we were unsure, no more."""
        log = await run_in_threadpool(self._records.messages_after, conversation, max(0, visitor.seq - NEARBY))
        said = [m for m in log if m.seq < visitor.seq and m.author in ("visitor", "bot")]  # not notices in between
        return bool(said) and bool(said[-1].body.get("check_in"))

    def _under_flag(self, reply: Reply, raised: str | None, conversation: Conversation, heard: Heard) -> Reply:
        return self._desk.under_flag(reply, raised, heard.text, conversation.locale) if raised else reply

    def _softened(self, reply: Reply, text: str) -> Reply:
        """Add one soft line with the crisis line to an ordinary answer to a question that speaks of suicide."""
        if reply["kind"] not in ORDINARY or not text or not self._screen.mentions_suicide(text):
            return reply
        return self._desk.softened(reply)

    def _unavailable(self) -> Reply:
        return {
            "kind": "unavailable",
            "text": self._texts.text("unavailable"),
            "contacts": self._texts.clinic_first(),
        }


def _question(conversation: Conversation, visitor: Message, heard: Heard) -> Question:
    """Put a message into the engine's terms."""
    question = Question(conversation.id, visitor.seq, conversation.locale)
    choice = visitor.body.get("choice")
    if choice is None:
        return replace(question, text=heard.text, recent=heard.recent)
    action, _, rest = choice.partition(":")
    if action == "guide":
        return replace(question, guide=rest)
    return replace(question, topic=rest, follow_up="more_detail" if action == "detail" else None)


def _message(reply: Reply, understanding: dict[str, Any] | None = None, *, check_in: bool = False) -> Message:
    body = {key: value for key, value in reply.items() if key != "kind"}
    if check_in:
        body["check_in"] = True
    if (reply.get("form") or {}).get("kind") == "guide":  # holds what the visitor said in the guide
        body["guide"] = True
    return Message("bot", reply["kind"], body, understanding=understanding)
