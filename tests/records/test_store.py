"""Conversations and their log."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from records import ConversationNotFound, Message, MessageNotFound, Records, WrongOwner
from tests.records.parts import OPENING, QUESTION, at_once, count, opened, received, reply


def test_a_conversation_opens_with_its_own_token_only(records: Records) -> None:
    conversation, token, opening = records.open_conversation("", "en-US", OPENING)
    assert (opening.seq, opening.body) == (1, OPENING.body)
    assert records.access(conversation.id, token) == conversation
    assert (conversation.owner, conversation.raised, conversation.last_seq) == ("bot", None, 1)
    other = records.open_conversation("", "en-US", OPENING)
    for wrong in ("", "x", other[1], token + "x", token.swapcase()):
        with pytest.raises(ConversationNotFound):
            records.access(conversation.id, wrong)
    with pytest.raises(ConversationNotFound):
        records.access("no-such", token)


def test_a_token_is_not_kept(database: Path, records: Records) -> None:
    token = records.open_conversation("", "en-US", OPENING)[1]
    files = b"".join(path.read_bytes() for path in database.parent.iterdir())
    assert token.encode() not in files


def test_a_message_is_received_once_a_client_id(records: Records, conversation: str) -> None:
    client_id = str(uuid.uuid4())
    first = records.receive(conversation, client_id, QUESTION)
    assert (first.seq, first.client_id, first.body, first.answered) == (2, client_id, QUESTION, False)
    assert records.receive(conversation, client_id, {"text": "Other words."}) == first
    assert received(records, conversation).seq == 3
    assert len(records.messages_after(conversation, 0)) == 3


def test_times_come_back_with_their_zone(records: Records, conversation: str) -> None:
    first = received(records, conversation)
    assert first.sent_at.tzinfo is not None
    assert records.messages_after(conversation, 1) == [first]


def test_a_turn_is_closed_once(records: Records, conversation: str) -> None:
    visitor = received(records, conversation)
    (stored,) = records.answer(conversation, visitor, [reply("Yes.")])
    assert (stored.seq, stored.reply_to, stored.body["text"]) == (3, visitor.seq, "Yes.")
    assert records.answer(conversation, visitor, [reply("No.")]) == [stored]
    assert records.replies_to(conversation, visitor) == [stored]
    assert [message.seq for message in records.messages_after(conversation, 0)] == [1, 2, 3]
    assert records.receive(conversation, str(visitor.client_id), QUESTION).answered is True


def test_many_threads_keep_one_order(records: Records, conversation: str) -> None:
    def turn(number: int) -> list[int]:
        visitor = received(records, conversation, {"text": str(number)})
        (stored,) = records.answer(conversation, visitor, [reply(str(number))])
        return [visitor.seq, stored.seq]

    with ThreadPoolExecutor(8) as pool:
        numbers = [seq for pair in pool.map(turn, range(40)) for seq in pair]
    log = records.messages_after(conversation, 1)
    assert sorted(numbers) == [message.seq for message in log] == list(range(2, 82))


def test_two_processes_with_one_message_store_it_once(records: Records, other: Records, conversation: str) -> None:
    for _ in range(10):
        client_id = str(uuid.uuid4())
        one, same = at_once(
            partial(records.receive, conversation, client_id, QUESTION),
            partial(other.receive, conversation, client_id, QUESTION),
        )
        assert one == same
        first, second = at_once(
            partial(records.answer, conversation, one, [reply("Yes.")]),
            partial(other.answer, conversation, one, [reply("No.")]),
        )
        assert first == second
        assert len(first) == 1
    assert len(records.messages_after(conversation, 0)) == 21


def test_a_notice_is_appended_and_answers_nothing(records: Records, conversation: str) -> None:
    visitor = received(records, conversation)
    notice = records.say(conversation, Message("system", "notice", {"text": "A clinician joined."}))
    assert (notice.seq, notice.reply_to) == (3, None)
    assert records.replies_to(conversation, visitor) == []
    assert records.messages_after(conversation, 2) == [notice]


def test_a_clinicians_message_sent_twice_is_stored_once(records: Records, conversation: str) -> None:
    words = Message("clinician", "clinician", {"text": "Hello."}, client_id=str(uuid.uuid4()))
    assert records.say(conversation, words) == records.say(conversation, words)
    assert len(records.messages_after(conversation, 0)) == 2


def test_the_assistant_says_nothing_while_a_clinician_has_it(records: Records, conversation: str) -> None:
    records.take_over(conversation, "dr-lee")
    with pytest.raises(WrongOwner):
        records.say(conversation, reply("By the way."))
    for author in ("system", "clinician"):
        records.say(conversation, Message(author, "notice", {"text": "Hello."}))
    assert [message.author for message in records.messages_after(conversation, 1)] == ["system", "clinician"]


def test_feedback_is_for_messages_of_the_bot(database: Path, records: Records, conversation: str) -> None:
    visitor = received(records, conversation)
    for seq in (visitor.seq, 9):
        with pytest.raises(MessageNotFound):
            records.give_feedback(conversation, seq, True, None)
    records.give_feedback(conversation, 1, True, "Good.")
    records.give_feedback(conversation, 1, False, None)
    assert count(database, "feedback") == 1


def test_a_message_for_the_team_is_expected_once(records: Records, conversation: str) -> None:
    assert not records.take_note(conversation)
    records.expect_note(conversation)
    records.expect_note(conversation)
    assert sorted(at_once(*[lambda: records.take_note(conversation)] * 4)) == [False, False, False, True]
    assert not records.take_note(opened(records))


def test_what_the_visitor_writes_after_a_take_over_is_for_the_clinician(records: Records, conversation: str) -> None:
    records.expect_note(conversation)
    records.take_over(conversation, "dr-lee")
    assert not records.take_note(conversation)
