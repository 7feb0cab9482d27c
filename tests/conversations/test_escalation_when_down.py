"""Nobody at risk is left alone when Rasa or the action server is down: the panel, the case and the page still come."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from records import Records
from safety import Screen
from tests.conftest import Visitor
from tests.safety.examples import RULES
from tools.house import House

QUESTION = "How does ketamine work?"
RECHECK_SECONDS = 1.0


@pytest.fixture
def records(fragile: House) -> Iterator[Records]:
    one = Records(f"sqlite:///{fragile.var / 'records.db'}")
    yield one
    one.dispose()


def coded(letter: str) -> str:
    """A wording that only the model finds."""
    screen = Screen()
    return next(text for text in RULES[letter]["learnt"] if not screen.check(text) and 20 < len(text) < 90)


@pytest.fixture
def guests(fragile: House) -> Iterator[Callable[[], Visitor]]:
    """Makes visitors, and closes their connections at the end."""
    made: list[Visitor] = []

    def make() -> Visitor:
        made.append(Visitor(fragile.api))
        return made[-1]

    yield make
    for visitor in made:
        visitor.http.close()


def assert_brought_to_a_person(guest: Visitor, records: Records, text: str, letter: str, seconds: float) -> None:
    started = time.monotonic()
    reply = guest.say(text)
    assert time.monotonic() - started < seconds
    assert (reply["kind"], reply["category"]) == ("crisis", letter)
    assert {"tel:911", "tel:988"} <= {contact["href"] for contact in reply["contacts"]}
    assert [case.category for case in records.cases_of(guest.id)] == [letter]
    deadline = time.monotonic() + 15
    while {page.state for page in records.pages_of(guest.id)} != {"sent"}:
        assert time.monotonic() < deadline, records.pages_of(guest.id)
        time.sleep(0.1)
    assert guest.say(QUESTION)["kind"] == "crisis"


def test_with_rasa_and_the_action_server_killed(
    fragile: House, records: Records, guests: Callable[[], Visitor]
) -> None:
    first, second, other = guests(), guests(), guests()
    for part in ("rasa", "actions"):
        fragile.stop_part(part, kill=True)
    try:
        assert_brought_to_a_person(first, records, "i want to kill myself", "a", 3.0)
        assert_brought_to_a_person(second, records, "im going to shoot my ex", "b", 3.0)
        refill = other.say("refill my troches")
        assert (refill["kind"], refill["category"]) == ("advice", "k")
        assert [case.category for case in records.cases_of(other.id)] == ["k"]
        assert other.say(QUESTION)["kind"] == "unavailable"
        assert {case.category for case in records.cases_of(other.id)} == {"k", "unavailable"}
        missed = guests()
        assert missed.say(coded("a"))["kind"] == "unavailable"
    finally:
        for part in ("rasa", "actions"):
            fragile.start_part(part)
        fragile.wait()
    assert_found_later(missed, records, "a")
    records.lower_flag(missed.id, "Dr. Lee", "talked to them")
    fragile.stop_part("frontdesk", kill=True)
    fragile.start_part("frontdesk")
    fragile.wait()
    time.sleep(2 * RECHECK_SECONDS)
    assert records.raised(missed.id) is None  # it is not found once more after a restart
    assert [message["kind"] for message in other.log()].count("unavailable") == 1
    assert len(other.log()) == 5  # nothing was found in the question


def assert_found_later(guest: Visitor, records: Records, letter: str) -> None:
    """Once Rasa is back, what only its model finds gets its reply, its case and its page after all, once."""
    deadline = time.monotonic() + 30
    while (log := guest.log())[-1]["kind"] == "unavailable":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert [message["kind"] for message in log[1:]] == ["visitor", "unavailable", "crisis"]
    assert letter in {case.category for case in records.cases_of(guest.id)}
    assert records.raised(guest.id) == letter
    time.sleep(2 * RECHECK_SECONDS)
    assert guest.log() == log


def test_with_the_action_server_killed_what_only_the_model_finds(
    fragile: House, records: Records, guests: Callable[[], Visitor]
) -> None:
    guest = guests()
    fragile.stop_part("actions", kill=True)
    try:
        assert_brought_to_a_person(guest, records, coded("a"), "a", 5.0)
    finally:
        fragile.start_part("actions")
        fragile.wait()


def test_with_a_frozen_action_server_what_only_the_model_finds(
    fragile: House, records: Records, guests: Callable[[], Visitor]
) -> None:
    guest = guests()
    group = fragile.processes["actions"].pid
    os.killpg(group, signal.SIGSTOP)
    try:
        assert_brought_to_a_person(guest, records, coded("a"), "a", 6.0)
    finally:
        os.killpg(group, signal.SIGCONT)
        fragile.wait()


def test_a_flag_outlives_a_restart_of_everything(
    fragile: House, records: Records, guests: Callable[[], Visitor]
) -> None:
    guest = guests()
    guest.say("i want to die")
    for part in ("rasa", "actions", "frontdesk"):
        fragile.stop_part(part, kill=True)
    for part in ("rasa", "actions", "frontdesk"):
        fragile.start_part(part)
    fragile.wait()
    assert guest.say(QUESTION)["kind"] == "crisis"
    assert guest.say("never mind, i'm fine")["kind"] == "crisis"
