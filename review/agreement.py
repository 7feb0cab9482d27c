"""How far two people who mark the same messages mean the same by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """``share`` of the ``messages`` on which both agree; ``kappa`` takes off what chance would bring about.

    Kappa is 1 when they always agree, 0 when no more often than by chance; None when nothing can be said.
    """

    messages: int
    share: float | None
    kappa: float | None


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Return how far the two labels of each message agree (Cohen's kappa)."""
    if not pairs:
        return Agreement(0, None, None)
    share = sum(one == two for one, two in pairs) / len(pairs)
    firsts, seconds = Counter(one for one, _ in pairs), Counter(two for _, two in pairs)
    by_chance = sum(firsts[label] * seconds[label] for label in firsts) / len(pairs) ** 2
    return Agreement(len(pairs), share, None if by_chance == 1 else (share - by_chance) / (1 - by_chance))
