"""One clinician has a conversation. Who is too late is told who was first, and nothing of theirs is done."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.conftest import Visitor
from tests.console.parts import Desk, Staff, somebody, text_of

ROUNDS = 25


@pytest.fixture
def other(desk: Desk) -> Staff:
    return somebody(desk, "clinician", name=f"Dr. Other {uuid.uuid4().hex[:6]}")


def test_of_those_who_take_over_at_the_same_moment_one_wins_and_the_others_are_told_who(desk: Desk) -> None:
    staff = [somebody(desk, "clinician") for _ in range(4)]
    winners: set[str] = set()
    with ThreadPoolExecutor(len(staff)) as pool:
        for _ in range(ROUNDS):
            conversation, barrier = desk.conversation(), threading.Barrier(len(staff))

            def take(one: Staff, its: str = conversation, start: threading.Barrier = barrier) -> httpx.Response:
                start.wait()
                return one.post(f"/conversations/{its}/take-over")

            answers = list(pool.map(take, staff))
            won = [one for one, answer in zip(staff, answers) if answer.status_code == 303]
            assert len(won) == 1, [answer.status_code for answer in answers]
            held = desk.records.held(conversation)
            assert (held.owner, held.clinician) == ("clinician", won[0].name)
            assert len(desk.records.transitions_of(conversation)) == 1
            for one, answer in zip(staff, answers):
                if one is not won[0]:
                    assert answer.status_code == 409
                    assert f"{won[0].name} has this conversation. Nothing was done." in text_of(answer)
            winners.add(won[0].name)
    assert len(winners) > 1  # it was a race


def test_taking_over_twice_is_taking_over_once(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation()
    for _ in range(2):
        assert clinician.post(f"/conversations/{conversation}/take-over").status_code == 303
    assert len(desk.records.transitions_of(conversation)) == 1


@pytest.mark.parametrize(
    ("step", "fields"),
    [("reply", {"text": "My long reply", "id": "a" * 36}), ("hand-back", {}), ("close", {"outcome": "done"})],
)
def test_who_does_not_have_it_does_nothing_with_it(
    desk: Desk, clinician: Staff, other: Staff, step: str, fields: dict[str, str]
) -> None:
    conversation = desk.conversation()
    before = clinician.post(f"/conversations/{conversation}/{step}", **fields)
    assert (before.status_code, "Take it over first" in text_of(before)) == (409, True)
    other.post(f"/conversations/{conversation}/take-over")
    after = clinician.post(f"/conversations/{conversation}/{step}", **fields)
    assert (after.status_code, f"{other.name} has this conversation" in text_of(after)) == (409, True)
    if step == "reply":
        assert "What you typed was not sent" in text_of(after) and "My long reply" in after.text
    assert len(desk.records.messages_after(conversation, 2)) == 0
    assert desk.records.held(conversation).clinician == other.name


def test_after_a_take_over_the_assistant_is_silent_until_it_is_handed_back(desk: Desk, clinician: Staff) -> None:
    visitor = Visitor(desk.house.api)
    desk.browsers.append(visitor.http)
    clinician.post(f"/conversations/{visitor.id}/take-over")
    assert [one["author"] for one in visitor.post(text="Are you there?").json()["messages"]] == ["visitor"]
    assert visitor.http.get(f"/{visitor.id}/messages").json()["owner"] == "clinician"
    clinician.post(f"/conversations/{visitor.id}/hand-back")
    assert [one["author"] for one in visitor.post(text="And now?").json()["messages"]] == ["visitor", "bot"]


def test_closing_keeps_the_outcome_and_ends_the_cases(desk: Desk, clinician: Staff) -> None:
    from records import Cause

    conversation = desk.conversation(Cause("k", "U3", ("front_desk",)))
    clinician.post(f"/conversations/{conversation}/take-over")
    assert clinician.post(f"/conversations/{conversation}/close", outcome="Spoke by phone").status_code == 303
    assert desk.records.owner(conversation) == "closed"
    assert all(case.closed_at for case in desk.records.cases_of(conversation))
    shown = text_of(clinician.get(f"/conversations/{conversation}"))
    assert f"then closed, by {clinician.name} (Spoke by phone)" in shown
    again = clinician.post(f"/conversations/{conversation}/take-over")
    assert (again.status_code, "opens again when the visitor writes" in text_of(again)) == (409, True)


def test_a_conversation_is_passed_to_another_clinician(desk: Desk, clinician: Staff, other: Staff) -> None:
    conversation = desk.conversation()
    clinician.post(f"/conversations/{conversation}/take-over")
    assert other.name in clinician.get(f"/conversations/{conversation}").text
    assert clinician.post(f"/conversations/{conversation}/transfer", to=other.id).status_code == 303
    assert desk.records.held(conversation).clinician == other.name
    assert clinician.post(f"/conversations/{conversation}/hand-back").status_code == 409
    assert other.post(f"/conversations/{conversation}/reply", text="Hello", id=str(uuid.uuid4())).status_code == 303
    assert f"by {clinician.name} (to {other.name})" in text_of(other.get(f"/conversations/{conversation}"))


def test_nobody_passes_on_what_they_do_not_have_nor_to_whom_cannot_answer(
    desk: Desk, clinician: Staff, other: Staff
) -> None:
    conversation, viewer = desk.conversation(), somebody(desk, "viewer")
    assert clinician.post(f"/conversations/{conversation}/transfer", to=other.id).status_code == 409
    clinician.post(f"/conversations/{conversation}/take-over")
    desk.records.disable(other.id)
    for to in (viewer.id, other.id, "0" * 16):
        assert clinician.post(f"/conversations/{conversation}/transfer", to=to).status_code == 404
    assert desk.records.held(conversation).clinician == clinician.name


def test_the_visitors_of_who_is_disabled_go_into_the_queue(desk: Desk, clinician: Staff, other: Staff) -> None:
    conversation, theirs = desk.conversation(), desk.conversation()
    other.post(f"/conversations/{conversation}/take-over")
    clinician.post(f"/conversations/{theirs}/take-over")
    desk.records.disable(other.id)
    held = desk.records.held(conversation)
    assert (held.owner, held.clinician, held.waiting_since is not None) == ("waiting", None, True)
    assert desk.records.transitions_of(conversation)[-1].why == "no longer here"
    assert desk.records.held(theirs).clinician == clinician.name
    assert clinician.post(f"/conversations/{conversation}/take-over").status_code == 303


def test_a_conversation_that_is_none_is_said_to_be_none(desk: Desk, clinician: Staff) -> None:
    for nothing in ("0" * 24, "x", "<b>"):
        assert clinician.get(f"/conversations/{nothing}").status_code == 404
        assert clinician.post(f"/conversations/{nothing}/take-over").status_code == 404
    conversation = desk.conversation()
    desk.records.erase(conversation)
    answer = clinician.post(f"/conversations/{conversation}/take-over")
    assert (answer.status_code, "There is no such conversation" in text_of(answer)) == (404, True)
