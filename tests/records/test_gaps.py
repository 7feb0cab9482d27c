"""Which messages have no answer, and their groups."""

from __future__ import annotations

import pytest

from records import Gap, Mark, Message, Records
from tests.records.parts import opened, received


def asked(records: Records, kind: str = "decline") -> tuple[str, int]:
    conversation = opened(records)
    visitor = received(records, conversation, {"text": "zebrawombat"})
    reply = Message("bot", kind, {"text": "Yes."}, understanding={"candidates": ["safety/bladder"]})
    records.answer(conversation, visitor, [reply])
    return conversation, visitor.seq


@pytest.mark.parametrize(
    ("kind", "judgement", "is_gap"),
    [
        ("decline", None, True), ("decline", "right", False), ("decline", "new_topic", True),
        ("answer", None, False), ("answer", "new_topic", True), ("answer", "decline", False),
    ],
)  # fmt: skip
def test_a_gap_was_declined_or_needs_a_topic_and_is_not_settled_otherwise(
    records: Records, kind: str, judgement: str | None, is_gap: bool
) -> None:
    conversation, seq = asked(records, kind)
    if judgement:
        records.mark(conversation, seq, Mark("Ann", judgement))
    found = [(gap.conversation, gap.seq, gap.text, gap.near) for gap in records.gaps(10)]
    assert found == ([(conversation, seq, "zebrawombat", ("safety/bladder",))] if is_gap else [])


def test_groups_are_replaced_and_lose_what_is_erased_or_settled(records: Records) -> None:
    for _ in range(4):
        asked(records)
    one, two, three, four = records.gaps(10)
    records.keep_groups([[one, two, three, four]])
    records.keep_groups([[one], [two, three, four]])
    assert records.gap_groups(10) == [[two, three, four], [one]]
    assert "zebrawombat" not in repr(one)
    records.erase(two.conversation)
    records.mark(three.conversation, three.seq, Mark("Ann", "right"))
    assert records.gap_groups(10) == [[one], [four]]
    records.keep_groups([[one, two]])
    assert records.gap_groups(10) == [[one]]


def test_what_was_told_to_the_guide_is_no_gap(records: Records, conversation: str) -> None:
    visitor = received(records, conversation, {"text": "zebrawombat", "guide": True})
    records.answer(conversation, visitor, [Message("bot", "decline", {"text": "No."})])
    assert records.gaps(10) == list[Gap]()
