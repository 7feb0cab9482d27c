"""The queue: raised crises first, then what is most urgent, then who has waited longest."""

from __future__ import annotations

import re

import pytest

from records import Cause, Contact
from tests.console.parts import Desk, Staff, in_order, text_of


@pytest.fixture(autouse=True)
def empty(desk: Desk) -> None:
    for table in ("notes", "tags", "contacts", "pages", "flags", "transitions", "cases", "messages", "conversations"):
        desk.sql(f"DELETE FROM {table}")


def waiting(desk: Desk, minutes: int, *causes: Cause) -> str:
    """A conversation whose cases were opened a while ago."""
    conversation = desk.conversation(*causes)
    back = f"-{minutes} minutes"
    desk.sql(
        "UPDATE cases SET opened_at = strftime('%Y-%m-%d %H:%M:%f', opened_at, ?) || '000' WHERE conversation = ?",
        back, conversation,
    )  # fmt: skip
    return conversation


def listed(staff: Staff, path: str = "/inbox") -> list[str]:
    return re.findall(r'href="/console/conversations/([0-9a-f]+)"', staff.get(path).text)


def test_crises_go_first_then_urgency_then_waiting_time(desk: Desk, clinician: Staff) -> None:
    late = waiting(desk, 5, Cause("m", "U3", ("front_desk",)))
    soon = waiting(desk, 2, Cause("e", "U2", ("clinicians",)))
    early = waiting(desk, 90, Cause("k", "U3", ("front_desk",)))
    emergency = waiting(desk, 1, Cause("c", "U0", ("on_call",)))
    young_crisis = waiting(desk, 3, Cause("a", "U1", ("on_call",)))
    old_crisis = waiting(desk, 30, Cause("a", "U1", ("on_call",)))
    plan = waiting(desk, 1, Cause("a", "U0", ("on_call",)))
    expected = [plan, old_crisis, young_crisis, emergency, soon, early, late]
    assert listed(clinician) == expected
    assert listed(clinician, "/inbox/queue") == expected
    assert [one.conversation for one in desk.records.queue()] == expected


def test_a_raised_flag_stays_first_after_the_conversation_is_closed(desk: Desk, clinician: Staff) -> None:
    conversation = waiting(desk, 1, Cause("a", "U1", ("on_call",)))
    waiting(desk, 1, Cause("c", "U0", ("on_call",)))
    desk.records.take_over(conversation, clinician.name)
    desk.records.close(conversation, clinician.name, "spoke by phone")
    assert listed(clinician)[0] == conversation
    desk.records.lower_flag(conversation, clinician.name, "safe")
    assert conversation not in listed(clinician)


def test_who_asks_for_a_person_is_there_and_so_is_what_a_clinician_has(desk: Desk, clinician: Staff) -> None:
    plain, asks, taken = desk.conversation(), desk.conversation(), desk.conversation()
    desk.records.request_person(asks, "asked")
    desk.records.take_over(taken, clinician.name)
    assert set(listed(clinician)) == {asks, taken}
    assert plain not in listed(clinician)
    shown = text_of(clinician.get("/inbox"))
    assert "Waits for a person" in shown
    assert f"With {clinician.name}" in shown


def test_what_nobody_is_told_of_is_not_in_the_queue(desk: Desk, clinician: Staff) -> None:
    waiting(desk, 1, Cause("o", "U4"))
    assert listed(clinician) == []
    assert "Nobody waits for a person." in text_of(clinician.get("/inbox"))


def test_it_says_in_words_what_and_how_long(desk: Desk, clinician: Staff) -> None:
    waiting(desk, 125, Cause("a", "U0", ("on_call",)), Cause("k", "U3", ("front_desk",)))
    waiting(desk, 1, Cause("guide", "U3", ("clinicians",)))
    shown = text_of(clinician.get("/inbox"))
    words = [
        "2 conversations need a person", "Crisis: Suicide or self-harm risk now", "Now", "2 hours",
        "With the assistant", "The visitor wrote last; not acknowledged", "Candidacy guide sent to the clinic",
        "By the next business day", "1 minute",
    ]  # fmt: skip
    assert in_order(shown, words), shown


def test_it_shows_nothing_that_a_visitor_wrote_or_left(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation(Cause("m", "U3", ("front_desk",)), text="my zebrawombat")
    desk.records.leave_contact(conversation, "0" * 36, Contact("zebrawombat", "+12125550123"))
    shown = clinician.get("/inbox").text
    assert "zebrawombat" not in shown and "2125550123" not in shown


def test_what_is_left_of_an_erased_crisis_is_there_and_can_be_acknowledged(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation(Cause("a", "U0", ("on_call",)), text="zebrawombat")
    desk.records.erase(conversation)
    (left,) = listed(clinician)
    assert left != conversation
    page = clinician.get(f"/conversations/{left}")
    assert "Erased by the visitor" in text_of(page)
    assert "Nothing is kept of what was said" in text_of(page)
    found = re.search(r'name="page" value="([0-9a-f]+)"', page.text)
    assert found
    assert clinician.post(f"/conversations/{left}/acknowledge", page=found[1]).status_code == 303
    (case,) = desk.records.cases_of(left)
    assert case.acknowledged_at


def test_the_clock_is_text_that_a_script_can_keep_right(desk: Desk, clinician: Staff) -> None:
    waiting(desk, 7, Cause("m", "U3", ("front_desk",)))
    assert re.search(r'<time datetime="[0-9T:.+-]+" data-clock>7 minutes</time>', clinician.get("/inbox").text)
