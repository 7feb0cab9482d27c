"""The verbs of the records, on a fresh database each."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from records import Case, ConversationNotFound, Message, MessageNotFound, Records
from records.migrate import upgrade

OPENING = Message("bot", "opening", {"text": "Welcome."})
QUESTION = {"text": "Is it safe?"}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "records.db"


@pytest.fixture
def records(database: Path) -> Iterator[Records]:
    upgrade(f"sqlite:///{database}")
    one = Records(f"sqlite:///{database}")
    yield one
    one.close()


@pytest.fixture
def conversation(records: Records) -> str:
    return records.open_conversation("https://clinic.example", "en-US", OPENING)[0].id


def reply(text: str) -> Message:
    return Message("bot", "answer", {"text": text, "topics": ["safety/is_it_safe"]}, understanding={"intent": "safety"})


def change(database: Path, statement: str, *values: str) -> None:
    """Do what another process may do to the tables."""
    with closing(sqlite3.connect(database, timeout=5)) as connection, connection:
        connection.execute(statement, values)


def count(database: Path, table: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return found


def test_migrations_may_run_again_and_keep_what_is_there(database: Path, records: Records, conversation: str) -> None:
    upgrade(f"sqlite:///{database}")
    assert records.is_ready()
    assert [message.body for message in records.messages_after(conversation, 0)] == [OPENING.body]


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
    assert records.receive(conversation, str(uuid.uuid4()), QUESTION).seq == 3
    assert len(records.messages_after(conversation, 0)) == 3


def test_a_turn_is_closed_once(records: Records, conversation: str) -> None:
    visitor = records.receive(conversation, str(uuid.uuid4()), QUESTION)
    (stored,) = records.answer(conversation, visitor, [reply("Yes.")])
    assert (stored.seq, stored.reply_to, stored.body["text"]) == (3, visitor.seq, "Yes.")
    assert records.answer(conversation, visitor, [reply("No.")]) == [stored]
    assert records.replies_to(conversation, visitor) == [stored]
    assert [message.seq for message in records.messages_after(conversation, 0)] == [1, 2, 3]
    assert records.receive(conversation, str(visitor.client_id), QUESTION).answered is True


def test_many_threads_keep_one_order(records: Records, conversation: str) -> None:
    def turn(number: int) -> list[int]:
        visitor = records.receive(conversation, str(uuid.uuid4()), {"text": str(number)})
        (stored,) = records.answer(conversation, visitor, [reply(str(number))])
        return [visitor.seq, stored.seq]

    with ThreadPoolExecutor(8) as pool:
        numbers = [seq for pair in pool.map(turn, range(40)) for seq in pair]
    log = records.messages_after(conversation, 1)
    assert sorted(numbers) == [message.seq for message in log] == list(range(2, 82))


def test_two_threads_with_one_message_store_it_once(records: Records, conversation: str) -> None:
    for _ in range(10):
        client_id = str(uuid.uuid4())
        with ThreadPoolExecutor(2) as pool:
            one, other = pool.map(lambda _, same=client_id: records.receive(conversation, same, QUESTION), range(2))
        assert one == other
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(
                lambda text, visitor=one: records.answer(conversation, visitor, [reply(text)]), ("Yes.", "No.")
            )
        assert first == second
    assert len(records.messages_after(conversation, 0)) == 21


def test_after_a_takeover_no_reply_is_stored(database: Path, records: Records, conversation: str) -> None:
    visitor = records.receive(conversation, str(uuid.uuid4()), QUESTION)
    change(database, "UPDATE conversations SET owner = 'clinician' WHERE id = ?", conversation)
    assert records.owner(conversation) == "clinician"
    assert records.answer(conversation, visitor, [reply("Yes.")]) == []
    change(database, "UPDATE conversations SET owner = 'bot' WHERE id = ?", conversation)
    assert records.answer(conversation, visitor, [reply("Yes.")]) == []  # the turn is over
    assert [message.kind for message in records.messages_after(conversation, 0)] == ["opening", "visitor"]


def test_there_is_one_case_a_cause(records: Records, conversation: str) -> None:
    first = records.open_case(conversation, "a", "U0", 2)
    assert (first.conversation, first.cause, first.urgency, first.seq) == (conversation, "a", "U0", 2)
    assert records.open_case(conversation, "a", "U3", 4) == first
    second: Case = records.open_case(conversation, "unavailable", "U3", 4)
    assert records.cases_of(conversation) == [first, second]
    other = records.open_conversation("", "en-US", OPENING)[0].id
    assert records.open_case(other, "a", "U0", 2).id != first.id


def test_a_raised_flag_stays(records: Records) -> None:
    conversation, token, _ = records.open_conversation("", "en-US", OPENING)
    assert records.raised(conversation.id) is None
    records.raise_flag(conversation.id, "a")
    records.raise_flag(conversation.id, "b")
    assert records.raised(conversation.id) == "a"
    assert records.access(conversation.id, token).raised == "a"


def test_feedback_is_for_messages_of_the_bot(database: Path, records: Records, conversation: str) -> None:
    visitor = records.receive(conversation, str(uuid.uuid4()), QUESTION)
    for seq in (visitor.seq, 9):
        with pytest.raises(MessageNotFound):
            records.give_feedback(conversation, seq, True, None)
    records.give_feedback(conversation, 1, True, "Good.")
    records.give_feedback(conversation, 1, False, None)
    assert count(database, "feedback") == 1


def test_what_is_erased_leaves_no_row_and_no_word(database: Path, records: Records, conversation: str) -> None:
    kept = records.open_conversation("", "en-US", OPENING)[0].id
    visitor = records.receive(conversation, str(uuid.uuid4()), {"text": "About my zebrawombat."})
    records.answer(conversation, visitor, [reply("Yes.")])
    records.give_feedback(conversation, 3, True, "zebrawombat")
    records.open_case(conversation, "a", "U0", 2)
    assert records.erase(conversation) != records.erase(conversation)
    assert {table: count(database, table) for table in ("conversations", "messages", "feedback", "cases")} == {
        "conversations": 1, "messages": 1, "feedback": 0, "cases": 0,
    }  # fmt: skip
    for path in database.parent.iterdir():
        assert b"zebrawombat" not in path.read_bytes(), path.name
    assert len(records.messages_after(kept, 0)) == 1


def test_nothing_can_be_written_to_what_is_erased(database: Path, records: Records, conversation: str) -> None:
    visitor = records.receive(conversation, str(uuid.uuid4()), QUESTION)
    records.erase(conversation)
    with pytest.raises(ConversationNotFound):
        records.receive(conversation, str(uuid.uuid4()), QUESTION)
    with pytest.raises(ConversationNotFound):
        records.open_case(conversation, "a", "U0", 2)
    with pytest.raises(ConversationNotFound):
        records.owner(conversation)
    with pytest.raises(MessageNotFound):
        records.give_feedback(conversation, 1, True, None)
    records.raise_flag(conversation, "a")
    assert records.answer(conversation, visitor, [reply("Yes.")]) == []
    assert {count(database, table) for table in ("conversations", "messages", "feedback", "cases")} == {0}
