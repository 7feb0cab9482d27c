"""Visitors, clinicians, restarts and jumping clocks in whatever order hypothesis thinks of, and what must hold after each.

What is sent is under way until it is let go on, step by step, while the next is sent; so everything meets everything.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.races.people import Clinician, Visitor
from tests.races.schedule import World
from tests.races.witness import Log, complaints, needs_flag, unanswered

CRISIS, UNSURE = "I want to kill myself tonight", "I can't go on like this"
SAID = st.sampled_from(
    (
        "Is it safe?", "/restart", "goodbye", CRISIS, UNSURE, "No", "I want to talk to a person",
        "my chest hurts and I cannot breathe", "person", "cancel_request", "leave_message", "topic:safety/bladder",
    )
)  # fmt: skip
STEPS = {
    "take-over": {}, "hand-back": {}, "close": {"outcome": "Answered in the chat"}, "lower-flag": {"reason": "We spoke"}
}  # fmt: skip
JUMPS = st.sampled_from((-3600, -5, 60, 20 * 60, 86400))  # seconds
ANY = st.integers(0, 2**16)


@dataclass(frozen=True)
class Sent:
    """A message as its visitor sent it, whether it arrives or not."""

    visitor: Visitor
    client_id: str
    text: str


@dataclass(frozen=True)
class UnderWay:
    """A request, and what to do once its answer is heard."""

    request: asyncio.Task[httpx.Response]
    hear: Callable[[httpx.Response], None]


class Clinic(RuleBasedStateMachine):
    """A clinic's day."""

    world: World  # the test's own: it outlasts a day

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel(dt.datetime.now(dt.UTC), tick=True)
        self.visitors = [Visitor.new(self.world.records) for _ in range(2)]
        self.sent: list[Sent] = []
        self.under_way: list[UnderWay] = []
        self.replies: dict[str, str] = {}  # the ids of those that a clinician was told are stored: conversations
        self.known: dict[str, list[tuple[Any, ...]]] = {one.conversation: [] for one in self.visitors}

    @initialize()
    def open(self) -> None:
        self.coordinates = self.clock.start()
        for one in self.world.clinicians:
            one.sign_in()

    def teardown(self) -> None:
        """When all is over, nobody who wrote has been forgotten."""
        try:
            self.settle()
            self.again_until_heard()
            for one in self.visitors:
                log = self.world.witness.log(one.conversation)
                assert complaints(log) + unanswered(log) == []
        finally:
            self.clock.stop()

    @rule(who=ANY, text=SAID)
    def say(self, who: int, text: str) -> None:
        self.sent.append(Sent(self.visitors[who % 2], str(uuid.uuid4()), text))
        self._send(self.sent[-1])

    @rule(which=ANY)
    def say_again(self, which: int) -> None:
        if self.sent:
            self._send(self.sent[which % len(self.sent)])

    @rule(who=ANY, step=st.sampled_from(sorted(STEPS)), where=ANY)
    def press(self, who: int, step: str, where: int) -> None:
        self._press(self.world.clinicians[who % 2], self.visitors[where % 2], step, **STEPS[step])

    @rule(who=ANY, where=ANY, twice=st.booleans())
    def reply(self, who: int, where: int, twice: bool) -> None:
        for _ in range(1 + twice):
            reply = str(uuid.uuid4())
            self._press(self.world.clinicians[who % 2], self.visitors[where % 2], "reply", text="Hello.", id=reply)

    @rule(which=ANY, steps=st.integers(1, 12))
    def go_on(self, which: int, steps: int) -> None:
        for _ in range(steps):
            if held := self.world.stage.held:
                self.world.stage.let(held[which % len(held)])

    @rule()
    def settle(self) -> None:
        self.world.stage.settle()

    @rule()
    def be_late(self) -> None:
        self.world.stage.pass_time()

    @rule(which=ANY)
    def lose_an_answer(self, which: int) -> None:
        if self.under_way:
            del self.under_way[which % len(self.under_way)]

    @rule()
    def kill(self) -> None:
        self.world.restart()

    @rule(seconds=JUMPS)
    def jump(self, seconds: int) -> None:
        self.coordinates.shift(seconds)

    @invariant()
    def all_is_well(self) -> None:
        self._hear()
        for visitor in self.visitors:
            log = self.world.witness.log(visitor.conversation)
            assert complaints(log) == []
            assert log.raised or not needs_flag(log, {CRISIS}), "the flag came down, and no clinician lowered it"
            self._nothing_is_lost(visitor, log)

    def again_until_heard(self) -> None:
        """What was not heard is sent again, until it is."""
        for one in self.sent:
            while one.client_id not in one.visitor.acknowledged:
                self._send(one)
                self.settle()
                self.be_late()  # it may wait for an earlier one
                self.settle()
                self._hear()

    def _nothing_is_lost(self, visitor: Visitor, log: Log) -> None:
        now = [(row.seq, row.author, row.client_id, row.body.get("text")) for row in log.rows]
        before = self.known[visitor.conversation]
        assert now[: len(before)] == before, "what one has read is not what another reads"
        self.known[visitor.conversation] = now
        stored = {row.client_id for row in log.rows}
        assert visitor.acknowledged.keys() <= stored
        assert {reply for reply, where in self.replies.items() if where == visitor.conversation} <= stored

    def _send(self, one: Sent) -> None:
        def hear(answer: httpx.Response) -> None:
            one.visitor.hear(one.client_id, one.text, answer)

        self._start(one.visitor.send(self.world.frontdesk, one.client_id, one.text), hear)

    def _press(self, who: Clinician, where: Visitor, step: str, **fields: str) -> None:
        def hear(answer: httpx.Response) -> None:
            assert answer.status_code in (303, 401, 409), answer.text
            if answer.status_code == 401:
                who.sign_in()
            elif step == "reply" and answer.status_code == 303:
                self.replies[fields["id"]] = where.conversation

        self._start(who.post(self.world.frontdesk, where.conversation, step, **fields), hear)

    def _start(self, request: asyncio.Task[httpx.Response], hear: Callable[[httpx.Response], None]) -> None:
        self.under_way.append(UnderWay(request, hear))
        self.world.stage.run()

    def _hear(self) -> None:
        over = [one for one in self.under_way if one.request.done()]
        self.under_way = [one for one in self.under_way if not one.request.done()]
        for one in over:
            if not one.request.cancelled():  # the frontdesk was killed, and nobody heard anything
                one.hear(one.request.result())
