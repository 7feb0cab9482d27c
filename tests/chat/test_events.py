"""Following a conversation: everything missed, then everything new, until it is erased."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.conftest import Visitor
from tools.house import House


@dataclass
class Event:
    """One server-sent event."""

    name: str
    data: dict[str, Any]
    id: str | None


@contextmanager
def listening(visitor: Visitor, last_event_id: str | None = None) -> Iterator[Iterator[Event]]:
    """Follow the conversation; the next event is waited for at most as long as the client's time limit."""
    headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
    with visitor.http.stream("GET", f"/{visitor.id}/events", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        yield events(response)


def events(response: httpx.Response) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield Event(fields["event"], json.loads(fields["data"]), fields.get("id"))
            fields = {}


def messages(following: Iterator[Event], count: int) -> list[dict[str, Any]]:
    """The next ``count`` messages; each carries its own number as the event's id."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        event = next(following)
        if event.name == "message":
            assert event.id == str(event.data["seq"])
            found.append(event.data)
    return found


def set_owner(house: House, visitor: Visitor, owner: str) -> None:
    with closing(sqlite3.connect(house.var / "records.db", timeout=5)) as database, database:
        database.execute("UPDATE conversations SET owner = ? WHERE id = ?", (owner, visitor.id))


def test_who_has_the_conversation_comes_first(visitor: Visitor) -> None:
    with listening(visitor) as following:
        first = next(following)
        assert (first.name, first.data, first.id) == ("owner", {"owner": "bot"}, None)
        assert messages(following, 1) == visitor.log()


def test_everything_after_the_last_number_seen_is_sent_again(visitor: Visitor) -> None:
    visitor.say("hello")
    visitor.say("How does ketamine work?")
    log = visitor.log()
    for seen in range(5):
        with listening(visitor, str(seen)) as following:
            assert messages(following, 5 - seen) == log[seen:]


@pytest.mark.parametrize("unusable", ["abc", "-1", "1.5", ""])
def test_a_number_that_is_none_starts_from_the_beginning(visitor: Visitor, unusable: str) -> None:
    with listening(visitor, unusable) as following:
        assert messages(following, 1) == visitor.log()


def test_new_messages_come_as_they_are_written(visitor: Visitor) -> None:
    with listening(visitor, "1") as following, listening(visitor, "1") as elsewhere:
        for text in ("How does ketamine work?", "tell me more"):
            sent = visitor.post(text=text).json()["messages"]
            assert messages(following, 2) == sent
            assert messages(elsewhere, 2) == sent


def test_another_conversations_messages_do_not_come(house: House, visitor: Visitor) -> None:
    other = Visitor(house.api)
    with listening(visitor, "1") as following:
        other.say("hello")
        mine = visitor.post(text="thanks").json()["messages"]
        assert messages(following, 2) == mine
    other.http.close()


def test_a_number_beyond_the_log_waits_for_what_comes_after_it(visitor: Visitor) -> None:
    with listening(visitor, "3") as following:
        visitor.say("hello")
        last = visitor.post(text="thanks").json()["messages"]
        assert messages(following, 2) == last


def test_a_change_of_owner_is_told_and_then_the_bot_is_silent(house: House, visitor: Visitor) -> None:
    with listening(visitor, "1") as following:
        assert next(following).data == {"owner": "bot"}
        set_owner(house, visitor, "clinician")
        sent = visitor.post(text="How does ketamine work?").json()["messages"]
        assert [message["author"] for message in sent] == ["visitor"]
        told = next(following)
        assert (told.name, told.data) == ("owner", {"owner": "clinician"})
        assert messages(following, 1) == sent
    assert visitor.http.get(f"/{visitor.id}/messages").json()["owner"] == "clinician"
    assert len(visitor.log()) == 2


def test_the_stream_ends_when_the_conversation_is_erased(visitor: Visitor) -> None:
    with listening(visitor) as following:
        messages(following, 1)
        assert visitor.http.delete(f"/{visitor.id}").status_code == 202
        assert list(following) == []


def test_a_quiet_stream_shows_that_it_lives(visitor: Visitor) -> None:
    with listening(visitor, "1") as following:
        assert next(following).name == "owner"
        assert next(following).name == "ping"  # within the client's 20 seconds


@pytest.mark.parametrize(("authorization", "status"), [("Bearer wrong", 404), ("", 401)])
def test_a_wrong_token_gets_a_problem_and_no_stream(visitor: Visitor, authorization: str, status: int) -> None:
    refused = visitor.http.get(f"/{visitor.id}/events", headers={"Authorization": authorization})
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"
