"""What is erased leaves nothing, in any table or file."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from records import Cause, Contact, ConversationNotFound, Message, MessageNotFound, Records
from tests.records.parts import CRISIS, LATER, NOW, QUESTION, count, opened, received, reply, tables

WORD = "zebrawombat"
NOT_THE_VISITORS = {"alembic_version", "erasures"}


def full(records: Records) -> str:
    """A conversation with something in every table."""
    conversation = opened(records)
    visitor = received(records, conversation, {"text": f"About my {WORD}."}, CRISIS)
    records.answer(conversation, visitor, [reply("Yes.")])
    records.give_feedback(conversation, 3, True, WORD)
    records.escalate(conversation, 2, [Cause("f", "U3", ("clinicians",))], {"note": WORD})
    records.leave_contact(conversation, str(uuid.uuid4()), Contact(name=WORD, phone=WORD, email=WORD, best_time=WORD))
    page = records.due_pages(LATER, 1)[0]
    records.page_sent(page, NOW, NOW)
    records.next_in_chain(page, NOW, 2)
    records.request_person(conversation, WORD)
    records.take_over(conversation, "dr-lee")
    records.lower_flag(conversation, "dr-lee", WORD)
    records.say(conversation, Message("clinician", "clinician", {"text": WORD}))
    return conversation


def test_every_row_and_every_word_is_gone(database: Path, records: Records) -> None:
    conversation = full(records)
    ours = tables(database) - NOT_THE_VISITORS
    assert ours >= {"conversations", "messages", "feedback", "cases", "contacts", "pages", "transitions", "flags"}
    assert all(count(database, table) for table in ours), "the test must fill every table"
    assert records.erase(conversation) != records.erase(conversation)
    assert {table: count(database, table) for table in ours if count(database, table)} == {}
    for path in database.parent.iterdir():
        assert WORD.encode() not in path.read_bytes(), path.name


def test_other_conversations_are_untouched(database: Path, records: Records) -> None:
    kept = full(records)
    rows = {table: count(database, table) for table in tables(database) - NOT_THE_VISITORS}
    records.erase(full(records))
    assert {table: count(database, table) for table in rows} == rows
    assert len(records.messages_after(kept, 0)) == 4
    assert records.contact_of(kept) is not None


def test_nothing_can_be_written_to_what_is_erased(database: Path, records: Records, conversation: str) -> None:
    visitor = received(records, conversation)
    records.erase(conversation)
    for write in (
        lambda: received(records, conversation, QUESTION, CRISIS),
        lambda: records.answer(conversation, visitor, [reply("Yes.")]),
        lambda: records.say(conversation, reply("Yes.")),
        lambda: records.escalate(conversation, 2, [CRISIS]),
        lambda: records.lower_flag(conversation, "dr-lee", "why"),
        lambda: records.expect_note(conversation),
        lambda: records.owner(conversation),
    ):
        with pytest.raises(ConversationNotFound):
            write()
    with pytest.raises(MessageNotFound):
        records.give_feedback(conversation, 1, True, None)
    assert not records.take_note(conversation)
    assert records.raised(conversation) is None
    assert {count(database, table) for table in tables(database) - NOT_THE_VISITORS} == {0}
