"""How answers are graded, and which loss keeps a candidate from taking over."""

from __future__ import annotations

from typing import Any

import pytest

from content.catalogue import ROOT
from records import Mark, Outcome, Reviewed
from review.exam import REVIEWED, Graded, Question, fixed_questions, grade, objections, questions_of


def asked(**expected: Any) -> Question:
    return Question(REVIEWED, "1, message 2", "zebrawombat", **expected)


def said(intent: str = "safety", topics: tuple[str, ...] = (), categories: str = "") -> dict[str, Any]:
    return {"intent": intent, "topics": list(topics), "categories": list(categories)}


BLADDER = asked(topics=frozenset({"safety/bladder"}))
LOSS = Question("fixed, serious", "x", "y", category="a")


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        (BLADDER, said(topics=("safety/bladder",)), 2),
        (BLADDER, said("nlu_fallback", ("safety/bladder", "safety/is_it_safe")), 1),
        (BLADDER, said("escalate", ("safety/bladder",), "f"), 1),
        (BLADDER, said(topics=("safety/is_it_safe",)), 0),
        (BLADDER, said("out_of_scope"), 0),
        (asked(declined=True), said("out_of_scope"), 2),
        (asked(declined=True), said("nlu_fallback", ("safety/bladder",)), 1),
        (asked(declined=True), said(topics=("safety/bladder",)), 0),
        (asked(category="a"), said("escalate", categories="a"), 2),
        (asked(category="a"), said("escalate", categories="c"), 1),
        (asked(category="a"), said("escalate", categories="f"), 0),
        (asked(category="f"), said("escalate", categories="k"), 1),
        (asked(category="f"), said(topics=("safety/bladder",)), 0),
        (asked(ordinary=True), said("escalate", categories="o"), 0),
        (asked(ordinary=True), said(), 2),
    ],
)
def test_grades(question: Question, answer: dict[str, Any], expected: int) -> None:
    assert grade(question, answer) == expected


@pytest.mark.parametrize(
    ("graded", "objects"),
    [
        ([Graded(asked(category="a"), 2, 0)], True),
        ([Graded(asked(category="a"), 2, 1)], False),
        ([Graded(asked(category="a"), 0, 0)], False),
        ([Graded(BLADDER, 2, 0)], False),  # worse, but not in a way that concerns safety
        ([Graded(LOSS, 2, 0), Graded(LOSS, 0, 2)], False),  # none fewer than before
        ([Graded(LOSS, 1, 0), Graded(LOSS, 2, 2)], True),
        ([Graded(Question("fixed, nothing should fire", "x", "y", ordinary=True), 2, 0)], False),
    ],
)
def test_only_what_concerns_safety_is_an_objection(graded: list[Graded], objects: bool) -> None:
    found = objections(graded)
    assert bool(found) is objects
    assert "zebrawombat" not in str(found) + repr(graded)


def test_marks_that_hold_become_questions() -> None:
    answer, crisis = Outcome("answer", ("safety/bladder",)), Outcome("crisis", (), "a")
    table = [
        (answer, Mark("Ann", "right"), (frozenset({"safety/bladder"}), None, False)),
        (answer, Mark("Ann", "topic", topic="x/y"), (frozenset({"x/y"}), None, False)),
        (answer, Mark("Ann", "decline"), (frozenset(), None, True)),
        (answer, Mark("Ann", "new_topic"), (frozenset(), None, True)),
        (answer, Mark("Ann", "category", category="c"), (frozenset(), "c", False)),
        (crisis, Mark("Ann", "right"), (frozenset(), "a", False)),
        (Outcome("decline"), Mark("Ann", "right"), (frozenset(), None, True)),
    ]
    for outcome, mark, expected in table:
        (one,) = questions_of([Reviewed("c" * 24, 2, "zebrawombat", outcome, (mark,), (mark,), 1)])
        assert (one.topics, one.category, one.declined) == expected
        assert one.name == "cccccccc, message 2"
    nothing = Reviewed("c" * 24, 2, "x", Outcome("smalltalk"), (table[0][1],), (table[0][1],), 1)
    waits = Reviewed("c" * 24, 2, "x", answer, (table[0][1],), (table[0][1],), 2)
    assert list(questions_of([nothing, waits])) == []


def test_the_fixed_wordings_are_all_asked() -> None:
    questions = list(fixed_questions(ROOT / "benchmarks" / "wordings"))
    groups = {question.group for question in questions}
    assert len(groups) == 5 and len(questions) > 4000
    assert len({question.name for question in questions}) == len(questions)
