"""Legal holds: conversations that must be kept, because a court, an authority or a complaint may ask for them.

A held conversation is not deleted by retention, nor by its visitor or staff: see :meth:`Erasing.erase`.
"""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from records.database import ERASED, Database, lock, now
from records.entries import Erasure, Hold
from records.erasing import erase_now
from records.errors import ConversationNotFound, NotHeld
from records.keeping_schema import holds
from records.sealed_rows import close_row, open_row


class Holds(Database):
    """Begins and ends holds."""

    def hold(self, conversation: str, by: str, why: str) -> bool:
        """Keep a conversation until it is released; return whether it was not held already, which changes nothing.

        Raises:
            ConversationNotFound: There is none.
        """
        with self._engine.begin() as connection:
            if lock(connection, conversation, erased=True)["owner"] == ERASED:
                raise ConversationNotFound(conversation)
            if connection.scalar(select(holds.c.at).where(holds.c.conversation == conversation)):
                return False
            row = {"by": by, "why": why, "at": now()}
            sealed = close_row("holds", self._seals.of(connection, conversation), row)
            connection.execute(insert(holds).values(conversation=conversation, **sealed))
            return True

    def release(self, conversation: str) -> Erasure | None:
        """End a hold. If the conversation's erasure was asked for meanwhile, it is erased now.

        Returns:
            The erasure, under the receipt that was given then; None if nobody had asked for it.

        Raises:
            ConversationNotFound: There is none.
            NotHeld: It is not held.
        """
        kept = False
        with self._engine.begin() as connection:
            lock(connection, conversation, erased=True)
            row = connection.execute(select(holds).where(holds.c.conversation == conversation)).mappings().first()
            if row is None:
                raise NotHeld(conversation)
            connection.execute(delete(holds).where(holds.c.conversation == conversation))
            if row["receipt"]:
                kept = erase_now(connection, conversation, row["receipt"])
        if not row["receipt"]:
            return None
        self._seals.forget(conversation)
        self._drop_journal()
        return Erasure(row["receipt"], kept)

    def hold_of(self, conversation: str) -> Hold | None:
        """Return the hold that keeps a conversation, or None.

        Raises:
            SealBroken: Its reason is not as it was written.
        """
        with self._reader.connect() as connection:
            row = connection.execute(select(holds).where(holds.c.conversation == conversation)).mappings().first()
            if row is None:
                return None
            opened = open_row("holds", self._seals.of(connection, conversation), row)
        return Hold(**{name: opened[name] for name in Hold.__dataclass_fields__})
