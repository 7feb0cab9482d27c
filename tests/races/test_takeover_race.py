"""After a clinician has taken over the assistant says nothing, in whatever order things happen; the database says so."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from records import Message, Records
from records.database import lock
from records.handoff import move
from records.log import append
from tests.races.conftest import Worlds
from tests.races.house import Paused
from tests.races.schedule import Schedule

SCHEDULES = 5000 if os.environ.get("RACES") == "long" else 1000
ENOUGH = SCHEDULES // 100
MET = (
    "taken over while an answer was under way", "a clinician was there already", "told who has it", "sent again",
    "handed back", "session over", "killed in mid-turn", "clinician: clinician", "bot: answer", "bot: unavailable",
    "bot: crisis", "bot: handoff",
)  # fmt: skip


def test_after_a_takeover_the_assistant_says_nothing_in_a_thousand_orders(world_with: Worlds) -> None:
    met, orders, seed = Counter[str](), set[tuple[str, ...]](), 0
    with world_with() as world:
        while len(orders) < SCHEDULES:
            outcome = Schedule(world, seed).play()
            assert outcome.complaints == [], (seed, outcome.order)
            orders.add(tuple(outcome.order))
            met += outcome.met
            seed += 1
    rare = {what: met[what] for what in MET if met[what] < ENOUGH}
    assert not rare, rare  # all of it was really tried


def test_a_seed_is_the_same_order_each_time(world_with: Worlds) -> None:
    with world_with() as world:
        for seed in range(5):
            first, second = (Schedule(world, seed).play() for _ in range(2))
            assert first.order == second.order


class AsksOnlyAtFirst(Paused):
    """Who has the conversation is looked at as a message comes, and not again as its reply is stored."""

    def answer(self, conversation: str, visitor: Message, replies: list[Message]) -> list[Message]:
        with self._engine.begin() as connection:
            return append(connection, self._seals, conversation, replies, reply_to=visitor.seq)


class EverybodyTakesOver(Paused):
    """Whoever comes second takes the conversation from whoever has it."""

    def take_over(self, conversation: str, clinician: str) -> None:
        with self._engine.begin() as connection:
            row = lock(connection, conversation)
            move(connection, self._seals, row, "clinician", clinician, None, clinician=clinician)


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [(AsksOnlyAtFirst, "the assistant said"), (EverybodyTakesOver, "passed on what")],
)
def test_a_frontdesk_that_does_not_look_is_found(world_with: Worlds, broken: type[Records], complaint: str) -> None:
    with world_with(broken) as world:
        outcomes = (Schedule(world, seed).play() for seed in range(SCHEDULES // 10))
        assert any(complaint in one for outcome in outcomes for one in outcome.complaints)
