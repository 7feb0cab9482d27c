"""A few conversations written down by hand, with times of their own, so that every figure can be worked out on paper."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from records.bulk import Bulk

DAY = dt.datetime(2026, 11, 10, tzinfo=dt.UTC)


def at(clock: str, day: int = 10) -> dt.datetime:
    """A time of November 2026, in UTC."""
    return dt.datetime(2026, 11, day, *(int(part) for part in clock.split(":")), tzinfo=dt.UTC)


@dataclass
class ByHand:
    """Rows, as one writes them down."""

    database: Path
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def conversation(
        self, name: str, began: dt.datetime, kinds: Sequence[str] = (), owner: str = "bot", topic: str = ""
    ) -> None:
        """A conversation with one message of each of ``kinds`` after its opening, a second apart."""
        self.rows["conversations"].append(
            {
                "id": name,
                "token_hash": "",
                "origin": "",
                "locale": "en-US",
                "owner": owner,
                "last_seq": len(kinds) + 1,
                "created_at": began,
            }
        )
        for seq, kind in enumerate(("opening", *kinds), start=1):
            author = {"visitor": "visitor", "clinician": "clinician"}.get(kind, "bot")
            body = {"text": "Words.", **({"topics": topic.split()} if kind in ("answer", "clarify") else {})}
            self.rows["messages"].append(
                {
                    "conversation": name,
                    "seq": seq,
                    "author": author,
                    "kind": kind,
                    "body": body,
                    "sent_at": began + dt.timedelta(seconds=seq),
                }
            )

    def says(self, name: str, seq: int, sent_at: dt.datetime) -> None:
        """Give a message another time."""
        (found,) = (one for one in self.rows["messages"] if (one["conversation"], one["seq"]) == (name, seq))
        found["sent_at"] = sent_at

    def case(self, name: str, category: str, opened: dt.datetime, urgency: str = "U3", **more: Any) -> None:
        """A case."""
        number = len(self.rows["cases"])
        self.rows["cases"].append(
            {"id": f"case{number}", "conversation": name, "category": category, "form": "", "urgency": urgency, "seq": 2, "teams": [],
             "opened_at": opened, "target_at": None, "acknowledged_at": None, "closed_at": None, **more}
        )  # fmt: skip

    def rated(self, name: str, seq: int, helpful: bool) -> None:
        """A word on whether a message helped."""
        self.rows["feedback"].append({"conversation": name, "seq": seq, "helpful": helpful, "given_at": DAY})

    def passed_on(self, name: str, *steps: tuple[str, dt.datetime, str]) -> None:
        """Who had it, when, by whom."""
        owner = "bot"
        for to, when, by in steps:
            self.rows["transitions"].append(
                {"conversation": name, "from_owner": owner, "to_owner": to, "by": by, "at": when}
            )
            owner = to

    def flag(self, name: str, category: str, raised: bool, when: dt.datetime, by: str | None = None) -> None:
        """The flag goes up or down."""
        self.rows["flags"].append({"conversation": name, "category": category, "raised": raised, "by": by, "at": when})

    def put(self) -> None:
        """Into the database."""
        bulk = Bulk(f"sqlite:///{self.database}")
        bulk.put(self.rows)
        bulk.dispose()


def plans(database: Path, statements: Sequence[tuple[str, Any]]) -> list[str]:
    """How SQLite would carry the statements out, line by line."""
    with closing(sqlite3.connect(database)) as connection:
        return [row[3] for sql, values in statements for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
