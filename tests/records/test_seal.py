"""What is sealed opens where it was sealed, as it was, and nowhere else; what says so says no word of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import Contact, KeyProblem, KeyRing, Mark, Records, SealBroken
from records.seal import Seal
from records.sealed_rows import close_message, open_message
from tests.records.parts import ADVICE, changed, opened, received

KEY = bytes(range(32))
WORD = "zebrawombat"
SIMPLE = st.none() | st.booleans() | st.integers() | st.text()
JSON = SIMPLE | st.lists(SIMPLE, max_size=3) | st.dictionaries(st.text(), SIMPLE, max_size=3)
PLACES = st.tuples(st.sampled_from(["message", "note"]), st.integers(1, 9))


@given(JSON, PLACES)
def test_what_was_sealed_opens_as_it_was_and_never_looks_the_same_twice(content: Any, place: tuple[str, int]) -> None:
    seal = Seal("c1", KEY)
    sealed = seal.close(*place, content)
    assert Seal("c1", KEY).open(*place, sealed) == content
    assert seal.close(*place, content) != sealed


@given(st.text(), st.integers(min_value=0), st.integers(1, 255))
def test_one_altered_byte_is_refused(text: str, position: int, flip: int) -> None:
    sealed = bytearray(Seal("c1", KEY).close("message", 7, WORD + text))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(SealBroken, match="message 7 of conversation c1 ") as refused:
        Seal("c1", KEY).open("message", 7, bytes(sealed))
    assert WORD not in f"{refused.value!r} {refused.value.__cause__!r}"


@given(st.binary(max_size=40))
def test_bytes_that_were_never_sealed_are_refused(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        Seal("c1", KEY).open("message", 7, sealed)


@given(PLACES, PLACES, st.sampled_from(["c1", "c2"]))
def test_it_opens_at_no_other_place(here: tuple[str, int], there: tuple[str, int], conversation: str) -> None:
    sealed = Seal("c1", KEY).close(*here, WORD)
    if (conversation, here) == ("c1", there):
        return
    with pytest.raises(SealBroken):
        Seal(conversation, KEY).open(*there, sealed)


@given(
    st.dictionaries(st.sampled_from(["text", "choice", "guide", "topics", "category"]), JSON, min_size=1),
    st.none() | st.dictionaries(st.sampled_from(["confidence", "intent", "entities"]), JSON),
)
def test_a_message_comes_back_whole(body: dict[str, Any], understanding: dict[str, Any] | None) -> None:
    row = {"seq": 3, "body": body, "understanding": understanding}
    stored = close_message(Seal("c1", KEY), row)
    found = open_message(Seal("c1", KEY), stored)
    assert (found["body"], found["understanding"]) == (body, understanding)
    assert set(stored["body"]) <= {"topics", "guide", "choice"}
    assert stored["body"].get("choice") in (None, True)
    assert set(stored["understanding"] or ()) <= {"confidence"}


def two_of_everything(records: Records) -> str:
    conversation = opened(records)
    for number in (1, 2):
        received(records, conversation, {"text": f"{WORD} {number}"}, ADVICE)
        records.add_note(conversation, str(uuid.uuid4()), "Ann", f"{WORD} {number}")
        records.leave_contact(conversation, str(uuid.uuid4()), Contact(name=f"{WORD} {number}"))
        records.request_person(conversation, f"{WORD} {number}")
        records.cancel_request(conversation)
        records.mark(conversation, 2, Mark("Ann", "right", note=f"{WORD} {number}"))
    return conversation


@pytest.mark.parametrize(
    ("table", "read"),
    [
        ("messages", lambda records, conversation: records.messages_after(conversation, 0)),
        ("notes", lambda records, conversation: records.notes_of(conversation)),
        ("contacts", lambda records, conversation: records.contact_of(conversation)),
        ("transitions", lambda records, conversation: records.transitions_of(conversation)),
        ("marks", lambda records, conversation: records.marks_of(conversation)),
    ],
)
def test_two_rows_whose_sealed_bytes_are_swapped_are_refused(
    records: Records, database: Path, table: str, read: Callable[[Records, str], Any]
) -> None:
    conversation = two_of_everything(records)
    assert WORD in str(read(records, conversation)) or table == "contacts"
    number = "seq" if table == "messages" else "number"
    last, before = (
        row
        for (row,) in changed(
            database, f"SELECT {number} FROM {table} WHERE sealed IS NOT NULL ORDER BY 1 DESC LIMIT 2"
        )
    )
    swap = f"UPDATE {table} SET sealed = (SELECT sealed FROM {table} WHERE {number} = ?) WHERE {number} = ?"
    changed(database, swap, before, last)
    with pytest.raises(SealBroken, match=f"of conversation {conversation} ") as refused:
        read(records, conversation)
    assert WORD not in str(refused.value)


def test_a_case_of_another_conversation_lends_it_no_summary(records: Records, database: Path) -> None:
    one, other = opened(records), opened(records)
    for conversation in (one, other):
        records.escalate(conversation, 1, [ADVICE], {"age": WORD})
    (case,) = records.cases_of(one)
    assert case.summary == {"age": WORD}
    changed(
        database,
        "UPDATE cases SET sealed = (SELECT sealed FROM cases WHERE conversation = ?) WHERE conversation = ?",
        other,
        one,
    )
    with pytest.raises(SealBroken, match=f"summary of case {case.id} of conversation {one} "):
        records.cases_of(one)


def test_a_data_key_of_another_conversation_opens_nothing(records: Records, other: Records, database: Path) -> None:
    one, two = opened(records), opened(records)
    changed(
        database,
        "UPDATE data_keys SET wrapped = (SELECT wrapped FROM data_keys WHERE conversation = ?) WHERE conversation = ?",
        two,
        one,
    )
    with pytest.raises(KeyProblem, match=one):
        other.messages_after(one, 0)
    assert other.messages_after(two, 0)


@given(st.text())
def test_what_is_no_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(KeyProblem) as refused:
        KeyRing.parse(f"id:{WORD}{text}")
    assert WORD not in str(refused.value)


def test_staff_read_the_redacted_text_and_what_the_guide_has_not_sent_is_not_among_it(database: Path) -> None:
    records = Records(f"sqlite:///{database}", redact=lambda text: text.replace(WORD, "[name]"))
    conversation = opened(records)
    received(records, conversation, {"text": f"I am {WORD}"})
    received(records, conversation, {"text": "Is it safe?", "choice": "topic:safety/is_it_safe"})
    said = received(records, conversation, {"text": f"{WORD} again", "guide": True})
    assert [message.redacted for message in records.messages_after(conversation, 0)] == [
        None,
        "I am [name]",
        None,
        None,
    ]
    assert [message.readable for message in records.messages_after(conversation, 0)] == [
        "Welcome.",
        "I am [name]",
        "Is it safe?",
        None,
    ]
    records.keep_from_guide(conversation, said.seq)
    assert records.messages_after(conversation, 3)[0].redacted == "[name] again"
    received(records, conversation, {"text": WORD, "guide": True})
    records.forget_guide(conversation, "Forgotten.")
    assert records.messages_after(conversation, 4)[0].redacted is None
    records.dispose()
