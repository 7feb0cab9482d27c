"""What the verbs for listing and reviewing conversations take and give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

RIGHT, TOPIC, DECLINE, CATEGORY, NEW_TOPIC = "right", "topic", "decline", "category", "new_topic"
GAPS = 4000  # so many of the latest are grouped: more take much memory, and are old
JUDGEMENTS = (RIGHT, TOPIC, DECLINE, CATEGORY, NEW_TOPIC)


@dataclass(frozen=True)
class Wanted:
    """Which conversations to list. What is None is not asked about.

    ``kind``, ``topic``, ``least_sure`` and ``most_sure`` are asked of one and the same reply.
    """

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    kind: str | None = None
    topic: str | None = None
    category: str | None = None
    least_sure: float | None = None
    most_sure: float | None = None
    helpful: bool | None = None
    escalated: bool | None = None
    owner: str | None = None
    tag: str | None = None
    reviewed: bool | None = None
    words: str | None = field(default=None, repr=False)  # all in one message, the last perhaps only begun


@dataclass(frozen=True)
class Listed:
    """A conversation in the list: what became of it, and no word of anybody but what was searched for."""

    conversation: str
    created_at: dt.datetime
    owner: str
    clinician: str | None
    raised: str | None
    kinds: tuple[str, ...]  # of the assistant's replies, in order, each once
    topics: tuple[str, ...]
    categories: tuple[str, ...]  # of its cases
    unhelpful: bool
    reviewed: bool
    tags: tuple[str, ...]
    hit: Hit | None = None


@dataclass(frozen=True)
class Hit:
    """The first message that has the words that were searched for, and what stands there, redacted, in parts."""

    seq: int
    excerpt: tuple[tuple[str, bool], ...] = field(repr=False)  # each part with whether it is a hit


@dataclass(frozen=True)
class Mark:
    """What one person thinks should have become of a visitor's message.

    ``judgement`` is one of :data:`JUDGEMENTS`; ``topic`` goes with "topic", ``category`` with "category".

    Raises:
        ValueError: It is none of them, or lacks what goes with it.
    """

    by: str
    judgement: str
    topic: str | None = None
    category: str | None = None
    note: str | None = None
    at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    def __post_init__(self) -> None:
        if self.judgement not in JUDGEMENTS:
            raise ValueError(f"judgement '{self.judgement}': use one of {JUDGEMENTS}")
        for needs, value in ((TOPIC, self.topic), (CATEGORY, self.category)):
            if (self.judgement == needs) != bool(value):
                raise ValueError(f"a mark has a {needs} when its judgement is '{needs}', and only then")

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Mark:
        """The mark in an opened row of its table."""
        return cls(**{key: row[key] for key in cls.__dataclass_fields__})

    @property
    def label(self) -> str:
        """What was judged, in a word: two marks agree when it is the same."""
        return f"{self.judgement}:{self.topic or self.category or ''}"


@dataclass(frozen=True)
class Outcome:
    """What became of a visitor's message: the kind of its first reply, and what that was about."""

    kind: str
    topics: tuple[str, ...] = ()
    category: str | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class ToReview:
    """A visitor's message that somebody should mark, and why it is in the list; no reason: it was drawn by lot."""

    conversation: str
    seq: int
    at: dt.datetime
    outcome: Outcome
    reasons: tuple[str, ...]
    is_second: bool  # somebody else has marked it; a second person is wanted


@dataclass(frozen=True)
class Reviewed:
    """A visitor's message with the latest mark of each person. The words are kept out of ``repr``, and so of logs."""

    conversation: str
    seq: int
    text: str = field(repr=False)
    outcome: Outcome
    marks: tuple[Mark, ...]
    first: tuple[Mark, ...]  # what each person thought before they could know what others did
    wanted: int  # so many people are to mark it
    redacted: str | None = field(default=None, repr=False)  # the text as staff may read it; None: not yet

    @property
    def settled(self) -> Mark | None:
        """The mark that holds: all who were wanted have marked it, and all agree. None: not so yet."""
        labels = {mark.label for mark in self.marks}
        return self.marks[0] if len(self.marks) >= self.wanted and len(labels) == 1 else None


@dataclass(frozen=True)
class Gap:
    """A message for which there is no answer, and the topics that came nearest; its words are kept out of ``repr``."""

    conversation: str
    seq: int
    at: dt.datetime
    text: str = field(repr=False)
    near: tuple[str, ...]
