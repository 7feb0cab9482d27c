"""A conversation as a regression test: its turns without traces, and what its marked replies must be like."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from records import Mark, Message, Outcome, Reviewed
from review.regressions import NoCase, case_of, differences, renewed

ID = "c" * 24
ANSWER = Outcome("answer", ("safety/bladder",))


def said(seq: int, text: str, **body: Any) -> Message:
    return Message("visitor", "visitor", {"text": text, **body}, seq=seq, redacted=text)


def marked(seq: int, mark: Mark, outcome: Outcome = ANSWER) -> Reviewed:
    return Reviewed(ID, seq, "x", outcome, (mark,), (mark,), 1)


def test_the_turns_up_to_the_last_marked_one_are_kept_without_traces() -> None:
    log = [
        said(2, "mail ann@example.com"), said(4, "Bladder", choice="topic:safety/bladder"), said(6, "told", guide=True),
        Message("bot", "answer", {"text": "Yes."}, seq=7), said(8, "is that bad"), said(10, "My name is Ann"),
    ]  # fmt: skip
    (case,) = yaml.safe_load(case_of(ID, log, [marked(8, Mark("Ann", "decline"))], "US"))
    assert case["turns"] == [
        {"seq": 2, "say": "mail an e-mail address"},
        {"seq": 4, "choose": "topic:safety/bladder"},
        {"seq": 8, "say": "is that bad", "expect": {"kind": "decline"}},
    ]
    assert len(case["origin"]) == 12 and ID not in str(case)


def test_a_later_mark_renews_its_own_turn_also_when_another_was_taken_out() -> None:
    log = [said(2, "hello"), said(4, "is it safe"), said(6, "and the bladder")]
    saved = case_of(ID, log, [marked(4, Mark("Ann", "right")), marked(6, Mark("Ann", "right"))], "US")
    shorter = "".join(line for line in saved.splitlines(keepends=True) if "hello" not in line)
    (case,) = yaml.safe_load(renewed(shorter, [marked(4, Mark("Ann", "right")), marked(6, Mark("Ann", "decline"))]))
    assert case["turns"] == [
        {"seq": 4, "say": "is it safe", "expect": {"kind": "answer", "topics": ["safety/bladder"]}},
        {"seq": 6, "say": "and the bladder", "expect": {"kind": "decline"}},
    ]
    emptied = shorter.split("  turns:")[0] + "  turns:\n"
    assert renewed(emptied, []) == emptied


@pytest.mark.parametrize(
    ("mark", "outcome", "expected"),
    [
        (Mark("Ann", "right"), ANSWER, {"kind": "answer", "topics": ["safety/bladder"]}),
        (Mark("Ann", "right"), Outcome("crisis", (), "a"), {"kind": "crisis", "category": "a"}),
        (Mark("Ann", "topic", topic="x/y"), ANSWER, {"kind": "answer", "topics": ["x/y"]}),
        (Mark("Ann", "category", category="a"), ANSWER, {"category": "a"}),
    ],
)
def test_what_is_expected_is_what_the_mark_says(mark: Mark, outcome: Outcome, expected: dict[str, Any]) -> None:
    (case,) = yaml.safe_load(case_of(ID, [said(2, "hello")], [marked(2, mark, outcome)], "US"))
    assert case["turns"][0]["expect"] == expected


@pytest.mark.parametrize(
    ("log", "reviewed", "why"),
    [
        ([said(2, "hello")], [], "None of its messages"),
        ([said(2, "hello")], [marked(2, Mark("Ann", "new_topic"))], "None of its messages"),
        ([said(2, "I'm Ann"), said(4, "hello")], [marked(4, Mark("Ann", "right"))], "message 2"),
    ],
)
def test_what_cannot_be_a_case_is_said_without_words(log: list[Message], reviewed: list[Reviewed], why: str) -> None:
    with pytest.raises(NoCase, match=why) as refused:
        case_of(ID, log, reviewed, "US")
    assert "Ann" not in str(refused.value)


def test_a_reply_is_compared_by_kind_topics_and_category() -> None:
    expected = {"kind": "answer", "topics": ["safety/bladder"]}
    assert differences(expected, {"kind": "answer", "topics": ["safety/is_it_safe", "safety/bladder"]}) == []
    assert differences(expected, {"kind": "decline", "topics": []}) == [
        "kind is decline, not answer",
        "topics lack safety/bladder",
    ]
    assert differences({"category": "a"}, {"kind": "answer", "category": None}) == ["category is None, not a"]
