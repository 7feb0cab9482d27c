"""Visitors who remember what they were told, and the log as the judge of it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from records import Records
from tests.conftest import Visitor
from tests.faults.account import Row, rows


class Guest(Visitor):
    """A visitor who sends what was not acknowledged again, as the widget does."""

    def __init__(self, api: str) -> None:
        super().__init__(api)
        self.acknowledged: list[str] = []  # the ids of the messages

    def send(self, text: str, client_id: str | None = None) -> httpx.Response:
        """Send a message, whatever comes back."""
        client_id = client_id or str(uuid.uuid4())
        response = self.post(client_id, text=text)
        if response.status_code == 200:
            self.acknowledged.append(client_id)
        return response

    def told(self, text: str, client_id: str | None = None) -> dict[str, Any]:
        """Send a message that is taken, and return the one reply."""
        response = self.send(text, client_id)
        assert response.status_code == 200, response.text
        _, reply = response.json()["messages"]
        return dict(reply)


@dataclass
class Verdict:
    """What became of the messages of some visitors."""

    acknowledged: int
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)  # the turn was never ended
    disordered: list[str] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        """Everything that is wrong."""
        kinds = {"lost": self.lost, "doubled": self.doubled, "never ended": self.open, "out of order": self.disordered}
        return [f"{name}: {ids}" for name, ids in kinds.items() if ids]


def verdict(database: Path, records: Records, guests: Iterable[Guest]) -> Verdict:
    """Hold what the guests were told against the log."""
    log = rows(database, records)
    found = Verdict(sum(len(set(guest.acknowledged)) for guest in guests))
    for guest in guests:
        own = [row for row in log if row.conversation == guest.id]
        _judge(own, guest, found)
    return found


def _judge(own: list[Row], guest: Guest, found: Verdict) -> None:
    by_id = Counter(row.client_id for row in own if row.author == "visitor")
    texts = Counter(row.text for row in own if row.author == "visitor")
    found.lost += [one for one in set(guest.acknowledged) if not by_id[one]]
    found.doubled += [text for text, times in texts.items() if times > 1]
    if [row.seq for row in own] != list(range(1, len(own) + 1)):
        found.disordered.append(guest.id)
    for row in own:
        if row.author == "visitor":
            replies = [reply for reply in own if reply.reply_to == row.seq]
            if not row.answered or not replies:
                found.open.append(row.text)
            if len(replies) > 1:
                found.doubled.append(f"the reply to {row.text}")
