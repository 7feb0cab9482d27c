"""The marks of a message as one person may see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from frontdesk.console.rights import Right, rights_of
from frontdesk.console.words import mark_words
from records import Mark, Person


@dataclass(frozen=True)
class Shown:
    """One mark, in words. ``counts``: its author has not changed their mind since."""

    by: str
    words: str
    note: str | None
    at: dt.datetime
    counts: bool


@dataclass(frozen=True)
class Marks:
    """All marks of a message. ``hidden``: others have marked it, and one who is still to do so must not see how."""

    shown: tuple[Shown, ...]
    hidden: bool


def marks_shown(marks: Sequence[Mark], wanted: int, person: Person, titles: Mapping[str, str]) -> Marks:
    """Return what ``person`` may see of a message's marks, when ``wanted`` people are to mark it."""
    people = {mark.by for mark in marks}
    if Right.REVIEW in rights_of(person.roles) and person.name not in people and 0 < len(people) < wanted:
        return Marks((), hidden=True)
    last = {mark.by: mark for mark in marks}
    return Marks(
        tuple(Shown(mark.by, mark_words(mark, titles), mark.note, mark.at, last[mark.by] is mark) for mark in marks),
        hidden=False,
    )
