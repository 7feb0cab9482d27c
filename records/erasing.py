"""Erasing a conversation, at its visitor's wish or by staff, with a receipt by which that is found again."""

from __future__ import annotations

import secrets
from contextlib import suppress

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.engine import RowMapping

from records.database import KEPT, Database, lock, now
from records.entries import CANNOT_WAIT, Erasure, Receipted
from records.erased import BELONGINGS, set_aside
from records.errors import ConversationNotFound
from records.handoff import VISITOR, move
from records.keeping_schema import holds
from records.outbox import end_chains
from records.schema import cases, conversations, erasures, messages
from records.seal import Seals


class Erasing(Database):
    """Erases, and knows receipts."""

    def erase(self, conversation: str, by: str = VISITOR) -> Erasure:
        """Erase a conversation with everything that belongs to it.

        Only what pages about a crisis need that nobody has seen yet is kept, without words, contact or token:
        see :mod:`records.erased`. A conversation that a legal hold keeps stays sealed as it is. Its visitor can open
        it no more, nobody can write to it, and it is erased when the hold ends; asking again gives the same receipt.

        Args:
            conversation: Its id.
            by: Who asks: ``visitor`` or ``staff``.
        """
        receipt = secrets.token_hex(8)
        with self._engine.begin() as connection:
            hold, kept = None, False
            with suppress(ConversationNotFound):
                row = lock(connection, conversation, erased=True)
                query = select(holds).where(holds.c.conversation == conversation)
                if hold := connection.execute(query).mappings().first():
                    receipt = hold["receipt"] or _shut(connection, self._seals, row, receipt, by)
            if hold is None:
                asked = {"receipt": receipt, "by": by, "asked_at": now(), "messages": _count(connection, conversation)}
                connection.execute(insert(erasures).values(**asked))
                kept = erase_now(connection, conversation, receipt)
        if hold is not None:
            return Erasure(receipt, kept=False, held=True)
        self._seals.forget(conversation)
        self._drop_journal()
        return Erasure(receipt, kept)

    def receipt(self, receipt: str) -> Receipted | None:
        """Return what a receipt says; None when there is no such receipt. It does not lead to any conversation."""
        query = select(erasures).where(erasures.c.receipt == receipt)
        with self._reader.connect() as connection:
            row = connection.execute(query).mappings().first()
        return Receipted(**{name: row[name] for name in Receipted.__dataclass_fields__}) if row else None


def erase_now(connection: Connection, conversation: str, receipt: str) -> bool:
    """Erase within a transaction, and say so in the receipt; return whether urgent pages go on without it."""
    kept = False
    with suppress(ConversationNotFound):
        kept = set_aside(connection, lock(connection, conversation, erased=True))
    delete_all(connection, conversation)
    connection.execute(update(erasures).where(erasures.c.receipt == receipt).values(erased_at=now()))
    return kept


def delete_all(connection: Connection, conversation: str) -> None:
    """Delete a conversation and every row that belongs to it."""
    for table in BELONGINGS:
        connection.execute(delete(table).where(table.c.conversation == conversation))
    connection.execute(delete(conversations).where(conversations.c.id == conversation))


def _shut(connection: Connection, seals: Seals, row: RowMapping, receipt: str, by: str) -> str:
    """Close a held conversation for good: for its visitor it is as if it were erased."""
    conversation = row["id"]
    move(connection, seals, row, KEPT, by, None, token_hash="", raised=None, note_next=False)
    ended = select(cases.c.id).where(cases.c.conversation == conversation, cases.c.closed_at.is_(None))
    # Who may be in need and whom nobody has seen is still paged about.
    ended = ended.where(cases.c.urgency.not_in(CANNOT_WAIT) | cases.c.acknowledged_at.is_not(None))
    over = list(connection.scalars(ended))
    end_chains(connection, over, now())
    connection.execute(update(cases).where(cases.c.id.in_(over)).values(closed_at=now()))
    unanswered = (messages.c.conversation == conversation, messages.c.answered.is_(False))
    connection.execute(update(messages).where(*unanswered).values(answered=True))
    asked = {"receipt": receipt, "by": by, "asked_at": now(), "messages": _count(connection, conversation)}
    connection.execute(insert(erasures).values(**asked))
    connection.execute(update(holds).where(holds.c.conversation == conversation).values(receipt=receipt))
    return receipt


def _count(connection: Connection, conversation: str) -> int:
    count = select(func.count()).select_from(messages).where(messages.c.conversation == conversation)
    return connection.scalar(count) or 0
