"""What is written into a comment or a form is read like a message when it cannot wait; and closed conversations."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from records import Message, Records
from tests.chat.alone import frontdesk_alone
from tests.conftest import Visitor
from tools.house import House

CRISIS = "I want to kill myself tonight"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    settings = {"FRONTDESK_RATE_LIMITS": "off", "FRONTDESK_ENGINE_SECONDS": "1"}
    with frontdesk_alone(tmp_path_factory.mktemp("asides"), **settings) as one:
        yield one


@pytest.fixture(scope="module")
def records(house: House) -> Iterator[Records]:
    one = Records(f"sqlite:///{house.var / 'records.db'}")
    yield one
    one.dispose()


@pytest.fixture
def visitor(house: House) -> Iterator[Visitor]:
    one = Visitor(house.api)
    yield one
    one.http.close()


def comment(visitor: Visitor, text: str) -> None:
    given = visitor.http.post(f"/{visitor.id}/feedback", json={"seq": 1, "helpful": False, "comment": text})
    assert given.status_code == 204


def leave(visitor: Visitor, client_id: str, **fields: Any) -> httpx.Response:
    body = {"client_id": client_id, "consent": True, "phone": "(212) 555-0123", **fields}
    return visitor.http.post(f"/{visitor.id}/contact", json=body)


def test_a_crisis_in_a_comment_is_one_and_heeded_once(visitor: Visitor, records: Records) -> None:
    for _ in range(2):
        comment(visitor, CRISIS)
    _, reply = visitor.log()
    assert (reply["author"], reply["kind"], reply["category"]) == ("bot", "crisis", "a")
    assert {"tel:911", "tel:988"} <= {contact["href"] for contact in reply["contacts"]}
    assert [(case.category, case.seq) for case in records.cases_of(visitor.id)] == [("a", 1)]
    assert records.raised(visitor.id) == "a"
    assert len(records.pages_of(visitor.id)) == 1


def test_an_ordinary_comment_is_only_kept(visitor: Visitor, records: Records) -> None:
    comment(visitor, "Clear, thank you. What a silly stupid question I asked.")
    assert len(visitor.log()) == 1
    assert records.cases_of(visitor.id) == []


@pytest.mark.parametrize("field", ["name", "best_time"])
def test_a_crisis_in_the_contact_form_is_one(visitor: Visitor, records: Records, field: str) -> None:
    client_id = str(uuid.uuid4())
    several = [leave(visitor, client_id, **{field: CRISIS}) for _ in range(2)]
    assert [one.status_code for one in several] == [200, 200]
    assert several[0].json() == several[1].json()
    reply, notice = several[0].json()["messages"]
    assert (reply["kind"], notice["kind"]) == ("crisis", "notice")
    assert visitor.log()[1:] == [reply, notice]
    assert [case.category for case in records.cases_of(visitor.id)] == ["a"]


def test_a_clinician_who_has_the_conversation_gets_the_case_and_the_assistant_says_nothing(
    visitor: Visitor, records: Records
) -> None:
    records.take_over(visitor.id, "Dr. Example")
    comment(visitor, CRISIS)
    assert len(visitor.log()) == 1
    assert [case.category for case in records.cases_of(visitor.id)] == ["a"]


def test_a_closed_conversation_is_the_assistants_and_goes_on(visitor: Visitor, records: Records) -> None:
    message = Message("clinician", "clinician", {"text": "Goodbye.", "author_name": "Dr. Example"})
    records.take_over(visitor.id, "Dr. Example")
    records.say(visitor.id, message)
    records.close(visitor.id, "Dr. Example", "spoke by phone")
    read = visitor.http.get(f"/{visitor.id}/messages")
    assert (read.status_code, read.json()["owner"]) == (200, "bot")
    last = read.json()["messages"][-1]
    assert (last["kind"], last["author_name"], last["text"]) == ("clinician", "Dr. Example", message.body["text"])
    with visitor.http.stream("GET", f"/{visitor.id}/events") as stream:
        assert next(line for line in stream.iter_lines() if line.startswith("data:")) == 'data: {"owner": "bot"}'
    assert visitor.say("How does ketamine work?")["kind"] == "unavailable"  # there is no Rasa
    assert records.owner(visitor.id) == "bot"


def test_a_comment_reopens_a_closed_conversation_only_in_a_crisis(visitor: Visitor, records: Records) -> None:
    records.take_over(visitor.id, "Dr. Example")
    records.close(visitor.id, "Dr. Example", "spoke by phone")
    comment(visitor, "Thanks.")
    assert records.owner(visitor.id) == "closed"
    comment(visitor, CRISIS)
    assert (records.owner(visitor.id), visitor.log()[-1]["kind"]) == ("bot", "crisis")
