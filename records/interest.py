"""How often each topic is asked about, and what visitors say of its answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, not_, select, true

from records.answer_schema import asked
from records.database import Database
from records.handling import count_if
from records.schema import feedback

COUNTED = ("answer", "decline")


@dataclass(frozen=True)
class Interest:
    """What became of a topic in some days.

    ``asked``: how often a question was met by its answer, or by saying that this may not be shown (``not_shown``).
    """

    asked: int = 0
    not_shown: int = 0
    helpful: int = 0
    not_helpful: int = 0

    @property
    def rated(self) -> int:
        """How often somebody said whether the answer helped."""
        return self.helpful + self.not_helpful


class Interests(Database):
    """Counts."""

    def interest(self, since: Sequence[dt.datetime], topic: str | None = None) -> list[dict[str, Interest]]:
        """Return what was asked since each of these times, and what was said of it, by topic; or of one topic only."""
        rated = and_(feedback.c.conversation == asked.c.conversation, feedback.c.seq == asked.c.seq)
        helpful = [and_(asked.c.shown, feedback.c.helpful.is_(which)) for which in (True, False)]
        of_each = (true(), not_(asked.c.shown), *helpful)
        query = (
            select(asked.c.topic, *(count_if(and_(asked.c.at >= one, what)) for one in since for what in of_each))
            .join_from(asked, feedback, rated, isouter=True)
            .where(asked.c.at >= min(since))
            .group_by(asked.c.topic)
        )
        if topic is not None:
            query = query.where(asked.c.topic == topic)
        found: list[dict[str, Interest]] = [{} for _ in since]
        with self._reader.connect() as connection:
            for name, *counts in connection.execute(query):
                for place, one in enumerate(found):
                    one[name] = Interest(*counts[4 * place : 4 * place + 4])
        return found


def asked_rows(conversation: str, message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each topic of a reply. What is said in the candidacy guide is not counted."""
    body = message["body"]
    if message["kind"] in COUNTED and body.get("guide") is None:
        for topic in dict.fromkeys(body.get("topics") or ()):
            shown = message["kind"] == "answer"
            yield {
                "conversation": conversation, "seq": message["seq"], "topic": topic, "shown": shown,
                "at": message["sent_at"],
            }  # fmt: skip
