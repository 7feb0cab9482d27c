"""How staff read why a case was opened."""

from __future__ import annotations

from functools import cache

from safety import Screen

OTHER = {
    "guide": "Candidacy guide sent to the clinic",
    "unavailable": "Message without an answer: a part of the assistant was down",
}


def case_title(category: str) -> str:
    """Return the category of a case in words."""
    return OTHER.get(category) or _screen().title(category)


@cache
def _screen() -> Screen:
    """The screen, read when the first title is asked for: half a second that a start need not wait."""
    return Screen()
