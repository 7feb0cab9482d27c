"""Retention: conversations are deleted when they have been quiet for as long as their kind is kept.

What needs a person, is with one, or is held for legal reasons is never deleted by it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, exists, func, insert, not_, select

from records.database import Database, lock, now
from records.entries import LOG_ONLY, Retained
from records.erasing import delete_all
from records.errors import ConversationNotFound
from records.keeping_schema import holds, retentions
from records.schema import cases, conversations, flags, messages

ORDINARY, WITH_CASE, WITH_CRISIS = KINDS = ("ordinary", "with_case", "with_crisis")
AT_ONCE = 200  # conversations a query
DAILY = dt.timedelta(days=1)
QUIET_OWNERS = ("bot", "closed")


class Retention(Database):
    """Deletes what is old, and says how much that was."""

    def to_retain(self, keep: Mapping[str, dt.timedelta]) -> dict[str, int]:
        """Return of each kind how many conversations :meth:`retain` would delete now.

        Args:
            keep: For each of :data:`KINDS`, how long after the last word or the last closed case it is kept.
        """
        with self._reader.connect() as connection:
            return {
                kind: connection.scalar(select(func.count()).select_from(conversations).where(_old(kind, keep))) or 0
                for kind in KINDS
            }

    def retain(self, keep: Mapping[str, dt.timedelta], by: str) -> Retained:
        """Delete what is old, one conversation a transaction, and write down how many of each kind that were."""
        counts = {kind: self._delete(kind, keep) for kind in KINDS}
        done = Retained(now(), by, counts)
        with self._engine.begin() as connection:
            connection.execute(insert(retentions).values(**done.__dict__))
        if any(counts.values()):
            self._drop_journal()
        return done

    def retain_daily(self, keep: Mapping[str, dt.timedelta], by: str) -> Retained | None:
        """Do so if it was not done for a day; return None if it was."""
        with self._reader.connect() as connection:
            last = connection.scalar(select(func.max(retentions.c.at)))
        return self.retain(keep, by) if last is None or last <= now() - DAILY else None

    def retained(self, limit: int = 100) -> list[Retained]:
        """Return what earlier runs deleted, the latest first."""
        query = select(retentions).order_by(retentions.c.number.desc()).limit(limit)
        with self._reader.connect() as connection:
            return [Retained(row["at"], row["by"], row["counts"]) for row in connection.execute(query).mappings()]

    def _delete(self, kind: str, keep: Mapping[str, dt.timedelta]) -> int:
        old, gone, last = _old(kind, keep), 0, ""
        query = select(conversations.c.id).order_by(conversations.c.id).limit(AT_ONCE)
        while True:
            with self._reader.connect() as connection:
                found = list(connection.scalars(query.where(old, conversations.c.id > last)))
            for conversation in found:
                gone += self._delete_one(conversation, old)
            if len(found) < AT_ONCE:
                return gone
            last = found[-1]

    def _delete_one(self, conversation: str, old: ColumnElement[bool]) -> bool:
        try:
            with self._engine.begin() as connection:
                lock(connection, conversation)
                still = select(conversations.c.id).where(conversations.c.id == conversation, old)
                if connection.scalar(still) is None:  # the visitor has written, or it is held, since we looked
                    return False
                delete_all(connection, conversation)
        except ConversationNotFound:  # erased meanwhile
            return False
        self._seals.forget(conversation)
        return True


def _old(kind: str, keep: Mapping[str, dt.timedelta]) -> ColumnElement[bool]:
    """Whether a conversation is of this kind, needs nobody, and has been quiet for long enough."""
    here, before = conversations.c.id, now() - keep[kind]
    of_crisis = exists().where(flags.c.conversation == here)
    of_case = exists().where(cases.c.conversation == here)
    kinds = {WITH_CRISIS: of_crisis, WITH_CASE: and_(of_case, not_(of_crisis)), ORDINARY: not_(of_crisis | of_case)}
    is_open = and_(cases.c.closed_at.is_(None), cases.c.urgency != LOG_ONLY)
    return and_(
        conversations.c.created_at < before,  # implied by the next, and quick by its index
        not_(exists().where(messages.c.conversation == here, messages.c.sent_at >= before)),
        not_(exists().where(cases.c.conversation == here, is_open | (cases.c.closed_at >= before))),
        conversations.c.owner.in_(QUIET_OWNERS),
        conversations.c.raised.is_(None),
        not_(exists().where(holds.c.conversation == here)),
        kinds[kind],
    )
