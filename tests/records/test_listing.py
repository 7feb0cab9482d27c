"""The list of conversations: what each filter lets through, in which order, and that it holds nobody's words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from records import Cause, Mark, Message, Records, Wanted
from tests.records.parts import CRISIS, opened, received

LONG_AGO, SOON = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
TOPIC = "safety/is_it_safe"


def answered(records: Records, conversation: str, kind: str = "answer", sure: float = 0.9, **body: Any) -> int:
    visitor = received(records, conversation, {"text": "zebrawombat"})
    reply = Message("bot", kind, {"text": "Yes.", **body}, understanding={"intent": "safety", "confidence": sure})
    return records.answer(conversation, visitor, [reply])[0].seq


@pytest.fixture
def two(records: Records) -> tuple[str, str]:
    """One with everything that a filter asks about, and one with nothing of it."""
    full, bare = opened(records), opened(records)
    seq = answered(records, full, topics=[TOPIC], sure=0.6)
    records.escalate(full, 2, [CRISIS])
    records.give_feedback(full, seq, False, "zebrawombat")
    records.add_tag(full, "call", "Dr. Lee")
    records.mark(full, 2, Mark("Dr. Lee", "right"))
    records.take_over(full, "Dr. Lee")
    answered(records, bare, "decline")
    return full, bare


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "answer"}, {"topic": TOPIC}, {"category": "a"}, {"most_sure": 0.7}, {"least_sure": 0.5, "most_sure": 0.7},
        {"helpful": False}, {"escalated": True}, {"owner": "clinician"}, {"tag": "call"}, {"reviewed": True},
        {"kind": "answer", "topic": TOPIC, "helpful": False, "reviewed": True},
    ],
)  # fmt: skip
def test_each_filter_finds_what_it_asks_for_and_nothing_else(
    records: Records, two: tuple[str, str], asked: dict[str, Any]
) -> None:
    assert [one.conversation for one in records.conversations_like(Wanted(**asked), 10)] == [two[0]]


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "decline"}, {"escalated": False}, {"reviewed": False}, {"owner": "bot"}, {"least_sure": 0.8},
    ],
)  # fmt: skip
def test_the_other_one_is_found_by_the_contrary(records: Records, two: tuple[str, str], asked: dict[str, Any]) -> None:
    assert [one.conversation for one in records.conversations_like(Wanted(**asked), 10)] == [two[1]]


@pytest.mark.parametrize(
    "asked",
    [
        {"helpful": True}, {"topic": "safety/is_it_%"}, {"topic": "safety/is_it"}, {"tag": "CALL"},
        {"kind": "decline", "topic": TOPIC}, {"until": LONG_AGO}, {"since": SOON},
    ],
)  # fmt: skip
def test_nothing_is_found_where_nothing_is(records: Records, two: tuple[str, str], asked: dict[str, Any]) -> None:
    assert records.conversations_like(Wanted(**asked), 10) == []


def test_kind_and_topic_are_asked_of_one_reply(records: Records, conversation: str) -> None:
    answered(records, conversation, "answer", topics=["safety/bladder"])
    answered(records, conversation, "clarify", topics=[TOPIC])
    assert records.conversations_like(Wanted(kind="answer", topic=TOPIC), 10) == []
    assert records.conversations_like(Wanted(kind="clarify", topic=TOPIC), 10)


def test_a_row_tells_what_became_of_it_and_no_words(records: Records, two: tuple[str, str]) -> None:
    (one,) = records.conversations_like(Wanted(reviewed=True), 10)
    assert (one.kinds, one.topics, one.categories) == (("answer",), (TOPIC,), ("a",))
    assert (one.owner, one.clinician, one.raised, one.unhelpful, one.tags) == (
        "clinician",
        "Dr. Lee",
        "a",
        True,
        ("call",),
    )
    assert "zebrawombat" not in repr(one)


def test_what_was_told_to_the_guide_and_not_sent_names_no_topic(records: Records, conversation: str) -> None:
    answered(records, conversation, "guide", topics=[TOPIC], guide=True)
    assert records.conversations_like(Wanted(topic=TOPIC), 10) == []
    assert records.conversations_like(Wanted(), 10)[0].topics == ()
    records.keep_guide(conversation)
    assert len(records.conversations_like(Wanted(topic=TOPIC), 10)) == 1


def test_pages_follow_each_other_from_the_newest_and_miss_nothing(records: Records) -> None:
    all_of_them = [opened(records) for _ in range(7)][::-1]
    found, before = list[str](), None
    while page := records.conversations_like(Wanted(), 3, before):
        found += [one.conversation for one in page]
        before = (page[-1].created_at, page[-1].conversation)
        opened(records)  # what comes meanwhile moves nothing
    assert found == all_of_them


def test_what_is_left_of_an_erased_one_is_not_listed(records: Records, conversation: str) -> None:
    records.escalate(conversation, 1, [Cause("a", "U0", ("on_call",))])
    assert records.erase(conversation).kept
    assert records.conversations_like(Wanted(), 10) == []
