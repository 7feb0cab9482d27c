"""Two processes serve one conversation: nothing is lost, doubled or out of order, whoever is killed."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from records import Records
from tests.chat.test_events import listening, messages
from tests.cluster.pair import Pair, also_at, pair
from tests.cluster.servers import PostgreSQL, RedisServer
from tests.conftest import Visitor
from tests.faults.engine import HARD, replies


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, server: PostgreSQL) -> Iterator[Pair]:
    server.empty("migrated")
    redis = RedisServer()
    try:
        with pair(tmp_path_factory.mktemp("cluster"), server.url("migrated"), redis) as running:
            yield running
    finally:
        redis.kill()


@pytest.fixture
def here(both: Pair) -> Iterator[Visitor]:
    """A visitor whose requests the first process gets."""
    one = Visitor(both.first.api)
    yield one
    one.http.close()


@pytest.fixture
def there(both: Pair, here: Visitor) -> Iterator[Visitor]:
    """The same visitor, at the second process."""
    one = also_at(here, both.second)
    yield one
    one.http.close()


def settled(visitor: Visitor, asked: list[str]) -> list[str]:
    """The words of the log once every question has its answer."""
    deadline = time.monotonic() + 30
    while True:
        log = visitor.log()
        texts = [message["text"] for message in log[1:]]
        if all(replies(text)[-1] in texts for text in asked):
            assert [message["seq"] for message in log] == list(range(1, len(log) + 1))
            return texts
        assert time.monotonic() < deadline, texts
        time.sleep(0.1)


def in_order(texts: list[str], asked: list[str]) -> bool:
    """Whether each question is there once, each answer once, both in the order of the questions."""
    answers = [line for text in asked for line in replies(text)]
    return [t for t in texts if t in asked] == asked and [t for t in texts if t not in asked] == answers


def test_what_one_process_stores_the_other_pushes(here: Visitor, there: Visitor) -> None:
    with listening(here) as following:  # this process would not look by itself
        messages(following, 1)
        there.say("Is it safe?")
        pushed = messages(following, 2)
    assert pushed == there.log()[1:]


def test_messages_to_both_processes_are_answered_one_after_the_other(here: Visitor, there: Visitor) -> None:
    asked = [f"{HARD} question {number}" for number in range(2)]
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(here.say, asked[0])
        while len(here.log()) < 2:
            time.sleep(0.02)
        second = pool.submit(there.post, text=asked[1])
        first.result(), second.result()
    assert in_order(settled(here, asked), asked)


def test_the_same_message_at_both_processes_is_one_message(here: Visitor, there: Visitor) -> None:
    ids, asked = str(uuid.uuid4()), f"{HARD} the same"
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(one.post, ids, text=asked) for one in (here, there)]
        bodies = [job.result().json() for job in jobs]
    assert bodies[0] == bodies[1]
    assert in_order(settled(here, [asked]), [asked])


def test_without_redis_everything_still_comes_and_pushing_returns_with_it(
    both: Pair, here: Visitor, there: Visitor
) -> None:
    with listening(here) as at_first, listening(there) as at_second:
        messages(at_first, 1), messages(at_second, 1)
        both.redis.kill()
        try:
            here.say("Is it safe?")
            assert messages(at_second, 2) == here.log()[1:3]  # it looked by itself
            messages(at_first, 2)
            there.say("Is it addictive?")
        finally:
            both.redis.start()
        assert messages(at_first, 2) == here.log()[3:5]  # which it had missed
        there.say("How long does it take?")
        messages(at_first, 2)


def test_when_a_rasa_worker_dies_the_other_one_answers(both: Pair) -> None:
    visitors = [Visitor(both.first.api) for _ in range(6)]  # with either worker, all but surely
    for visitor in visitors:
        assert visitor.post(text="Is it safe?").json()["messages"][1]["kind"] == "answer"
    both.workers.pop().kill()
    for visitor in visitors:
        assert visitor.post(text="Is it addictive?").json()["messages"][1]["kind"] == "answer"
        visitor.http.close()


def test_a_process_that_is_killed_in_mid_turn_loses_doubles_and_swaps_nothing(
    both: Pair, here: Visitor, there: Visitor
) -> None:
    """Two conversations are with it: in one the browser sends again what got no answer, the other's visitor is gone."""
    left_here, ids = Visitor(both.first.api), [str(uuid.uuid4()) for _ in range(3)]
    left_there = also_at(left_here, both.second)
    asked = [f"{HARD} before the kill", f"{HARD} in the middle of it", "and afterwards"]
    there.post(ids[0], text=asked[0])
    with ThreadPoolExecutor(2) as pool, listening(here) as following, listening(left_here) as left:
        messages(following, 1 + 1 + len(replies(asked[0]))), messages(left, 1)
        cut = [pool.submit(there.post, ids[1], text=asked[1]), pool.submit(left_there.post, text=asked[1])]
        assert messages(following, 1)[0]["text"] == messages(left, 1)[0]["text"] == asked[1]  # stored, not answered yet
        both.second.stop_part("frontdesk", kill=True)
        for one in cut:
            with pytest.raises(httpx.TransportError):
                one.result()
        assert here.post(ids[1], text=asked[1]).status_code == 200
        assert here.post(ids[2], text=asked[2]).status_code == 200
        told = messages(following, len(replies(asked[1])) + 1 + len(replies(asked[2])))
        assert [one["text"] for one in messages(left, len(replies(asked[1])))] == replies(asked[1])
    texts = settled(here, asked)
    assert in_order(texts, asked)
    assert [message["text"] for message in told] == texts[-len(told) :]
    assert in_order(settled(left_here, asked[1:2]), asked[1:2])
    left_here.http.close(), left_there.http.close()


def test_an_emergency_waits_for_neither(both: Pair, server: PostgreSQL) -> None:
    """Last here: nothing but the database is left."""
    while both.workers:
        both.workers.pop().kill()
    both.redis.kill()
    visitor = Visitor(both.first.api)
    assert visitor.say("I want to kill myself")["kind"] == "crisis"
    records = Records(server.url("migrated"))
    assert [case.category for case in records.cases_of(visitor.id)] == ["a"]
    records.dispose()
    visitor.http.close()
