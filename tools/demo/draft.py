"""One invented conversation while it is being written: its rows, and the time that has come in it."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from records.entries import CHOICE, PEOPLE
from records.handoff import VISITOR
from safety import Finding

ORIGIN = "demo data"  # by which these conversations can always be told from real ones


class NotYet(Exception):
    """What should happen next would be in the future: the conversation is left as it is."""


@dataclass
class Draft:
    """A conversation, and every row that belongs to it.

    Args:
        draw: Where chance comes from.
        at: When it begins; goes on with what happens.
        until: Nothing happens after this.
        locale: The visitor's.
    """

    draw: random.Random
    at: dt.datetime
    until: dt.datetime
    locale: str
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.id = f"{self.draw.getrandbits(96):024x}"
        self.row: dict[str, Any] = {
            "id": self.id, "token_hash": "", "origin": ORIGIN, "locale": self.locale, "owner": "bot",
            "clinician": None, "waiting_since": None, "raised": None, "last_seq": 0, "created_at": self.at,
        }  # fmt: skip
        self.rows["conversations"].append(self.row)

    @property
    def owner(self) -> str:
        """Who has it."""
        return str(self.row["owner"])

    def wait(self, seconds: float) -> None:
        """Let time pass.

        Raises:
            NotYet: That would be in the future.
        """
        self.wait_until(self.at + dt.timedelta(seconds=seconds))

    def wait_until(self, at: dt.datetime) -> None:
        """Let time pass until ``at``; not back.

        Raises:
            NotYet: That would be in the future.
        """
        if at > self.until:
            raise NotYet
        self.at = max(self.at, at)

    def about(self, median: float, spread: float = 0.7) -> float:
        """A time that is mostly near ``median`` and now and then much longer."""
        return median * self.draw.lognormvariate(0.0, spread)

    def say(self, author: str, kind: str, body: dict[str, Any], **more: Any) -> int:
        """Write a message down, and return its number."""
        self.row["last_seq"] += 1
        is_own = author in PEOPLE and CHOICE not in body  # invented: there is nothing to redact
        self.rows["messages"].append(
            {
                "conversation": self.id, "seq": self.row["last_seq"], "client_id": None, "reply_to": None,
                "answered": None, "author": author, "kind": kind, "body": body, "understanding": None,
                "redacted": body["text"] if is_own else None, "sent_at": self.at, **more,
            }
        )  # fmt: skip
        return int(self.row["last_seq"])

    def visitor(self, body: dict[str, Any]) -> int:
        """The visitor writes or chooses. The turn is over: the frontdesk would answer what is left open."""
        return self.say("visitor", "visitor", body, client_id=self.unique(), answered=True)

    def bot(self, reply: dict[str, Any], understanding: dict[str, Any] | None = None) -> int:
        """The assistant answers the last message."""
        asked = self.row["last_seq"]
        self.wait(self.draw.uniform(0.2, 1.5))
        body = {key: value for key, value in reply.items() if key != "kind"}
        return self.say("bot", reply["kind"], body, reply_to=asked, understanding=understanding)

    def pass_on(self, to: str, by: str = VISITOR, why: str | None = None) -> None:
        """Somebody else has it from here on."""
        self._add("transitions", from_owner=self.owner, to_owner=to, by=by, why=why, at=self.at)
        self.row.update(
            owner=to,
            clinician=by if to == "clinician" else None,
            waiting_since=self.at if to == "waiting" else None,
        )

    def flag(self, category: str, raised: bool, by: str | None = None, why: str | None = None) -> None:
        """Raise the flag, or lower it."""
        self._add("flags", category=category, raised=raised, by=by, why=why, at=self.at)
        self.row["raised"] = category if raised else None

    def case(self, finding: Finding, seq: int, target: dt.datetime | None, summary: Any = None) -> dict[str, Any]:
        """Open a case, and return it."""
        self._add(
            "cases", id=f"{self.draw.getrandbits(64):016x}", category=finding.category, form=finding.form or "",
            urgency=finding.urgency, seq=seq, teams=list(finding.teams), opened_at=self.at, target_at=target,
            acknowledged_at=None, acknowledged_by=None, summary=summary, closed_at=None,
        )  # fmt: skip
        return self.rows["cases"][-1]

    def page(self, case: dict[str, Any], team: str, step: int, answered: bool) -> None:
        """Somebody was told, in time or not. Nothing is left to send: nobody must hear of an invented crisis."""
        sent = case["opened_at"] + dt.timedelta(minutes=6 * step, seconds=2)
        self._add(
            "pages", id=f"{self.draw.getrandbits(64):016x}", case=case["id"], team=team, step=step,
            chain=f"{case['id']}-{team}"[:32], urgency=case["urgency"], token=self.unique(), attempts=1, sent_at=sent,
            due_at=sent, state="acknowledged" if answered else "unanswered",
            acknowledged_at=self.at if answered else None,
        )  # fmt: skip

    def contact(self, **known: str | None) -> None:
        """The visitor says how to be reached."""
        self._add(
            "contacts", **{"name": None, "phone": None, "email": None, "best_time": None, **known},
            client_id=self.unique(), given_at=self.at,
        )  # fmt: skip

    def rate(self, seq: int, helpful: bool) -> None:
        """The visitor says whether a message helped."""
        self._add("feedback", seq=seq, helpful=helpful, comment=None, given_at=self.at)

    def note(self, by: str, text: str) -> None:
        """Staff write something for each other."""
        self._add("notes", client_id=self.unique(), by=by, text=text, at=self.at)

    def tag(self, by: str, tag: str) -> None:
        """Staff put a tag on it."""
        self._add("tags", tag=tag, by=by, at=self.at)

    def unique(self) -> str:
        """An id that nothing else has."""
        return str(uuid.UUID(int=self.draw.getrandbits(128), version=4))

    def _add(self, table: str, **values: Any) -> None:
        self.rows[table].append({"conversation": self.id, **values})
