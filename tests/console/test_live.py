"""Open pages are told that they are out of date, by nothing but a signature, and only while their reader is signed in."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from records import Cause, Message
from tests.console.parts import Desk, Staff, somebody

MARK = "zebrawombat"


@contextmanager
def following(staff: Staff, conversation: str = "") -> Iterator[Iterator[tuple[str, str]]]:
    """Listen; an event is waited for at most ten seconds."""
    with staff.http.stream("GET", "/console/events", params={"conversation": conversation}, timeout=10) as response:
        assert response.status_code == 200
        yield events(response)


def events(response: httpx.Response) -> Iterator[tuple[str, str]]:
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield fields["event"], fields["data"]
            fields = {}


def upcoming(stream: Iterator[tuple[str, str]], wanted: str) -> str:
    return next(data for name, data in stream if name == wanted)


def shown(staff: Staff, path: str) -> str:
    page = staff.get(path).text
    return page.partition('data-signature="')[2].partition('"')[0]


def test_the_first_signatures_are_those_of_the_page(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation()
    with following(clinician, conversation) as stream:
        found = dict(next(stream) for _ in range(3))
    where = f"/conversations/{conversation}"
    assert found["queue"] == shown(clinician, "/inbox/queue")
    assert found["log"] == shown(clinician, f"{where}/log")
    assert found["state"] == shown(clinician, f"{where}/state")


def test_a_new_message_is_told_at_once_and_the_part_fetched_then_shows_it(desk: Desk, clinician: Staff) -> None:
    other, conversation = somebody(desk, "clinician"), desk.conversation()
    with following(clinician, conversation) as stream:
        before = upcoming(stream, "log")
        other.post(f"/conversations/{conversation}/take-over")
        other.post(f"/conversations/{conversation}/reply", text=f"Hello {MARK}", id=str(uuid.uuid4()))
        start = time.monotonic()
        now = upcoming(stream, "log")
        assert time.monotonic() - start < 3
    assert now != before
    part = other.get(f"/conversations/{conversation}/log").text
    assert now in part and MARK in part


def test_what_another_process_wrote_is_told_too(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation()
    with following(clinician, conversation) as stream:
        before = upcoming(stream, "state")
        desk.records.escalate(conversation, 2, [Cause("a", "U1", ("on_call",))])  # nobody wakes the frontdesk
        assert upcoming(stream, "state") != before


def test_events_say_nothing_of_what_was_said(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation(Cause("a", "U0", ("on_call",)), text=MARK)
    with following(clinician, conversation) as stream:
        told = [next(stream) for _ in range(3)]
        desk.records.say(conversation, Message("clinician", "clinician", {"text": MARK}))
        told.append(("log", upcoming(stream, "log")))
    assert all(len(data) == 32 and name in ("queue", "log", "state") for name, data in told)


@pytest.mark.parametrize("how", ["disabled", "signed out", "another role"])
def test_who_may_no_longer_read_is_told_nothing_more(desk: Desk, how: str) -> None:
    staff = somebody(desk, "viewer")
    with following(staff) as stream:
        upcoming(stream, "queue")
        if how == "disabled":
            desk.records.disable(staff.id)
        elif how == "signed out":
            desk.records.end_session(staff.id, desk.records.sessions_of(staff.id)[0].id)
        else:
            desk.records.set_roles(staff.id, ["auditor"])
        start = time.monotonic()
        rest = [name for name, _ in stream]
        assert rest[-1] == "signed-out"
        assert time.monotonic() - start < 6


def test_listening_does_not_keep_a_session_alive(desk: Desk, clinician: Staff) -> None:
    desk.sql(
        "UPDATE sessions SET seen_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '-898 seconds') || '000' WHERE person = ?",
        clinician.id,
    )
    with following(clinician) as stream:
        assert [name for name, _ in stream][-1] == "signed-out"


def test_an_erased_conversation_is_gone(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation()
    with following(clinician, conversation) as stream:
        upcoming(stream, "log")
        desk.records.erase(conversation)
        assert upcoming(stream, "log") == "gone"
    assert clinician.get(f"/conversations/{conversation}/log").status_code == 404
