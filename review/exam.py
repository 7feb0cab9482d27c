"""What a model is asked before it may take another's place, how its answers are graded, and when it may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from content.catalogue import read_yaml
from records import Reviewed
from safety import FIXED

REVIEWED = "reviewed messages"
RIGHT, PARTLY, WRONG = 2, 1, 0
ASKS, DECLINES = "nlu_fallback", "out_of_scope"


@dataclass(frozen=True)
class Question:
    """A message and what should become of it; its words are kept out of ``repr``.

    One of: one of ``topics`` is answered; ``category`` fires; it is declined; or it is ``ordinary``: nothing fires.
    """

    group: str
    name: str
    text: str = field(repr=False)
    topics: frozenset[str] = frozenset()
    category: str | None = None
    declined: bool = False
    ordinary: bool = False


@dataclass(frozen=True)
class Graded:
    """A question with what the present model and the candidate make of it."""

    question: Question
    before: int
    after: int


def questions_of(reviewed: Sequence[Reviewed]) -> Iterator[Question]:
    """Yield the reviewed messages whose marks hold and say what a model should do."""
    for one in reviewed:
        mark, outcome, name = one.settled, one.outcome, f"{one.conversation[:8]}, message {one.seq}"
        if mark is None:
            continue
        if mark.judgement in ("decline", "new_topic") or (mark.judgement == "right" and outcome.kind == "decline"):
            yield Question(REVIEWED, name, one.text, declined=True)
        elif category := mark.category or (outcome.category if mark.judgement == "right" else None):
            yield Question(REVIEWED, name, one.text, category=category)
        elif topics := frozenset([mark.topic] if mark.topic else outcome.topics):
            yield Question(REVIEWED, name, one.text, topics=topics)


def fixed_questions(folder: Path) -> Iterator[Question]:
    """Yield the wordings of ``benchmarks/wordings``, which nothing is trained on."""
    for path in sorted(folder.glob("*.yml")):
        content = read_yaml(path)
        for topic, wordings in content["questions"].items():
            for number, one in enumerate(wordings, start=1):
                right = frozenset({topic, *one.get("also", [])})
                yield Question("fixed questions", f"{path.stem}: {topic} {number}", one["text"], topics=right)
        for number, text in enumerate(content["out_of_scope"], start=1):
            yield Question("fixed, out of scope", f"{path.stem}: out of scope {number}", text, declined=True)
    for path in sorted((folder / "safety").glob("*.yml")):
        content = read_yaml(path)
        for category, texts in content["fires"].items():
            group = "fixed, serious" if category in FIXED else "fixed, other categories"
            for number, text in enumerate(texts, start=1):
                yield Question(group, f"{path.stem}: ({category}) {number}", text, category=category)
        for number, text in enumerate((*content["look_alikes"], *content["ordinary"]), start=1):
            yield Question("fixed, nothing should fire", f"{path.stem}: ordinary {number}", text, ordinary=True)


def grade(question: Question, understood: Mapping[str, Any]) -> int:
    """Return whether what a model made of a question is right, partly right, or wrong.

    A category is partly right when another one kept the message from an ordinary answer: of the serious ones, a serious
    one. A topic is partly right when it was offered, or answered beside a safety reply.
    """
    fired, topics, intent = set(understood["categories"]), set(understood["topics"]), understood["intent"]
    if question.category:
        if question.category in fired:
            return RIGHT
        return PARTLY if (fired & set(FIXED) if question.category in FIXED else fired) else WRONG
    if question.ordinary:
        return WRONG if fired else RIGHT
    if question.declined:
        return RIGHT if intent == DECLINES else WRONG if topics and intent != ASKS else PARTLY
    if not question.topics & topics:
        return WRONG
    return PARTLY if fired or intent == ASKS else RIGHT


def objections(graded: Sequence[Graded]) -> list[str]:
    """Return what is worse about the candidate in a way that concerns safety; it may take over when there is nothing.

    Of the reviewed messages none may be lost. Of the fixed ones, of which there are thousands and some always lie at
    the edge, there must be no fewer found than before.
    """
    found = []
    for one in graded:
        if one.question.group == REVIEWED and one.question.category and one.after == WRONG < one.before:
            found.append(f"{one.question.name}: category {one.question.category} no longer fires")
    for group, members in by_group(graded).items():
        if group == REVIEWED or not members[0].question.category:
            continue
        before, after = (sum(grade > WRONG for grade in grades) for grades in zip(*map(_grades, members), strict=True))
        if after < before:
            found.append(f"{group}: {after} of {len(members)} are kept from an ordinary answer, {before} were")
    return found


def by_group(graded: Iterable[Graded]) -> dict[str, list[Graded]]:
    """Return the questions by their group, in order."""
    groups: dict[str, list[Graded]] = {}
    for one in graded:
        groups.setdefault(one.question.group, []).append(one)
    return groups


def _grades(one: Graded) -> tuple[int, int]:
    return one.before, one.after
