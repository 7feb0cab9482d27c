"""What waits for review, in which order; whose marks count; and when they settle a message."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from records import ConversationNotFound, Mark, Message, MessageNotFound, Records
from records.reviews import QUIET_SHARE, TWICE_SHARE, people_for
from tests.records.parts import ADVICE, OPENING, opened_under, received

ONE, TWO = "8" * 24, "8" * 20 + "0000"  # ids: for one reviewer, for two
QUIET = "0" * 20 + "8888"  # drawn by lot, for one reviewer
RIGHT, BLADDER = Mark("Ann", "right"), Mark("Ann", "topic", topic="safety/bladder")


@pytest.fixture
def opened_as(records: Records) -> Callable[[str], str]:
    return partial(opened_under, records)


def asked(records: Records, conversation: str, kind: str = "decline", sure: float = 0.9, **body: Any) -> int:
    visitor = received(records, conversation, {"text": "zebrawombat", **body})
    reply = Message("bot", kind, {"text": "Yes.", "topics": []}, understanding={"confidence": sure})
    records.answer(conversation, visitor, [reply])
    return visitor.seq


def listed(records: Records, person: str = "Ann", limit: int = 50) -> list[tuple[str, int]]:
    return [(one.conversation, one.seq) for one in records.to_review(person, limit)]


@pytest.mark.parametrize(
    ("kind", "sure", "reason"),
    [
        ("decline", 0.9, "declined"), ("clarify", 0.9, "asked back"), ("answer", 0.7, "not sure"),
        ("crisis", 0.9, "escalated"), ("handoff", 0.9, "escalated"),
    ],
)  # fmt: skip
def test_what_went_wrong_is_listed_with_its_reason(
    records: Records, opened_as: Callable[[str], str], kind: str, sure: float, reason: str
) -> None:
    seq = asked(records, opened_as(ONE), kind, sure)
    (one,) = records.to_review("Ann", 10)
    assert (one.conversation, one.seq, one.reasons, one.outcome.kind) == (ONE, seq, (reason,), kind)
    assert "zebrawombat" not in repr(one)


def test_what_did_not_help_and_what_opened_a_case_are_listed(records: Records, opened_as: Callable[[str], str]) -> None:
    first = asked(records, opened_as(ONE), "answer")
    second = asked(records, ONE, "answer")
    assert listed(records) == []
    records.give_feedback(ONE, first + 1, False, None)
    records.give_feedback(ONE, second + 1, True, None)
    records.escalate(ONE, second, [ADVICE])
    assert [one.reasons for one in records.to_review("Ann", 10)] == [("not helpful",), ("escalated",)]


def test_of_the_quiet_ones_only_those_drawn_by_lot_are_listed(
    records: Records, opened_as: Callable[[str], str]
) -> None:
    seq = asked(records, opened_as(QUIET), "answer")
    asked(records, opened_as(ONE), "answer")
    (one,) = records.to_review("Ann", 10)
    assert (one.conversation, one.seq, one.reasons) == (QUIET, seq, ())


def test_the_lot_is_about_as_large_as_it_says(records: Records) -> None:
    ids = [records.open_conversation("", "en-US", OPENING)[0].id for _ in range(400)]
    assert abs(sum(people_for(one) == 2 for one in ids) / 400 - TWICE_SHARE) < 0.1
    assert abs(sum(one < f"{round(QUIET_SHARE * 16**4):04x}" for one in ids) / 400 - QUIET_SHARE) < 0.06


def test_quiet_ones_are_mixed_in_and_each_part_begins_with_the_oldest(
    records: Records, opened_as: Callable[[str], str]
) -> None:
    opened_as(ONE), opened_as(QUIET)
    quiet = [(QUIET, asked(records, QUIET, "answer")) for _ in range(2)]
    bad = [(ONE, asked(records, ONE)) for _ in range(9)]
    assert listed(records) == [*bad[:4], quiet[0], *bad[4:8], quiet[1], bad[8]]
    assert listed(records, limit=3) == bad[:3]


@pytest.mark.parametrize("body", [{"guide": True}, {"choice": "topic:safety/bladder"}])
def test_what_was_told_to_the_guide_or_chosen_is_neither_listed_nor_marked(
    records: Records, opened_as: Callable[[str], str], body: dict[str, Any]
) -> None:
    seq = asked(records, opened_as(ONE), "decline", **body)
    assert listed(records) == []
    with pytest.raises(MessageNotFound):
        records.mark(ONE, seq, RIGHT)


def test_what_the_guide_asked_is_listed_once_it_was_sent_and_gone_once_forgotten(
    records: Records, opened_as: Callable[[str], str]
) -> None:
    seq = asked(records, opened_as(ONE), guide=True)
    records.keep_guide(ONE)
    assert listed(records) == [(ONE, seq)]
    records.mark(ONE, seq, RIGHT)
    assert len(records.reviewed()) == 1


def test_a_message_leaves_the_list_when_one_person_has_marked_it_or_two_where_two_are_wanted(
    records: Records, opened_as: Callable[[str], str]
) -> None:
    one, two = (opened_as(ONE), asked(records, ONE)), (opened_as(TWO), asked(records, TWO))
    for which in (one, two):
        records.mark(*which, RIGHT)
    assert listed(records) == []
    assert listed(records, "Bob") == [two]
    assert records.to_review("Bob", 10)[0].is_second
    records.mark(*two, Mark("Bob", "decline"))
    assert listed(records, "Cem") == []


def test_a_persons_latest_mark_counts_and_all_are_kept(records: Records, opened_as: Callable[[str], str]) -> None:
    seq = asked(records, opened_as(ONE))
    records.mark(ONE, seq, RIGHT)
    records.mark(ONE, seq, BLADDER)
    (one,) = records.reviewed()
    assert [mark.label for mark in one.marks] == ["topic:safety/bladder"]
    assert [mark.label for mark in records.marks_of(ONE)[seq]] == ["right:", "topic:safety/bladder"]
    assert (one.text, one.outcome.kind, "zebrawombat" in repr(one)) == ("zebrawombat", "decline", False)


@pytest.mark.parametrize(
    ("id", "marks", "settled"),
    [
        (ONE, [BLADDER], "topic:safety/bladder"),
        (TWO, [BLADDER], None),
        (TWO, [BLADDER, Mark("Bob", "topic", topic="safety/bladder")], "topic:safety/bladder"),
        (TWO, [BLADDER, Mark("Bob", "topic", topic="safety/is_it_safe")], None),
        (ONE, [BLADDER, Mark("Bob", "decline")], None),
        (TWO, [BLADDER, Mark("Bob", "decline"), Mark("Ann", "decline")], "decline:"),
    ],
)
def test_a_message_is_settled_when_all_who_are_wanted_agree(
    records: Records, opened_as: Callable[[str], str], id: str, marks: list[Mark], settled: str | None
) -> None:
    seq = asked(records, opened_as(id))
    for mark in marks:
        records.mark(id, seq, mark)
    found = records.reviewed()[0].settled
    assert (found.label if found else None) == settled


@pytest.mark.parametrize(
    "wrong",
    [{"judgement": "fine"}, {"judgement": "topic"}, {"judgement": "right", "topic": "x"}, {"judgement": "category"}],
)
def test_a_mark_that_lacks_something_is_none(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"use one of|when its judgement"):
        Mark("Ann", **wrong)


def test_what_is_not_there_is_not_marked(records: Records, opened_as: Callable[[str], str]) -> None:
    seq = asked(records, opened_as(ONE))
    for wrong in (1, seq + 1, 99):  # the opening, the reply, nothing
        with pytest.raises(MessageNotFound):
            records.mark(ONE, wrong, RIGHT)
    records.erase(ONE)
    with pytest.raises(ConversationNotFound):
        records.mark(ONE, seq, RIGHT)
    assert records.reviewed() == []


def test_what_is_long_ago_is_no_longer_listed(
    records: Records, opened_as: Callable[[str], str], database: Path
) -> None:
    asked(records, opened_as(ONE))
    assert len(listed(records)) == 1
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE messages SET sent_at = '2020-01-01 00:00:00.000000'")
    assert listed(records) == []
