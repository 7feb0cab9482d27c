"""Bars as numbers for an SVG: where each stands, how high it is, what is written beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 360.0, 132.0
LEFT, TOP, BOTTOM = 28.0, 16.0, 16.0  # room for the scale, for what sticks out at the top, for the labels
LABELS = 6  # at most, so that they do not run into each other on a telephone


@dataclass(frozen=True)
class Bar:
    """One bar, and what it stands for in words."""

    x: float
    y: float
    width: float
    height: float
    says: str


@dataclass(frozen=True)
class Mark:
    """A word at a place."""

    x: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Bars beside each other, from 0 to ``most``."""

    id: str
    name: str
    title: str
    bars: list[Bar]
    marks: list[Mark]
    most: int
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    top: float = TOP
    floor: float = HEIGHT - BOTTOM


def bars(id: str, name: str, values: Sequence[tuple[str, int]]) -> Chart:
    """Draw a bar for every label and value, in their order."""
    most = max((value for _, value in values), default=0)
    step, room = (WIDTH - LEFT) / max(len(values), 1), HEIGHT - TOP - BOTTOM
    drawn, marks, every = [], [], -(-len(values) // LABELS) or 1
    for number, (label, value) in enumerate(values):
        high = room * value / most if most else 0.0
        x = LEFT + number * step
        drawn.append(
            Bar(round(x + step * 0.1, 2), round(TOP + room - high, 2), round(step * 0.8, 2), round(high, 2),
                f"{label}: {value}")
        )  # fmt: skip
        if number % every == 0:
            marks.append(Mark(round(x + step / 2, 2), label))
    return Chart(id, name, f"{name}{_summary(values, most)}", drawn, marks, most)


def _summary(values: Sequence[tuple[str, int]], most: int) -> str:
    """What the chart shows, for whoever does not see it."""
    if not most:
        return ": none"
    peak = next(label for label, value in values if value == most)
    return f": {sum(value for _, value in values)} in all, most at {peak} ({most})"
