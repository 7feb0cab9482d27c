"""One schedule: a visitor and two clinicians at one conversation, in an order that a seed has chosen.

Each of them does one thing after the other; who goes on next, the seed says at every place where anything can wait:
before each transaction, while an answer is under way, before each request. So it does of the time, which makes answers
late and sessions end, and of the frontdesk's death.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx

from records import Records
from tests.races.house import AT_ENGINE, Frontdesk
from tests.races.people import Clinician, Visitor
from tests.races.stage import Stage
from tests.races.witness import Witness, complaints, unanswered

SAID = (
    "Is it safe?", "How long does it last?", "/restart", "start over", "reset", "goodbye",
    "person", "topic:safety/bladder", "I want to kill myself tonight",
)  # fmt: skip
COMMENT = "I want to kill myself"
PASSES, DIES = 0.02, 0.02  # how likely it is at each place that time passes, or the frontdesk dies in mid-turn
HELD_LONGER = {AT_ENGINE: 0.15, "answer": 0.4}  # how likely it goes on, beside others: that there is much to meet


@dataclass
class World:
    """What schedules have in common: a stage, a database, two clinicians, and the frontdesk as it is now."""

    stage: Stage
    database: Path
    witness: Witness
    records: Records
    clinicians: list[Clinician]
    frontdesk: Frontdesk

    def restart(self) -> None:
        """Kill the frontdesk and start another one on the same database."""
        self.frontdesk.kill()
        self.frontdesk = Frontdesk(self.stage, self.database)


@dataclass
class Outcome:
    """What came of a schedule: complaints if something was wrong, the order in which all went on, what was met."""

    complaints: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)


class Schedule:
    """Plays one seed."""

    def __init__(self, world: World, seed: int) -> None:
        self._world, self._stage, self._random = world, world.stage, Random(seed)
        self._visitor = Visitor.new(world.records)
        self._said: set[str] = set()  # what clinicians were told is stored
        self._out = Outcome()

    def play(self) -> Outcome:
        """Let everybody do what they want to, in some order, and judge the log."""
        self._stage.settle()  # a frontdesk that has just started looks for turns that were left open
        taking = self._random.sample(self._world.clinicians, self._random.choice((1, 1, 2)))
        work = [self._visit(), *(self._treat(one) for one in taking)]
        everybody = [self._stage.start(one) for one in work]
        while not all(task.done() for task in everybody) or self._stage.held:
            self._go_on()
        for task in everybody:
            task.result()
        self._judge()
        return self._out

    def _go_on(self) -> None:
        held, dice = self._stage.held, self._random.random()
        if dice < DIES and any(one.place in HELD_LONGER for one in held):
            self._out.met["killed in mid-turn"] += 1
            self._out.order.append("killed")
            self._world.restart()
        elif not held or dice > 1 - PASSES:
            self._out.order.append("time")
            self._stage.pass_time()
        else:
            (one,) = self._random.choices(held, [HELD_LONGER.get(one.place, 1.0) for one in held])
            self._out.order.append(one.place)
            self._stage.let(one)

    async def _visit(self) -> None:
        texts = self._random.sample(SAID, self._random.choice((1, 1, 1, 2)))
        await asyncio.gather(*(self._say(text) for text in texts))
        if self._random.random() < 0.05:
            await self._stage.hold("comment")
            await self._asked(lambda: self._visitor.comment(self._world.frontdesk, COMMENT))

    async def _say(self, text: str) -> None:
        """Say something until it is known to have arrived; sometimes again before that is known."""
        client_id = self._id()

        async def send() -> None:
            await self._stage.hold("say")
            answer = await self._asked(lambda: self._visitor.send(self._world.frontdesk, client_id, text))
            self._visitor.hear(client_id, text, answer)

        times = self._random.choice((1, 1, 2))
        self._out.met["sent again"] += times - 1
        await asyncio.gather(*(send() for _ in range(times)))

    async def _treat(self, one: Clinician) -> None:
        """Take over, reply, and hand back; or be told who was faster."""
        for _ in range(self._random.choice((0, 3, 6, 12))):
            await self._stage.hold("thinks")
        if not await self._press(one, "take-over"):
            return
        for _ in range(self._random.choice((0, 0, 1))):
            reply = self._id()
            if await self._press(one, "reply", text="I am here now.", id=reply):
                self._said.add(reply)
        if self._random.random() < 0.15:
            self._out.met["session over"] += 1
            self._world.witness.sql("UPDATE sessions SET seen_at = '2020-01-01' WHERE person = ?", one.person)
        match self._random.choice(("hand-back", "hand-back", "close", "keep")):
            case "hand-back":
                await self._press(one, "hand-back")
            case "close":
                await self._press(one, "close", outcome="Answered in the chat")

    async def _press(self, one: Clinician, step: str, **fields: Any) -> bool:
        """Press a button, signing in again if need be; return whether it was done."""
        while True:
            await self._stage.hold(step)
            answer = await self._asked(
                lambda: one.post(self._world.frontdesk, self._visitor.conversation, step, **fields)
            )
            if answer.status_code == 401:
                one.sign_in()
                continue
            self._met(step, answer)
            return bool(answer.status_code == 303)

    async def _asked(self, ask: Callable[[], asyncio.Task[httpx.Response]]) -> httpx.Response:
        """Ask until a frontdesk lives to answer."""
        while True:
            request = ask()
            await asyncio.wait([request])
            if not request.cancelled():
                return request.result()
            await self._stage.hold("again")

    def _id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def _met(self, step: str, answer: httpx.Response) -> None:
        if step == "take-over" and answer.status_code == 303:
            under_way = any(one.place == AT_ENGINE for one in self._stage.held)
            self._out.met["taken over while an answer was under way"] += under_way
        if answer.status_code == 409:
            names = [one.name for one in self._world.clinicians]
            self._out.met["told who has it"] += any(f"{name} has this conversation." in answer.text for name in names)
        elif answer.status_code != 303:
            self._out.complaints.append(f"{step}: {answer.status_code}")

    def _judge(self) -> None:
        log = self._world.witness.log(self._visitor.conversation)
        self._out.complaints += complaints(log) + unanswered(log)
        stored = {row.client_id: row for row in log.rows}
        for client_id, text in self._visitor.acknowledged.items():
            if client_id not in stored or text not in stored[client_id].body.values():
                self._out.complaints.append(f"lost: '{text}'")
        replies = {row.client_id for row in log.rows if row.author == "clinician"}
        if replies != self._said:
            self._out.complaints.append("the clinicians' replies are not those of which they were told")
        self._out.met["a clinician was there already"] += any(
            row.owner == "clinician" for row in log.rows if row.author == "visitor"
        )
        self._out.met["handed back"] += any(step.was == "clinician" for step in log.passed)
        for row in log.rows:
            self._out.met[f"{row.author}: {row.kind}"] += 1
