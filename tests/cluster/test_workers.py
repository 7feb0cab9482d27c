"""Conversations are spread over Rasa workers evenly, stay where they are, and move only when they must."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from frontdesk.engine import Engine, EngineUnavailable, Question
from frontdesk.workers import Workers
from tests.cluster.servers import free_port
from tests.faults.engine import engine_alone

URLS = [f"http://rasa-{number}:5005" for number in range(4)]
CONVERSATIONS = [f"{number:024x}" for number in range(400)]


def test_conversations_are_spread_evenly_and_alike_in_every_process() -> None:
    first, second = Workers(URLS), Workers(list(reversed(URLS)))
    placed = {one: first.ranked(one)[0] for one in CONVERSATIONS}
    assert placed == {one: second.ranked(one)[0] for one in CONVERSATIONS}
    assert min(Counter(placed.values()).values()) > 70  # of a hundred


def test_only_the_conversations_of_a_worker_that_is_gone_move_and_they_come_back() -> None:
    workers = Workers(URLS)
    before = {one: workers.ranked(one)[0] for one in CONVERSATIONS}
    workers.rest(URLS[0])
    during = {one: workers.ranked(one)[0] for one in CONVERSATIONS}
    moved = {one for one in CONVERSATIONS if before[one] != during[one]}
    assert moved == {one for one in CONVERSATIONS if before[one] == URLS[0]}
    assert set(during.values()) == set(URLS[1:])
    workers.answered(URLS[0])
    assert {one: workers.ranked(one)[0] for one in CONVERSATIONS} == before


def test_no_worker_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="Set FRONTDESK_RASA_URL"):
        Workers([])


def test_a_question_goes_to_the_next_worker_when_the_first_is_gone_and_fails_when_all_are() -> None:
    async def ask(urls: list[str]) -> set[str]:
        engine = Engine(urls, "secret")
        try:
            answers = [await engine.ask(Question(one, 2, "en-US", text="Hello"), 2.0) for one in CONVERSATIONS[:8]]
            return {answer.replies[0]["kind"] for answer in answers}
        finally:
            await engine.close()

    gone = [f"http://127.0.0.1:{free_port()}" for _ in range(2)]
    with engine_alone() as url:
        assert asyncio.run(ask([gone[0], url, gone[1]])) == {"answer"}
    with pytest.raises(EngineUnavailable, match="ConnectError"):
        asyncio.run(ask(gone))
