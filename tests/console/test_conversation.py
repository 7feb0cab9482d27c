"""The page of one conversation: all that is known, in words, and nothing that the visitor did not send."""

from __future__ import annotations

import re
import uuid

import pytest

from records import Cause, Contact, Message
from tests.console.parts import Desk, Staff, somebody, text_of

UNDERSTOOD = {
    "intent": "safety", "confidence": 0.834, "topics": ["safety/common_side_effects"],
    "candidates": ["safety/common_side_effects", "mechanism/how_it_works"], "in_guide": False,
    "entities": [{"entity": "condition", "value": "zebrawombat"}],
    "findings": [{"category": "f", "urgency": "U3", "teams": [], "form": None}],
}  # fmt: skip


def answered(desk: Desk) -> str:
    """A conversation with an answer, a contact, a guide, a flag that was raised, and one who asked for a person."""
    body = {
        "text": "Some people feel dizzy.",
        "topics": ["safety/common_side_effects"],
        "sources": [{"id": "x", "title": "Side effects"}],
    }
    reply = Message("bot", "answer", body, understanding=UNDERSTOOD)
    conversation = desk.conversation(text="What are the side effects?", reply=reply)
    desk.records.escalate(
        conversation, 2, [Cause("guide", "U3", ("clinicians",))], {"age": "41 to 60", "heart": ["none"], "sent": True}
    )
    desk.records.escalate(conversation, 2, [Cause("a", "U1", ("on_call",))])
    desk.records.leave_contact(conversation, str(uuid.uuid4()), Contact("Ann", "+12125550123", None, "after 5"))
    desk.records.request_person(conversation, "asked for a person")
    return conversation


@pytest.mark.parametrize(
    "words",
    [
        "Visitor", "What are the side effects?", "Assistant answer,", "Some people feel dizzy.",
        "Intent safety, 83% sure", "Topics", "Runners-up", "Found by the safety screen", "Named condition",
        "Sources shown Side effects", "Crisis flag is up: Suicide or self-harm risk now", "Waits for a person",
        "Candidacy guide sent to the clinic", "Not acknowledged.", "Told: on call", "Name Ann", "Phone +12125550123",
        "Best time after 5", "Age 41 to 60", "Heart none", "Sent yes", "Crisis flag raised: Suicide",
        "With the assistant, then waits for a person, by visitor (asked for a person)", "the conversation began",
    ],
)  # fmt: skip
def test_it_says_all_that_is_known(desk: Desk, clinician: Staff, words: str) -> None:
    page = clinician.get(f"/conversations/{answered(desk)}")
    assert page.status_code == 200
    assert words in text_of(page)
    assert "zebrawombat" not in page.text


def test_what_was_said_in_the_guide_and_not_sent_is_not_shown(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation()
    desk.records.say(
        conversation,
        Message("bot", "guide", {"text": "zebrawombat", "guide": True, "choice": "x"}, understanding=UNDERSTOOD),
    )
    for part in ("", "/log"):
        page = clinician.get(f"/conversations/{conversation}{part}")
        assert "zebrawombat" not in page.text
        assert "has not sent this to the clinic" in text_of(page)


def test_a_viewer_reads_and_is_offered_nothing_to_do(desk: Desk) -> None:
    viewer, conversation = somebody(desk, "viewer"), answered(desk)
    page = viewer.get(f"/conversations/{conversation}").text
    only = ["/console/sign-out", f"/console/conversations/{conversation}/export"]
    assert sorted(re.findall(r'<form[^>]*action="([^"]+)"', page)) == sorted(only)
    assert "Some people feel dizzy." in page


def test_a_flag_is_lowered_with_a_reason_and_by_whom_is_shown(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation(Cause("a", "U1", ("on_call",)))
    assert clinician.post(f"/conversations/{conversation}/lower-flag", reason=" ").status_code == 422
    assert desk.records.raised(conversation) == "a"
    assert clinician.post(f"/conversations/{conversation}/lower-flag", reason="Safety plan made").status_code == 303
    assert desk.records.raised(conversation) is None
    assert f"by {clinician.name} (Safety plan made)" in text_of(clinician.get(f"/conversations/{conversation}"))


def test_a_page_is_acknowledged_and_the_visitor_is_told(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation(Cause("a", "U0", ("on_call",)))
    (page,) = desk.records.pages_of(conversation)
    assert clinician.post(f"/conversations/{conversation}/acknowledge", page=page.id).status_code == 303
    (case,) = desk.records.cases_of(conversation)
    assert case.acknowledged_by == "on_call"
    assert [message.author for message in desk.records.messages_after(conversation, 2)] == ["system"]
    shown = text_of(clinician.get(f"/conversations/{conversation}"))
    assert "by on call" in shown and "Acknowledge for" not in shown


def test_a_page_of_another_conversation_is_not_acknowledged_from_here(desk: Desk, clinician: Staff) -> None:
    conversation, other = desk.conversation(), desk.conversation(Cause("a", "U0", ("on_call",)))
    (page,) = desk.records.pages_of(other)
    assert clinician.post(f"/conversations/{conversation}/acknowledge", page=page.id).status_code == 404
    assert not desk.records.cases_of(other)[0].acknowledged_at


def test_every_field_has_a_label_and_every_table_a_caption(desk: Desk, manager: Staff) -> None:
    manager.desk.records.set_roles(manager.id, ["manager", "clinician"])
    conversation = answered(desk)
    manager.post(f"/conversations/{conversation}/take-over")
    for path in ("/inbox", "/people", f"/people/{manager.id}", "/account", "/audit", f"/conversations/{conversation}"):
        page = manager.get(path).text
        labelled = set(re.findall(r'<label for="([^"]+)"', page))
        fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", page)
        named = [field for field in fields if 'type="hidden"' not in field and 'type="checkbox"' not in field]
        for field in named:
            found = re.search(r'\bid="([^"]+)"', field)
            assert found and found[1] in labelled, field
        assert page.count("<table") == page.count("<caption"), path
        assert page.count("<h1") == page.count("<main") == 1, path
        assert 'class="skip" href="#main"' in page
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), path
