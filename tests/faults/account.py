"""What a schedule's people saw and did, and what the database kept of it: all that the judge hears."""

from __future__ import annotations

import sqlite3
from collections.abc import Set
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from records import Records


@dataclass(frozen=True)
class Row:
    """A message as the database has it."""

    conversation: str
    seq: int
    author: str
    kind: str
    text: str
    client_id: str | None = None
    reply_to: int | None = None
    answered: bool | None = None
    choice: str | None = None


@dataclass(frozen=True)
class Shown:
    """A message as the page shows it; without a number it is still to be sent."""

    seq: int | None
    author: str
    kind: str
    text: str
    delivery: str = ""  # what the page says of its sending


@dataclass
class Life:
    """A page from its loading until it was left or the schedule ended, and what it showed and said last."""

    known: int  # the last number in the log before the page was loaded
    seen: int = 0  # up to here the page before it showed everything: what came after that is news
    first: int = 0  # the last number in the log when the page first showed it
    said: list[str] = field(default_factory=list)  # what the visitor sent from here, in order
    typed: set[str] = field(default_factory=set)  # what of it was typed, not chosen
    shown: list[Shown] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)  # what a screen reader was told
    folded: bool = False  # for a moment: what came then was counted, not read out
    left: bool = False
    warned: bool = False  # before it was left

    @property
    def whole(self) -> int:
        """The number up to which everything was shown, on this page or one before."""
        numbers, last = {message.seq for message in self.shown}, self.seen
        while last + 1 in numbers:
            last += 1
        return last

    @property
    def pending(self) -> list[str]:
        """What was not shown as sent."""
        return [message.text for message in self.shown if message.author == "visitor" and message.seq is None]


@dataclass
class Tab:
    """A tab's lives, and the conversation that it holds."""

    conversation: str | None = None
    lives: list[Life] = field(default_factory=list)


@dataclass
class Takeover:
    """A clinician had a conversation after message ``after`` until message ``until``; None: still has.

    What was stored while it was handed back, up to message ``free``, may have been met by either.
    """

    conversation: str
    after: int
    until: int | None = None
    free: int | None = None


@dataclass
class Account:
    """Everything about one schedule."""

    tabs: list[Tab] = field(default_factory=list)
    takeovers: list[Takeover] = field(default_factory=list)


def conversations(database: Path) -> set[str]:
    """Return the ids of all conversations."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as connection:
        return {row[0] for row in connection.execute("SELECT id FROM conversations")}


def rows(database: Path, records: Records, without: Set[str] = frozenset()) -> list[Row]:
    """Return all messages in the database, in order, but those of some conversations."""
    return [
        Row(one, m.seq, m.author, m.kind, m.body["text"], m.client_id, m.reply_to, m.answered, m.body.get("choice"))
        for one in sorted(conversations(database) - without)
        for m in records.messages_after(one, 0)
    ]
