"""Which Rasa worker answers a conversation, and which ones rest because they did not answer."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence

REST_SECONDS = 5.0  # until a worker that did not answer is tried again


class Workers:
    """Spreads conversations over Rasa workers by rendezvous hashing.

    A conversation stays with one worker, so that what this one remembers of it is there. When that worker does not
    answer, only its conversations move, each to the next of its own ranking; afterwards they move back. A moved
    conversation loses what Rasa's memory holds: the last two turns, without words, and the guide under way.

    Args:
        urls: Where the workers listen.

    Raises:
        ValueError: There is none.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        if not urls:
            raise ValueError("No Rasa worker is named. Set FRONTDESK_RASA_URL, such as http://127.0.0.1:5005.")
        self._urls = list(dict.fromkeys(urls))
        self._resting: dict[str, float] = {}

    def all(self) -> list[str]:
        """Return every worker, whether it rests or not."""
        return list(self._urls)

    def ranked(self, conversation: str) -> list[str]:
        """Return all workers in the order in which to ask them; those that rest come last."""
        now = time.monotonic()
        by_weight = sorted(self._urls, key=lambda url: hashlib.sha256(f"{url} {conversation}".encode()).digest())
        return sorted(by_weight, key=lambda url: self._resting.get(url, 0.0) > now)

    def rest(self, url: str) -> None:
        """Ask others first for a while: ``url`` does not answer."""
        self._resting[url] = time.monotonic() + REST_SECONDS

    def answered(self, url: str) -> None:
        """Remember that ``url`` answers."""
        self._resting.pop(url, None)
