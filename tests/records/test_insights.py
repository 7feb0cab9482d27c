"""Figures, held against a handful of conversations whose figures were worked out by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from records import Records
from records.figures import Asked, Escalated, Figures, Flagged, Outcomes, Quarter, Ratings, Said, Span, Waited, Waits
from tests.records.by_hand import ByHand, at, plans
from tests.records.parts import opened

SPAN = Span(at("00:00"), at("00:00", 12))  # the 10th and the 11th
LATER = dt.timedelta(days=1)
NEVER = Waits(0, None, None)
NOTHING = Figures([], Outcomes(0, 0, 0, 0, 0, 0, 0), [], [], Ratings(0, 0, 0, 0), [], Waited(0, NEVER, NEVER, 0), [])


@pytest.fixture
def by_hand(database: Path) -> ByHand:
    return ByHand(database)


def figures(records: Records, by_hand: ByHand, span: Span = SPAN) -> Figures:
    by_hand.put()
    return records.figures(span)


def test_without_conversations_everything_is_nothing(records: Records) -> None:
    assert records.figures(SPAN) == NOTHING


def test_conversations_count_by_when_they_began(records: Records, by_hand: ByHand) -> None:
    by_hand.conversation("before", at("23:59", 9))
    by_hand.conversation("first", at("00:00"), ["visitor", "decline"])
    by_hand.conversation(
        "same quarter", at("00:14"), ["visitor", "clarify", "visitor", "answer"], topic="safety/nausea"
    )
    by_hand.conversation("next quarter", at("00:15"), ["visitor", "advice"])
    by_hand.case("next quarter", "f", at("09:00", 25))  # long after: it belongs to its conversation
    by_hand.conversation("last", at("23:59", 11))
    by_hand.conversation("after", at("00:00", 12))
    by_hand.conversation("erased", at("10:00"), owner="erased")
    assert figures(records, by_hand).quarters == [
        Quarter(at("00:00"), conversations=2, declined=1, clarified=1, escalated=0),
        Quarter(at("00:15"), conversations=1, declined=0, clarified=0, escalated=1),
        Quarter(at("23:45", 11), conversations=1, declined=0, clarified=0, escalated=0),
    ]


def test_what_the_assistant_said(records: Records, by_hand: ByHand) -> None:
    by_hand.conversation("a", at("09:00"), ["visitor", "answer", "visitor", "decline", "visitor", "answer"])
    by_hand.conversation("b", at("10:00"), ["visitor", "decline", "clinician"])
    by_hand.conversation("c", at("11:00"), ["visitor", "clarify"])
    assert figures(records, by_hand).said == [Said("answer", 2, 1), Said("decline", 2, 2), Said("clarify", 1, 1)]


def test_topics_that_were_answered(records: Records, by_hand: ByHand) -> None:
    by_hand.conversation("a", at("09:00"), ["visitor", "answer", "visitor", "answer"], topic="safety/nausea")
    by_hand.conversation("b", at("10:00"), ["visitor", "answer"], topic="safety/nausea logistics/cost")  # two questions
    by_hand.conversation("c", at("11:00"), ["visitor", "clarify"], topic="logistics/cost")  # offered, not answered
    by_hand.rated("a", 3, True)
    by_hand.rated("a", 5, False)
    by_hand.rated("b", 3, True)
    assert figures(records, by_hand).asked == [
        Asked("safety/nausea", answers=3, conversations=2, helpful=2, not_helpful=1),
        Asked("logistics/cost", answers=1, conversations=1, helpful=1, not_helpful=0),
    ]


def test_ratings(records: Records, by_hand: ByHand) -> None:
    for name in "abc":
        by_hand.conversation(name, at("09:00"), ["visitor", "answer", "visitor", "answer"])
    by_hand.rated("a", 3, True)
    by_hand.rated("a", 5, True)
    by_hand.rated("b", 3, True)
    by_hand.rated("b", 5, False)
    by_hand.rated("c", 1, False)  # a word on the chat as a whole
    assert figures(records, by_hand).ratings == Ratings(3, 2, helpful_conversations=2, not_helpful_conversations=2)


def test_every_conversation_has_one_outcome(records: Records, by_hand: ByHand) -> None:
    answered = ["visitor", "answer"]
    by_hand.conversation("silent", at("09:00"))
    by_hand.conversation("by a case", at("09:00"), answered)
    by_hand.case("by a case", "f", at("09:01"))
    by_hand.rated("by a case", 3, True)  # helpful, and yet it needed a person
    by_hand.conversation("by the queue", at("09:00"), answered)
    by_hand.passed_on("by the queue", ("waiting", at("09:01"), "visitor"), ("bot", at("09:05"), "visitor"))
    by_hand.conversation("taken over", at("09:00"), answered)
    by_hand.passed_on("taken over", ("clinician", at("09:01"), "Dr. Lee"), ("bot", at("09:05"), "Dr. Lee"))
    by_hand.conversation("for the record", at("09:00"), answered)  # nobody is told of an insult
    by_hand.case("for the record", "o", at("09:01"), "U4")
    by_hand.conversation("declined last", at("09:00"), [*answered, "visitor", "decline", "visitor", "smalltalk"])
    by_hand.conversation("declined, then answered", at("09:00"), ["visitor", "decline", *answered])
    by_hand.conversation("helpful", at("09:00"), answered)
    by_hand.rated("helpful", 3, True)
    by_hand.conversation("both", at("09:00"), [*answered, *answered])
    by_hand.rated("both", 3, True)
    by_hand.rated("both", 5, False)
    by_hand.conversation("hello", at("09:00"), ["visitor", "smalltalk"])
    found = figures(records, by_hand).outcomes
    assert found == Outcomes(silent=1, person=3, declined=1, not_helpful=1, helpful=1, unrated=2, other=1)
    assert found.all == 10


def test_how_long_cases_waited(records: Records, by_hand: ByHand) -> None:
    seen = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)  # minutes; of ten, the fifth and the ninth are asked for
    for number, minutes in enumerate(seen):
        name = f"c{number}"
        by_hand.conversation(name, at("09:00"), ["visitor", "answer", "clinician"])
        by_hand.case(name, "f", at("09:00"), acknowledged_at=at("09:00") + dt.timedelta(minutes=minutes))
        by_hand.says(name, 4, at("08:00"))  # a clinician's words from before count for nothing
    by_hand.says("c0", 4, at("09:10"))
    by_hand.says("c1", 4, at("09:30"))
    by_hand.conversation("crisis", at("09:00"), ["visitor", "crisis", "clinician", "clinician"])
    by_hand.says("crisis", 4, at("09:07"))
    by_hand.says("crisis", 5, at("09:09"))
    aim = at("09:05")
    by_hand.case("crisis", "a", at("09:00"), "U0", target_at=aim, acknowledged_at=at("09:06"), closed_at=at("10:00"))
    by_hand.case("crisis", "a", at("10:30"), "U0", target_at=at("10:35"))  # again, and nobody has seen it
    by_hand.conversation("given up", at("09:00"), ["visitor", "handoff"])
    by_hand.case("given up", "m", at("09:00"), target_at=aim, closed_at=at("09:30"))  # by the visitor: nobody is late
    m = 60
    assert figures(records, by_hand).escalated == [
        Escalated(
            "f",
            10,
            10,
            still_open=10,
            late=0,
            acknowledged=Waits(10, 16 * m, 256 * m),
            replied=Waits(2, 10 * m, 30 * m),
        ),
        Escalated("a", 2, 1, still_open=1, late=2, acknowledged=Waits(1, 6 * m, 6 * m), replied=Waits(1, 7 * m, 7 * m)),
        Escalated("m", 1, 1, still_open=0, late=0, acknowledged=NEVER, replied=NEVER),
    ]


def test_who_waited_for_a_person(records: Records, by_hand: ByHand) -> None:
    waits = {"answered": ("clinician", "Dr. Lee"), "abandoned": ("bot", "visitor")}
    for what, minutes in (("answered", 3), ("answered", 5), ("answered", 90), ("abandoned", 7)):
        to, by = waits[what]
        by_hand.conversation(f"{what} {minutes}", at("09:00"), ["visitor"])
        end = at("09:00") + dt.timedelta(minutes=minutes)
        by_hand.passed_on(
            f"{what} {minutes}", ("waiting", at("09:00"), "visitor"), (to, end, by), ("bot", end + LATER, by)
        )
    by_hand.conversation("waits", at("09:00"), ["visitor"], owner="waiting")
    by_hand.passed_on(
        "waits",
        ("waiting", at("09:00"), "visitor"),
        ("bot", at("09:01"), "visitor"),
        ("waiting", at("10:00"), "visitor"),
    )
    found = figures(records, by_hand).waited
    assert found == Waited(6, answered=Waits(3, 300, 5400), abandoned=Waits(2, 60, 420), waiting=1)


def test_crisis_flags(records: Records, by_hand: ByHand) -> None:
    by_hand.conversation("twice", at("09:00"), ["visitor", "crisis"])
    by_hand.flag("twice", "a", True, at("09:00"))
    by_hand.flag("twice", "a", False, at("09:40"), "Dr. Lee")
    by_hand.flag("twice", "a", True, at("12:00"))
    by_hand.conversation("no", at("09:00"), ["visitor", "crisis"])
    by_hand.flag("no", "a", True, at("09:00"))
    by_hand.flag("no", "a", False, at("09:01"), "visitor")
    by_hand.conversation("others", at("09:00"), ["visitor", "crisis"])
    by_hand.flag("others", "b", True, at("09:00"))
    by_hand.flag("others", "b", False, at("10:00"), "Dr. Lee")
    assert figures(records, by_hand).flagged == [
        Flagged("a", raised=3, conversations=2, lowered=Waits(1, 2400, 2400), taken_back=1, still_up=1),
        Flagged("b", raised=1, conversations=1, lowered=Waits(1, 3600, 3600), taken_back=0, still_up=0),
    ]


def test_what_the_verbs_wrote_counts_too(records: Records) -> None:
    conversation = opened(records)
    records.request_person(conversation, "asked")
    records.take_over(conversation, "Dr. Lee")
    now = dt.datetime.now(dt.UTC)
    found = records.figures(Span(now - LATER, now + LATER))
    assert (found.waited.requests, found.waited.answered.count, found.outcomes.silent) == (1, 1, 1)


def test_no_figure_reads_all_messages(records: Records, by_hand: ByHand) -> None:
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        if sql.startswith("SELECT"):
            statements.append((sql, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        records.figures(SPAN)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(statements) == 7
    lines = plans(by_hand.database, statements)
    assert [line for line in lines if line.startswith(("SCAN messages", "SCAN conversations", "SCAN cases"))] == []
    assert sum("ix_conversations_created_at" in line for line in lines) == 7
