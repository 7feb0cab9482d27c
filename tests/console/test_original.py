"""What people wrote is shown redacted; the original is shown for a reason, once, and to the clinician who answers."""

from __future__ import annotations

import re

import pytest

from records import Message
from tests.console.parts import NAME, Desk, Staff, somebody, text_of

REASON = "The visitor asked to be called by name"
SIGNATURE = re.compile(r'data-signature="(\w+)"')
TEXT = f"I am {NAME}. Is it safe?"


def actions(desk: Desk, conversation: str) -> list[tuple[str, str | None]]:
    return [(row.action, row.reason) for row in desk.records.audit_rows(conversation=conversation)[::-1]]


@pytest.mark.parametrize("part", ["", "/log"])
def test_what_the_visitor_wrote_is_redacted(desk: Desk, clinician: Staff, part: str) -> None:
    page = clinician.get(f"/conversations/{desk.conversation(text=TEXT)}{part}")
    assert "I am [name]. Is it safe?" in text_of(page) and NAME not in page.text


def test_without_a_redacted_copy_nothing_is_shown(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation(text=TEXT)
    desk.sql("UPDATE messages SET redacted = NULL WHERE conversation = ?", conversation)
    page = clinician.get(f"/conversations/{conversation}")
    assert "There is no redacted copy of this yet" in text_of(page) and "Is it safe?" not in page.text
    assert "Welcome." in page.text


@pytest.mark.parametrize("role", ["clinician", "manager"])
def test_the_original_is_shown_once_for_a_reason_that_is_kept(desk: Desk, role: str) -> None:
    staff, conversation = somebody(desk, role), desk.conversation(text=TEXT)
    assert "Show original" in text_of(staff.get(f"/conversations/{conversation}"))
    shown = staff.post(f"/conversations/{conversation}/original", reason=REASON)
    assert shown.status_code == 200 and TEXT in text_of(shown)
    assert NAME not in staff.get(f"/conversations/{conversation}").text
    assert actions(desk, conversation) == [("read", None), ("read-original", REASON), ("read", None)]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_without_a_reason_nothing_is_opened(desk: Desk, clinician: Staff, reason: str) -> None:
    conversation = desk.conversation(text=TEXT)
    refused = clinician.post(f"/conversations/{conversation}/original", reason=reason)
    assert refused.status_code == 422 and NAME not in refused.text
    assert actions(desk, conversation) == []


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
def test_whoever_may_not_is_not_offered_it_and_refused(desk: Desk, role: str) -> None:
    staff, conversation = somebody(desk, role), desk.conversation(text=TEXT)
    assert "Show original" not in staff.get(f"/conversations/{conversation}").text
    refused = staff.post(f"/conversations/{conversation}/original", reason=REASON)
    assert refused.status_code == 403 and NAME not in refused.text


def test_what_cannot_be_written_down_is_not_opened(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation(text=TEXT)
    desk.sql("ALTER TABLE audit RENAME TO audit_away")
    try:
        refused = clinician.post(f"/conversations/{conversation}/original", reason=REASON)
    finally:
        desk.sql("ALTER TABLE audit_away RENAME TO audit")
    assert refused.status_code == 503 and NAME not in refused.text


def test_the_clinician_who_has_the_conversation_reads_the_original(desk: Desk, clinician: Staff) -> None:
    conversation, other = desk.conversation(text=TEXT), somebody(desk, "clinician")
    clinician.post(f"/conversations/{conversation}/take-over")
    for part in ("", "/log"):
        assert TEXT in text_of(clinician.get(f"/conversations/{conversation}{part}"))
        assert NAME not in other.get(f"/conversations/{conversation}{part}").text
    clinician.post(f"/conversations/{conversation}/hand-back")
    assert NAME not in clinician.get(f"/conversations/{conversation}").text
    assert actions(desk, conversation)[1] == ("read-original", None)


def test_what_the_guide_has_not_sent_stays_closed(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation()
    desk.records.say(conversation, Message("bot", "guide", {"text": NAME, "guide": True}))
    assert NAME not in clinician.post(f"/conversations/{conversation}/original", reason=REASON).text


def test_a_copy_that_is_made_later_makes_the_open_page_out_of_date(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation(text=TEXT)
    desk.sql("UPDATE messages SET redacted = NULL WHERE conversation = ?", conversation)
    before = SIGNATURE.findall(clinician.get(f"/conversations/{conversation}/log").text)
    assert list(desk.records.make_readable())
    page = clinician.get(f"/conversations/{conversation}/log").text
    assert SIGNATURE.findall(page) != before and "I am [name]" in page
