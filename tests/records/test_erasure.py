"""What is erased leaves nothing, in any table or file."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from records import ERASED, Case, Cause, Contact, ConversationNotFound, Gap, Mark, Message, MessageNotFound, Records
from tests.records.parts import CRISIS, LATER, MINUTE, NOW, OPENING, QUESTION, count, opened, received, reply, tables

WORD = "zebrawombat"
STAFF = {"staff", "recovery_codes", "invitations", "sessions", "attempts", "audit", "audit_head", "signatures", "views"}
NOT_THE_VISITORS = {"alembic_version", "erasures", "holds", "retentions"} | STAFF  # what is held is not erased


@pytest.fixture
def records(database: Path) -> Iterator[Records]:
    """Records in which every word can be searched, so that all of them must go."""
    one = Records(f"sqlite:///{database}", redact=str)
    yield one
    one.dispose()


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
    records.acknowledge(page.token, NOW)
    records.add_note(conversation, str(uuid.uuid4()), "dr-lee", WORD)
    records.add_tag(conversation, WORD, "dr-lee")
    records.mark(conversation, 2, Mark("dr-lee", "new_topic", note=WORD))
    records.keep_groups([*records.gap_groups(10), [Gap(conversation, 2, NOW, WORD, ())]])
    return conversation


def test_every_row_and_every_word_is_gone(database: Path, records: Records) -> None:
    conversation = full(records)
    ours = tables(database) - NOT_THE_VISITORS
    assert ours >= {"conversations", "messages", "feedback", "cases", "contacts", "pages", "transitions", "flags"}
    assert all(count(database, table) for table in ours), "the test must fill every table"
    first, again = records.erase(conversation), records.erase(conversation)
    assert first.receipt != again.receipt
    assert not first.kept and not again.kept
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


def test_a_crisis_that_nobody_has_seen_is_kept_without_its_words(database: Path, records: Records) -> None:
    conversation, token, _ = records.open_conversation("https://clinic.example", "en-US", OPENING)
    received(records, conversation.id, {"text": f"I will die, {WORD}"}, CRISIS)
    records.escalate(conversation.id, 2, [CRISIS, Cause("f", "U3", ("clinicians",))], {"note": WORD})
    records.leave_contact(conversation.id, str(uuid.uuid4()), Contact(name=WORD, phone=WORD))
    page = next(page for page in records.due_pages(LATER, 5) if page.team == "on_call")
    records.page_sent(page, NOW, NOW)
    before = next(case for case in records.open_cases() if case.category == "a")
    assert records.erase(conversation.id).kept

    (case,) = records.open_cases()
    left = {"conversation": case.conversation, "seq": 0, "summary": None}
    assert case == Case(**{**before.__dict__, **left})
    assert case.conversation != conversation.id
    assert records.owner(case.conversation) == ERASED
    assert [one.token for one in records.pages_of(case.conversation)] == [page.token]
    rows = {table: count(database, table) for table in tables(database) - NOT_THE_VISITORS}
    assert {table: rows[table] for table in rows if rows[table]} == {"conversations": 1, "cases": 1, "pages": 1}
    for path in database.parent.iterdir():
        for gone in (WORD, conversation.id, "clinic.example"):
            assert gone.encode() not in path.read_bytes(), (path.name, gone)
    for wrong in (conversation.id, case.conversation):
        with pytest.raises(ConversationNotFound):
            records.access(wrong, token)
        with pytest.raises(ConversationNotFound):
            received(records, wrong)
        with pytest.raises(ConversationNotFound):
            records.take_over(wrong, "dr-lee")


def test_its_pages_go_on_until_somebody_has_seen_it(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = records.due_pages(LATER, 1)  # on its way while the visitor erases
    records.erase(conversation)
    records.page_sent(page, NOW, NOW)
    following = records.next_in_chain(page, NOW, 2)
    assert following is not None
    assert (following.step, following.case) == (1, page.case)
    assert records.forget_erased(LATER) == 0
    records.acknowledge(following.token, NOW)
    assert records.open_cases()[0].acknowledged_at == NOW
    assert records.forget_erased(NOW) == 0  # whoever did so still looks at it
    assert records.forget_erased(NOW + MINUTE) == 1
    assert records.open_cases() == records.pages_of(following.conversation) == []
    assert records.page_of(page.token) is None


def test_what_is_kept_goes_when_nobody_is_left_to_be_told(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    page = records.due_pages(LATER, 1)[0]
    records.page_sent(page, NOW, NOW)
    records.erase(conversation)
    assert records.forget_erased(LATER) == 0
    assert records.next_in_chain(page, NOW, 1) is None
    assert records.forget_erased(LATER) == 1
    assert records.open_cases() == []


def test_only_what_waits_for_somebody_to_see_it_is_kept(records: Records) -> None:
    for causes in ([Cause("m", "U3", ("front_desk",))], [Cause("a", "U1")]):  # can wait; nobody is told
        conversation = opened(records)
        records.escalate(conversation, 2, causes)
        assert not records.erase(conversation).kept
    one = opened(records)
    records.escalate(one, 2, [CRISIS])
    records.escalate(one, 3, [Cause("c", "U0", ("clinicians",)), Cause("f", "U3", ("clinicians",))])
    records.acknowledge(next(page.token for page in records.pages_of(one) if page.team == "on_call"), NOW)
    assert records.erase(one).kept
    (case,) = records.open_cases()
    assert case.category == "c"
    assert [page.team for page in records.pages_of(case.conversation)] == ["clinicians"]
