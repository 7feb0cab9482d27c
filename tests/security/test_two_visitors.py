"""One visitor's token never reads or changes another's conversation, and tells nothing: not even that there is one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.app import create_app
from tests.security.inside import Inside

START = "/api/v1/conversations"
ONE = f"{START}/{{conversation}}"
NEVER_WAS = "0123456789abcdef01234567"
MARK = "zebrawombat"

_ids = st.uuids(version=4).map(str)
_text = st.text("aé<'\" {\x00\u202e🙂", max_size=40)
BODIES: dict[tuple[str, str], st.SearchStrategy[Any]] = {
    ("POST", f"{ONE}/messages"): st.one_of(
        st.fixed_dictionaries({"client_id": _ids, "text": _text}),
        st.fixed_dictionaries({"client_id": _ids, "choice": st.sampled_from(["person", "guide:start", "topic:x"])}),
    ),
    ("GET", f"{ONE}/messages"): st.none(),
    ("GET", f"{ONE}/events"): st.none(),
    ("POST", f"{ONE}/contact"): st.fixed_dictionaries(
        {"client_id": _ids, "email": st.just("someone@clinic.example"), "name": _text, "consent": st.just(True)}
    ),
    ("POST", f"{ONE}/feedback"): st.fixed_dictionaries(
        {"seq": st.integers(1, 5), "helpful": st.booleans(), "comment": _text}
    ),
    ("DELETE", ONE): st.none(),
}


@dataclass
class Visitor:
    """Somebody with a conversation."""

    id: str
    mine: dict[str, str]


@pytest.fixture(scope="module")
def first(desk: Inside) -> Visitor:
    """Has asked for a person, so that every operation would do something."""
    visitor = Visitor(*desk.start())
    said = {"client_id": str(uuid.uuid4()), "text": f"I want to talk to a person about my {MARK}"}
    assert desk.ask("POST", f"{START}/{visitor.id}/messages", headers=visitor.mine, json=said).status_code == 200
    return visitor


@pytest.fixture(scope="module")
def second(desk: Inside) -> Visitor:
    return Visitor(*desk.start())


def everything_of(desk: Inside, visitor: Visitor) -> object:
    """All that a request can change. The pages to staff and what is told of them go on by themselves meanwhile."""
    records = desk.house.records
    said = [message for message in records.messages_after(visitor.id, 0) if message.author != "system"]
    cases = [(case.id, case.category, case.urgency) for case in records.cases_of(visitor.id)]
    feedback = desk.sql(f"SELECT * FROM feedback WHERE conversation = '{visitor.id}'")
    owner, raised = records.owner(visitor.id), records.raised(visitor.id)
    return said, owner, raised, cases, records.contact_of(visitor.id), records.flags_of(visitor.id), feedback


def told(answer: httpx.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    """All that an answer tells."""
    return answer.status_code, answer.content, sorted(answer.headers.items())


def test_every_operation_of_a_conversation_is_tried() -> None:
    described = create_app().openapi()["paths"]
    operations = {(method.upper(), path) for path, methods in described.items() for method in methods}
    assert {(method, path) for method, path in operations if path.startswith(ONE)} == BODIES.keys()


@pytest.mark.parametrize("operation", BODIES, ids=" ".join)
def test_anothers_conversation_is_as_if_it_were_not_there(
    desk: Inside, first: Visitor, second: Visitor, operation: tuple[str, str]
) -> None:
    method, path = operation

    @settings(max_examples=8, deadline=None, derandomize=True, database=None)
    @given(BODIES[operation], st.sampled_from(["theirs", "mine and theirs", "invented", "cut short"]))
    def tried(body: Any, which: str) -> None:
        token = {
            "theirs": second.mine["Authorization"],
            "mine and theirs": f"{second.mine['Authorization']}, {first.mine['Authorization']}",
            "invented": "Bearer " + "x" * 43,
            "cut short": first.mine["Authorization"][:-1],
        }[which]

        def ask(conversation: str) -> httpx.Response:
            there = path.format(conversation=conversation)
            return desk.ask(method, there, headers={"Authorization": token}, json=body)

        before = everything_of(desk, first), everything_of(desk, second)
        there, nowhere = ask(first.id), ask(NEVER_WAS)
        assert told(there) == told(nowhere)
        assert 400 <= there.status_code < 500
        assert MARK not in there.text and first.id not in there.text
        assert (everything_of(desk, first), everything_of(desk, second)) == before

    tried()
    answer = desk.ask("GET", f"{START}/{first.id}/messages", headers=first.mine)
    assert MARK in answer.text  # whose it is reads it all the same


def test_ids_and_tokens_cannot_be_guessed(desk: Inside) -> None:
    opened = [desk.start() for _ in range(20)]
    ids, tokens = {id for id, _ in opened}, {mine["Authorization"] for _, mine in opened}
    assert len(ids) == len(tokens) == 20
    assert min(len(id) * 4 for id in ids) >= 96  # bits, in hexadecimal digits
    assert min(len(token.removeprefix("Bearer ")) * 6 for token in tokens) >= 256
