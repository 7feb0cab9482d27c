"""What the records say in figures: each belongs to the conversations that began within a span of time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """From ``start`` until before ``end``."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Quarter:
    """A quarter of an hour in which conversations began: how many, and how many of them came to what.

    Quarters, because every time zone of the world is a whole number of them away from UTC.
    """

    begins: dt.datetime
    conversations: int
    declined: int
    clarified: int
    escalated: int


@dataclass(frozen=True)
class Said:
    """How often the assistant said something of a kind, and in how many conversations."""

    kind: str
    messages: int
    conversations: int


@dataclass(frozen=True)
class Asked:
    """A topic that was answered."""

    topic: str
    answers: int
    conversations: int
    helpful: int
    not_helpful: int


@dataclass(frozen=True)
class Waits:
    """How long something took, in seconds. ``median`` and ``p90``: half, and nine in ten, took at most this long.

    They are times that were really waited, never a value between two; without any, None.
    """

    count: int
    median: int | None
    p90: int | None


@dataclass(frozen=True)
class Escalated:
    """The cases of one category. ``replied``: until a person's first words in the chat; telephone is not seen here."""

    category: str
    cases: int
    conversations: int
    still_open: int
    late: int  # acknowledged after the target, or not at all and the target is over
    acknowledged: Waits
    replied: Waits


@dataclass(frozen=True)
class Waited:
    """What came of the wishes for a person."""

    requests: int
    answered: Waits
    abandoned: Waits
    waiting: int


@dataclass(frozen=True)
class Flagged:
    """The crisis flags of one category: by whom they were lowered, and how long they were up."""

    category: str
    raised: int
    conversations: int
    lowered: Waits  # by a clinician
    taken_back: int  # by the visitor's plain no to the assistant's question
    still_up: int


@dataclass(frozen=True)
class Outcomes:
    """What became of conversations. Each is counted once, in the first of these that is true of it."""

    silent: int  # the visitor wrote nothing
    person: int  # went to a person: a case of which somebody is told, the queue, or a clinician
    declined: int  # ended at a decline: no answer after the last one
    not_helpful: int  # answered, and an answer was rated not helpful
    helpful: int  # answered, and rated helpful
    unrated: int  # answered, and nobody said whether it helped
    other: int  # neither answered nor declined: small talk, a question back

    @property
    def all(self) -> int:
        """Every conversation."""
        return sum(self.__dict__.values())


@dataclass(frozen=True)
class Ratings:
    """What visitors said of the assistant's messages, and in how many conversations."""

    helpful: int
    not_helpful: int
    helpful_conversations: int
    not_helpful_conversations: int


@dataclass(frozen=True)
class Figures:
    """All figures of one span, as they are at one moment."""

    quarters: list[Quarter]
    outcomes: Outcomes
    said: list[Said]
    asked: list[Asked]
    ratings: Ratings
    escalated: list[Escalated]
    waited: Waited
    flagged: list[Flagged]
