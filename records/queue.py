"""The queue as staff see it: the conversations that need a person or have one, whoever needs one most first."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from itertools import batched

from sqlalchemy import Column, ScalarSelect, and_, func, select, union
from sqlalchemy.engine import RowMapping

from records.database import Database
from records.entries import LEAST, LOG_ONLY, Case
from records.errors import ConversationNotFound
from records.people import Held, Queued
from records.schema import cases, conversations, flags, messages, transitions

WITH_PEOPLE = ("waiting", "clinician")
AT_ONCE = 500  # conversations in one query


class Queue(Database):
    """Reads who waits."""

    def queue(self) -> list[Queued]:
        """Return the conversations whose flag is up, that have an open case, wait for a person or are with one.

        Raised crises go first, then what is most urgent, then who has waited longest. Cases of which nobody is told
        do not count.
        """
        with self._reader.connect() as connection:
            is_open = and_(cases.c.closed_at.is_(None), cases.c.urgency != LOG_ONLY)
            opened: dict[str, list[Case]] = defaultdict(list)
            for row in connection.execute(select(cases).where(is_open).order_by(cases.c.urgency)).mappings():
                opened[row["conversation"]].append(Case.of(row))
            # By three indexes, and first of all: as one query it would read every conversation.
            wanted = union(
                select(conversations.c.id).where(conversations.c.raised > ""),  # "not null" would not use the index
                select(conversations.c.id).where(conversations.c.owner.in_(WITH_PEOPLE)),
                select(cases.c.conversation).where(is_open),
            )
            ids = list(connection.scalars(wanted))
            last_author = (
                select(messages.c.author)
                .where(messages.c.conversation == conversations.c.id, messages.c.seq == conversations.c.last_seq)
                .scalar_subquery()
            )
            raised_at = _latest(flags.c.at, flags.c.conversation)
            taken_at = _latest(transitions.c.at, transitions.c.conversation)
            query = select(
                conversations,
                last_author.label("last_author"),
                raised_at.label("raised_at"),
                taken_at.label("taken_at"),
            ).where(conversations.c.id.in_(ids))
            found = [_queued(row, opened[row["id"]]) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda one: (one.raised is None, one.urgency or LEAST, one.since, one.conversation))

    def waiting(self) -> int:
        """Return how many conversations wait for a person."""
        with self._reader.connect() as connection:
            return connection.scalar(select(func.count()).where(conversations.c.owner == "waiting")) or 0

    def states(self, wanted: Sequence[str]) -> dict[str, tuple[str, int]]:
        """Return who has each of these conversations and the number of its last message; none for what is gone."""
        found: dict[str, tuple[str, int]] = {}
        query = select(conversations.c.id, conversations.c.owner, conversations.c.last_seq)
        with self._reader.connect() as connection:
            for some in batched(wanted, AT_ONCE):
                rows = connection.execute(query.where(conversations.c.id.in_(some)))
                found |= {row.id: (row.owner, row.last_seq) for row in rows}
        return found

    def held(self, conversation: str) -> Held:
        """Return who has a conversation and how far it has come.

        Raises:
            ConversationNotFound: There is none.
        """
        with self._reader.connect() as connection:
            row = connection.execute(select(conversations).where(conversations.c.id == conversation)).mappings().first()
        if row is None:
            raise ConversationNotFound(conversation)
        return Held(**{name: row[name] for name in Held.__dataclass_fields__})


def _latest(at: Column[dt.datetime], conversation: Column[str]) -> ScalarSelect[dt.datetime]:
    return select(at).where(conversation == conversations.c.id).order_by(at.desc()).limit(1).scalar_subquery()


def _queued(row: RowMapping, opened: list[Case]) -> Queued:
    return Queued(
        conversation=row["id"],
        owner=row["owner"],
        clinician=row["clinician"],
        raised=row["raised"],
        urgency=opened[0].urgency if opened else None,
        cases=tuple((case.category, case.form) for case in opened),
        acknowledged=all(case.acknowledged_at for case in opened),
        since=_since(row, opened),
        unanswered=row["last_author"] == "visitor",
        last_seq=row["last_seq"],
    )


def _since(row: RowMapping, opened: list[Case]) -> dt.datetime:
    times = [case.opened_at for case in opened]
    if row["waiting_since"]:
        times.append(row["waiting_since"])
    if not times and row["raised"] and row["raised_at"]:
        times.append(row["raised_at"])
    found: dt.datetime = min(times, default=row["taken_at"] or row["created_at"])
    return found
