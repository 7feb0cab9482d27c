"""A message that is sent again changes nothing; messages that are sent together are kept in one order."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.conftest import Visitor
from tools.house import House

QUESTION = "How does ketamine work?"


def test_sending_again_returns_the_same_and_does_nothing_else(visitor: Visitor) -> None:
    client_id = str(uuid.uuid4())
    first = visitor.post(client_id, text=QUESTION)
    log = visitor.log()
    assert first.json()["messages"] == log[1:]
    assert first.json()["messages"][0]["client_id"] == client_id
    again = visitor.post(client_id, text=QUESTION)
    assert (again.status_code, again.json()) == (200, first.json())
    assert visitor.log() == log


def test_a_client_id_is_known_in_whatever_case_it_is_written(visitor: Visitor) -> None:
    client_id = str(uuid.uuid4())
    first = visitor.post(client_id, text=QUESTION).json()
    assert visitor.post(client_id.upper(), text=QUESTION).json() == first
    assert len(visitor.log()) == 3


def test_a_client_id_stands_for_what_it_was_first_sent_with(visitor: Visitor) -> None:
    client_id = str(uuid.uuid4())
    first = visitor.post(client_id, text=QUESTION).json()
    assert visitor.post(client_id, text="Is it addictive?").json() == first
    assert visitor.post(client_id, choice="person").json() == first
    assert len(visitor.log()) == 3


def test_a_choice_sent_again_is_taken_once(visitor: Visitor) -> None:
    client_id = str(uuid.uuid4())
    first = visitor.post(client_id, choice="topic:safety/is_it_safe").json()
    assert first["messages"][1]["topics"] == ["safety/is_it_safe"]
    assert visitor.post(client_id, choice="topic:safety/is_it_safe").json() == first
    assert len(visitor.log()) == 3


def test_the_same_client_id_in_another_conversation_is_another_message(house: House, visitor: Visitor) -> None:
    client_id, other = str(uuid.uuid4()), Visitor(house.api)
    visitor.post(client_id, text=QUESTION)
    reply = other.post(client_id, text="What happens during a ketamine session?").json()["messages"][1]
    assert reply["topics"] == ["treatment/what_happens_in_session"]
    assert [len(one.log()) for one in (visitor, other)] == [3, 3]
    other.http.close()


def test_ten_times_at_once_is_one_message(visitor: Visitor) -> None:
    client_id = str(uuid.uuid4())
    with ThreadPoolExecutor(10) as pool:
        responses = list(pool.map(lambda _: visitor.post(client_id, text=QUESTION), range(10)))
    assert [response.status_code for response in responses] == [200] * 10
    log = visitor.log()
    assert len(log) == 3
    assert all(response.json()["messages"] == log[1:] for response in responses)


def test_many_messages_at_once_are_kept_in_one_order_without_a_gap(visitor: Visitor) -> None:
    texts = [QUESTION, "Is it addictive?", "hello", "I want to talk to a person", "What is the capital of France?"] * 3
    with ThreadPoolExecutor(len(texts)) as pool:
        responses = list(pool.map(lambda text: visitor.post(text=text), texts))
    assert [response.status_code for response in responses] == [200] * len(texts)
    log = visitor.log()
    assert [message["seq"] for message in log] == list(range(1, 2 * len(texts) + 2))
    turns = []
    for text, response in zip(texts, responses, strict=True):
        said, reply = response.json()["messages"]
        assert (said["author"], said["text"], reply["author"]) == ("visitor", text, "bot")
        assert [said, reply] == [log[said["seq"] - 1], log[reply["seq"] - 1]]
        turns.append((said["seq"], reply["seq"]))
    assert sorted(seq for turn in turns for seq in turn) == list(range(2, len(log) + 1))
    assert all(said < reply for said, reply in turns)
