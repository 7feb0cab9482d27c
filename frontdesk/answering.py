"""What to reply to one message: the screen first, then who has the conversation, then Rasa."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from starlette.concurrency import run_in_threadpool

from content.texts import Reply, Texts
from escalation.desk import EscalationDesk, Situation, findings_of
from frontdesk.engine import Engine, EngineAnswer, EngineUnavailable, Question
from records import UNAVAILABLE, Conversation, Message, Records, WrongOwner
from safety import FIXED, Finding, Screen

RECENT_TURNS = 8
NEARBY = 6  # messages back to look for the assistant's last words
FEW_WORDS = 3  # so many say little of the language: then the words before count too
STICKY = ("a", "b")
ORDINARY = ("answer", "clarify", "decline")
LEAVES_GUIDE = ("guide:decline", "guide:stop")


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

    def in_situation(self, conversation: Conversation, raised: str | None) -> Situation:
        """Where the reply is said."""
        words = self.text if len(self.text.split()) > FEW_WORDS else " ".join([*self.recent[-1:], self.text])
        return Situation(conversation.id, words, conversation.locale, raised)


class Answering:
    """Decides what to reply. Asks nobody what cannot wait for an answer."""

    def __init__(
        self, records: Records, engine: Engine, desk: EscalationDesk, screen: Screen, texts: Texts, forgotten: str
    ) -> None:
        self._records, self._engine, self._desk = records, engine, desk
        self._screen, self._texts, self._forgotten = screen, texts, forgotten

    async def hear(self, conversation: str, body: dict[str, Any], before: int) -> Heard:
        """Screen a message, with what was said and found before number ``before``."""
        if category := body.get("category"):  # a choice that says by itself what is the matter
            return Heard(body, [self._screen.finding(category)])
        if "choice" in body:
            return Heard(body, [])
        return await run_in_threadpool(self._hear, conversation, body, before)

    def _hear(self, conversation: str, body: dict[str, Any], before: int) -> Heard:
        log = self._records.messages_after(conversation, max(0, before - 3 * RECENT_TURNS))
        said = [m.body["text"] for m in log if m.author == "visitor" and m.seq < before and "choice" not in m.body]
        recent = tuple(said[-RECENT_TURNS:])
        findings = self._screen.check(body["text"], recent, known=self._known(conversation))
        if not findings and self._screen.is_plain_yes(body["text"]) and self._was_asked(log, before):
            findings = [self._screen.finding("a")]  # yes to "are you thinking about killing yourself?"
        return Heard(body, findings, recent)

    async def reply(self, conversation: Conversation, visitor: Message, heard: Heard, deadline: float) -> list[Message]:
        """Return what the assistant says to a stored message; nothing while a clinician has the conversation."""
        owner = await run_in_threadpool(self._records.owner, conversation.id)
        if owner == "clinician":
            if heard.findings:  # nothing is said, but the case is opened
                await run_in_threadpool(self._desk_of(conversation).open, conversation.id, visitor.seq, heard.findings)
            return []
        if owner == "closed":
            with suppress(WrongOwner):  # something sent at the same moment has opened it
                await run_in_threadpool(self._records.reopen, conversation.id)
        if heard.is_fixed:
            return [await self._escalated(conversation, visitor, heard, heard.findings)]
        raised = await run_in_threadpool(self._records.raised, conversation.id)
        situation = heard.in_situation(conversation, raised)
        if (reply := await run_in_threadpool(self._to_a_person, conversation, visitor, situation)) is not None:
            return [_message(reply)]
        is_note = bool(heard.text) and await run_in_threadpool(self._records.take_note, conversation.id)
        if raised or is_note:
            return [await self._screened_only(conversation, visitor, heard, situation, is_note, deadline)]
        return await self._engines(conversation, visitor, heard, deadline)

    async def out_of_time(self, conversation: Conversation, visitor: Message, heard: Heard) -> Message:
        """Reply to a message whose turn never came: with what it must get if it needs a person, else honestly."""
        return await self._without_engine(conversation, visitor, heard, [])

    async def screened_late(self, conversation: Conversation, visitor: Message, seconds: float) -> Message | None:
        """Have Rasa screen what came while it was down; return the fixed reply to what it finds, its case opened.

        Raises:
            EngineUnavailable: It is still down.
        """
        heard = await self.hear(conversation.id, visitor.body, visitor.seq)
        if not heard.text:  # a choice, whose words are ours
            return None
        question = replace(_question(conversation, visitor, heard), screen_only=True)
        findings = findings_of((await self._engine.ask(question, seconds)).understanding)
        return await self._escalated(conversation, visitor, heard, findings) if findings else None

    async def _escalated(
        self, conversation: Conversation, visitor: Message, heard: Heard, findings: list[Finding]
    ) -> Message:
        """Open the cases, again if need be, and reply with the template."""
        # The flag as it was when the message came: what was asked then counts, not what this message raised.
        situation = heard.in_situation(conversation, conversation.raised)
        await run_in_threadpool(self._desk_of(conversation).open, conversation.id, visitor.seq, findings)
        await self._keep_from_guide(conversation, visitor)
        reply = await run_in_threadpool(self._desk_of(conversation).reply, findings, situation)
        return _message(reply, check_in=_asks(findings, conversation.raised))

    def _to_a_person(self, conversation: Conversation, visitor: Message, situation: Situation) -> Reply | None:
        """Serve a choice that leads to a person, or away from one, or from the guide; None when it is none of these."""
        choice, desk = visitor.body.get("choice"), self._desk_of(conversation)
        if choice == "person":
            return desk.hand_off(visitor.seq, situation)
        if choice == "leave_message":
            return desk.expect_note(visitor.seq, situation)
        if choice == "cancel_request":
            return desk.cancel_request(situation)
        if choice is not None and situation.raised:
            if choice in LEAVES_GUIDE:  # the promise to delete the answers holds under a flag too
                self._records.forget_guide(situation.conversation, self._forgotten)
            return desk.still_raised(situation)
        return None

    async def _screened_only(
        self, conversation: Conversation, visitor: Message, heard: Heard, situation: Situation, is_note: bool,
        deadline: float,
    ) -> Message:  # fmt: skip
        """Reply without an ordinary answer: a flag is up, or the words are for the team. Rasa only screens."""
        try:
            question = replace(_question(conversation, visitor, heard), screen_only=True)
            answer = await self._engine.ask(question, deadline - time.monotonic())
            findings = findings_of(answer.understanding) or heard.findings
        except EngineUnavailable as error:
            findings = error.findings or heard.findings
        if situation.raised and all(finding.category in STICKY and finding.unsure for finding in findings):
            findings = []  # the flag is up already: there is nothing to ask
        if findings and (findings[0].category in FIXED or not is_note):
            return await self._escalated(conversation, visitor, heard, findings)
        if findings:  # a message for the team: its cases are opened, and it is theirs to answer
            await run_in_threadpool(self._desk_of(conversation).open, conversation.id, visitor.seq, findings)
        if is_note:
            return _message(await run_in_threadpool(self._desk_of(conversation).note_taken, situation))
        if self._screen.is_plain_no(heard.text) and await run_in_threadpool(
            self._answers_check_in, conversation.id, visitor
        ):
            await run_in_threadpool(
                self._records.lower_flag, conversation.id, "visitor", "said no to the check-in's question"
            )
            return _message(self._desk_of(conversation).check_in_no(situation))
        return _message(await run_in_threadpool(self._desk_of(conversation).still_raised, situation))

    async def _engines(
        self, conversation: Conversation, visitor: Message, heard: Heard, deadline: float
    ) -> list[Message]:
        """Ask Rasa, which screens once more with what it has learnt, and weigh its answer."""
        try:
            answer = await self._engine.ask(_question(conversation, visitor, heard), deadline - time.monotonic())
        except EngineUnavailable as error:
            return [await self._without_engine(conversation, visitor, heard, error.findings)]
        findings = findings_of(answer.understanding)
        needed = {finding.category for finding in (*findings, *heard.findings)}
        if needed and not _speaks_of(answer, needed):  # whatever Rasa made of it: found is found
            return [await self._escalated(conversation, visitor, heard, findings or heard.findings)]
        if findings:
            await self._keep_from_guide(conversation, visitor)
        check_in = _asks(findings, conversation.raised)
        softened = [self._softened(reply, heard.text) for reply in answer.replies]
        return [_message(reply, answer.understanding, check_in=check_in) for reply in softened]

    async def _without_engine(
        self, conversation: Conversation, visitor: Message, heard: Heard, findings: list[Finding]
    ) -> Message:
        """Do by ourselves what cannot be left undone: open the case, and reply with the template, or say the truth."""
        findings = findings or heard.findings
        if findings:
            return await self._escalated(conversation, visitor, heard, findings)
        desk = self._desk_of(conversation)
        raised = await run_in_threadpool(self._records.raised, conversation.id)
        if raised:
            return _message(await run_in_threadpool(desk.still_raised, heard.in_situation(conversation, raised)))
        await run_in_threadpool(desk.open_unanswered, conversation.id, visitor.seq)
        texts = self._texts.at(conversation.location)
        return _message(
            {"kind": UNAVAILABLE, "text": texts.text("unavailable"), "contacts": texts.emergency_contacts()}
        )

    async def _keep_from_guide(self, conversation: Conversation, visitor: Message) -> None:
        """Keep words that needed a person, though they were said in the guide: staff must see them."""
        if visitor.body.get("guide") is True:
            await run_in_threadpool(self._records.keep_from_guide, conversation.id, visitor.seq)

    def _desk_of(self, conversation: Conversation) -> EscalationDesk:
        return self._desk.at(conversation.location)

    def _known(self, conversation: str) -> Collection[str]:
        return {case.category for case in self._records.cases_of(conversation)}

    def _answers_check_in(self, conversation: str, visitor: Message) -> bool:
        """Whether ``visitor``'s message answers the check-in, and the flag is up for what that asked about, alone."""
        log = self._records.messages_after(conversation, max(0, visitor.seq - NEARBY))
        asked_about = next((m.reply_to for m in reversed(log) if m.body.get("check_in")), None)
        sticky = [case for case in self._records.cases_of(conversation) if case.category in STICKY]
        return self._was_asked(log, visitor.seq) and [case.seq for case in sticky] == [asked_about]

    @staticmethod
    def _was_asked(log: list[Message], before: int) -> bool:
        """Whether the assistant's last words before number ``before`` were the check-in."""
        said = [m for m in log if m.seq < before and m.author in ("visitor", "bot")]  # not notices in between
        return bool(said) and bool(said[-1].body.get("check_in"))

    def _softened(self, reply: Reply, text: str) -> Reply:
        """Add one soft line with the crisis line to an ordinary answer to a question that speaks of suicide."""
        if reply["kind"] not in ORDINARY or not text or not self._screen.mentions_suicide(text):
            return reply
        return self._desk.softened(reply)


def _asks(findings: list[Finding], raised: str | None) -> bool:
    """Whether the reply is the check-in and nothing else is known: no flag was up, and nothing sure was found."""
    sticky = [finding for finding in findings if finding.category in STICKY]
    return bool(sticky) and raised is None and findings[0].unsure and all(finding.unsure for finding in sticky)


def _speaks_of(answer: EngineAnswer, needed: set[str]) -> bool:
    """Whether an answer is about what was found, or leads to a person."""
    return any(reply.get("category") in needed or reply["kind"] == "handoff" for reply in answer.replies)


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
    form = reply.get("form") or {}
    if form.get("kind") == "guide" and form.get("stage") != "end":  # holds what the visitor said in the guide
        body["guide"] = True
    return Message("bot", reply["kind"], body, understanding=understanding)
