"""A legal hold keeps a conversation from everybody who would delete it, and says so."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from records import KEPT, Contact, ConversationNotFound, Message, NotHeld, Records
from tests.records.parts import ADVICE, CRISIS, LATER, MINUTE, NOW, OPENING, opened, received, reply

WORD = "zebrawombat"


def test_what_is_held_is_closed_to_its_visitor_and_kept_as_it_was(records: Records) -> None:
    conversation, token, _ = records.open_conversation("https://clinic.example", "en-US", OPENING)
    visitor = received(records, conversation.id, {"text": WORD}, CRISIS, ADVICE)
    records.answer(conversation.id, visitor, [Message("bot", "decline", {"text": "No."})])
    left_open = received(records, conversation.id, {"text": "And?", "choice": "topic:x"})
    records.leave_contact(conversation.id, str(uuid.uuid4()), Contact(name=WORD))
    records.request_person(conversation.id, "why")
    assert records.hold(conversation.id, "Ann", "letter of a court")
    assert not records.hold(conversation.id, "Bob", "another")
    assert len(records.to_review("Bob", 10)) == 1
    erasure = records.erase(conversation.id)
    assert (erasure.held, erasure.kept) == (True, False)
    assert records.to_review("Bob", 10) == []  # kept for legal reasons, not to learn from
    assert records.erase(conversation.id) == erasure

    with pytest.raises(ConversationNotFound):
        records.access(conversation.id, token)
    for write in (
        lambda: received(records, conversation.id),
        lambda: records.answer(conversation.id, left_open, [reply("Yes.")]),
        lambda: records.say(conversation.id, reply("Yes.")),
        lambda: records.take_over(conversation.id, "Ann"),
        lambda: records.add_note(conversation.id, str(uuid.uuid4()), "Ann", "note"),
    ):
        with pytest.raises(ConversationNotFound):
            write()
    assert (records.owner(conversation.id), records.raised(conversation.id), records.unanswered()) == (KEPT, None, [])
    assert [message.body["text"] for message in records.messages_after(conversation.id, 0)] == [
        "Welcome.",
        WORD,
        "No.",
        "And?",
    ]
    assert records.contact_of(conversation.id) == Contact(name=WORD)
    hold, receipt = records.hold_of(conversation.id), records.receipt(erasure.receipt)
    assert hold is not None
    assert receipt is not None
    assert (hold.by, hold.why, hold.receipt) == ("Ann", "letter of a court", erasure.receipt)
    assert (receipt.by, receipt.erased_at, receipt.messages) == ("visitor", None, 4)
    # Whoever may be in need is still looked for; who only wanted an answer is not waited for.
    assert [case.category for case in records.open_cases()] == ["a"]
    (page,) = [page for page in records.due_pages(LATER, 5) if page.team == "on_call"]
    assert records.forget_erased(LATER) == 0
    records.acknowledge(page.token, NOW)
    assert records.forget_erased(NOW + MINUTE) == 0
    assert records.open_cases() == records.queue() == []
    assert len(records.cases_of(conversation.id)) == 2


def test_the_end_of_the_hold_erases_what_was_to_be_erased(database: Path, records: Records) -> None:
    conversation = opened(records)
    received(records, conversation, {"text": WORD})
    records.hold(conversation, "Ann", "zebrawhy")
    erasure = records.erase(conversation, "staff")
    released = records.release(conversation)
    assert released is not None
    assert (released.receipt, released.held) == (erasure.receipt, False)
    receipt = records.receipt(erasure.receipt)
    assert receipt is not None
    assert (receipt.by, receipt.erased_at is not None and receipt.erased_at >= receipt.asked_at) == ("staff", True)
    with pytest.raises(ConversationNotFound):
        records.owner(conversation)
    for path in database.parent.iterdir():
        for gone in (WORD, "zebrawhy", conversation):
            assert gone.encode() not in path.read_bytes(), (path.name, gone)


def test_the_end_of_a_hold_that_stopped_nothing_leaves_all_as_it_is(records: Records, conversation: str) -> None:
    with pytest.raises(NotHeld):
        records.release(conversation)
    records.hold(conversation, "Ann", "why")
    assert records.release(conversation) is None
    assert (records.hold_of(conversation), records.owner(conversation)) == (None, "bot")
    assert not records.erase(conversation).held


def test_only_what_exists_can_be_held(records: Records, conversation: str) -> None:
    records.escalate(conversation, 1, [CRISIS])
    records.erase(conversation)
    (case,) = records.open_cases()
    for gone in (conversation, case.conversation):
        with pytest.raises(ConversationNotFound):
            records.hold(gone, "Ann", "why")


def test_a_receipt_leads_to_no_conversation_and_another_one_to_nothing(records: Records, conversation: str) -> None:
    receipt = records.receipt(records.erase(conversation).receipt)
    assert receipt is not None
    assert receipt.erased_at is not None
    assert conversation not in repr(receipt)
    assert records.receipt("0" * 16) is None
