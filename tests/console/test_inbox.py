"""The queue: raised crises first, then what is most urgent, then who has waited longest."""

from __future__ import annotations

import re

import pytest

from records import Cause, Contact
from tests.console.parts import NAME, Desk, Staff, in_order, somebody, text_of


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


def test_clinicians_see_the_visitors_last_words_redacted_and_others_none(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation(Cause("m", "U3", ("front_desk",)), text="my first words")
    desk.write(conversation, f"I am {NAME}, <b>zebrawombat</b>\n\n" + "and so on " * 30)
    desk.records.leave_contact(conversation, "0" * 36, Contact("Zebulon", "+12125550123"))
    viewer = somebody(desk, "viewer", "reviewer", "manager")
    for path in ("/inbox", "/inbox/queue"):
        assert "zebrawombat" not in viewer.get(path).text
        shown = clinician.get(path).text
        assert "I am [name], &lt;b&gt;zebrawombat&lt;/b&gt; and so on" in shown and " …</p>" in shown
        for secret in (NAME, "my first words", "Zebulon", "2125550123"):
            assert secret not in shown, secret
    desk.write(conversation, "zebrawombat in the guide")
    desk.sql("UPDATE messages SET body = json_set(body, '$.guide', json('true')) WHERE seq = 4")
    assert "in the guide" not in clinician.get("/inbox").text
    desk.write(conversation, "x" * 300)
    clinician.get("/inbox")
    rows = [row for row in desk.records.audit_rows(conversation=conversation) if row.action == "preview"]
    assert [row.who for row in rows] == [clinician.name] * 2  # once for each of the last words
    desk.sql("ALTER TABLE audit RENAME TO audit_away")
    try:
        assert "xxx" not in clinician.get("/inbox").text
    finally:
        desk.sql("ALTER TABLE audit_away RENAME TO audit")
    desk.records.hold(conversation, "Ann", "letter of a court")
    desk.sql("UPDATE conversations SET owner = 'kept', raised = 'a'")
    assert "xxx" not in clinician.get("/inbox").text


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
