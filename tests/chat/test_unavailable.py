"""When a part is down the visitor is told at once and truthfully, and the conversation goes on afterwards."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from content.clinic import load_clinic
from tests.chat.alone import wait_until_alive
from tests.conftest import Visitor
from tools.house import House

SECONDS = 5.0
QUESTION = "How does ketamine work?"


@pytest.fixture
def guest(fragile: House) -> Iterator[Visitor]:
    one = Visitor(fragile.api)
    yield one
    one.http.close()


@contextmanager
def stopped(house: House, part: str) -> Iterator[None]:
    house.stop_part(part, kill=True)
    try:
        yield
    finally:
        house.start_part(part)
        house.wait()


@contextmanager
def frozen(house: House, part: str) -> Iterator[None]:
    group = house.processes[part].pid
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)
        house.wait()


def readiness(house: House) -> tuple[int, dict[str, str]]:
    ready = httpx.get(f"{house.api}/health/ready", timeout=10, trust_env=False)
    return ready.status_code, ready.json()


def assert_told_in_time(guest: Visitor, text: str = QUESTION) -> dict[str, Any]:
    """Ask, and get the truth within the time limit: no answer, whom to call, nothing lost."""
    before, asked = guest.log(), time.monotonic()
    response = guest.post(text=text)
    assert time.monotonic() - asked < SECONDS
    assert response.status_code == 200
    said, reply = response.json()["messages"]
    clinic = load_clinic()
    assert (reply["kind"], reply["author"], reply["topics"]) == ("unavailable", "bot", [])
    assert clinic.phone in reply["text"]
    assert {clinic.phone_link, "tel:911", "tel:988"} <= {contact["href"] for contact in reply["contacts"]}
    assert guest.log() == [*before, said, reply]
    return dict(said)


def assert_goes_on(guest: Visitor) -> None:
    reply = guest.say(QUESTION)
    assert (reply["kind"], reply["topics"]) == ("answer", ["mechanism/how_it_works"])
    assert guest.say("tell me more")["topics"] == ["mechanism/how_it_works"]


def test_without_the_action_server(fragile: House, guest: Visitor) -> None:
    assert guest.say(QUESTION)["kind"] == "answer"
    with stopped(fragile, "actions"):
        assert_told_in_time(guest)
        status, state = readiness(fragile)
        assert status == 503
        assert state.pop("actions").startswith("down: ")
        assert set(state.values()) == {"ok"}
    assert_goes_on(guest)


def test_with_a_frozen_action_server(fragile: House, guest: Visitor) -> None:
    with frozen(fragile, "actions"):
        assert_told_in_time(guest)
    assert_goes_on(guest)


def test_with_a_frozen_rasa(fragile: House, guest: Visitor) -> None:
    with frozen(fragile, "rasa"):
        assert_told_in_time(guest)
        status, state = readiness(fragile)
        assert status == 503
        assert state["rasa"].startswith("down: ")
        assert (state["database"], state["actions"]) == ("ok", "ok")
    assert_goes_on(guest)


def test_without_rasa_safety_a_person_and_the_log_still_work(fragile: House, guest: Visitor) -> None:
    in_danger = Visitor(fragile.api)  # a conversation can be started
    with stopped(fragile, "rasa"):
        said = assert_told_in_time(guest)
        again = guest.post(said["client_id"], text=QUESTION)
        assert again.json()["messages"] == guest.log()[1:]  # a resend is no second turn
        assert readiness(fragile)[1]["rasa"].startswith("down: ")
        assert guest.choose("person")["kind"] == "handoff"
        asked = time.monotonic()
        crisis = in_danger.say("I want to kill myself")
        assert time.monotonic() - asked < 1
        assert (crisis["kind"], crisis["category"]) == ("crisis", "a")
        assert {"tel:911", "tel:988"} <= {contact["href"] for contact in crisis["contacts"]}
        assert in_danger.say(QUESTION)["kind"] == "crisis"
        erased = guest.http.delete(f"/{guest.id}")
        assert erased.status_code == 202
    fresh = Visitor(fragile.api)
    assert_goes_on(fresh)
    for visitor in (in_danger, fresh):
        visitor.http.close()


def test_a_killed_frontdesk_loses_nothing(fragile: House, guest: Visitor) -> None:
    client_id = str(uuid.uuid4())
    first = guest.post(client_id, text=QUESTION).json()
    guest.say("I want to talk to a person")
    log = guest.log()
    with stopped(fragile, "frontdesk"), pytest.raises(httpx.ConnectError):
        guest.log()
    wait_until_alive(fragile)
    assert guest.log() == log
    assert guest.post(client_id, text=QUESTION).json() == first
    assert guest.say("tell me more")["topics"] == ["mechanism/how_it_works"]
    assert [message["seq"] for message in guest.log()] == list(range(1, 8))


def test_a_message_that_was_cut_off_by_a_kill_is_answered_when_it_is_sent_again(fragile: House, guest: Visitor) -> None:
    client_id = str(uuid.uuid4())
    with frozen(fragile, "rasa"):
        with pytest.raises(httpx.ReadTimeout):
            guest.http.post(f"/{guest.id}/messages", json={"client_id": client_id, "text": QUESTION}, timeout=1)
        fragile.stop_part("frontdesk", kill=True)
        fragile.start_part("frontdesk")
    (_opening, cut_off) = guest.log()
    assert (cut_off["kind"], cut_off["client_id"]) == ("visitor", client_id)
    said, reply = guest.post(client_id, text=QUESTION).json()["messages"]
    assert said == cut_off
    assert (reply["kind"], reply["topics"]) == ("answer", ["mechanism/how_it_works"])
    assert len(guest.log()) == 3
