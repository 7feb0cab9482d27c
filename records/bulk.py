"""Puts a whole history into the database at once: for demo data, benchmarks and tests, and for nothing else.

The verbs write what happens now, one transaction each. A history of two months needs its own times, and some fifty
thousand transactions take many minutes. So this module, and no other, writes rows as they are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from records.answer_schema import asked
from records.console_schema import notes, tags
from records.database import Database
from records.errors import ConversationNotFound
from records.interest import asked_rows
from records.schema import cases, contacts, conversations, feedback, flags, messages, pages, transitions
from records.seal import Seal
from records.sealed_rows import FORMS, close_message, close_row
from records.words import index

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by the name of their table; the rows of one table all name the same columns."""

# In an order in which every row finds what it belongs to.
TABLES = (conversations, messages, feedback, cases, contacts, transitions, flags, pages, notes, tags)
AT_ONCE = 5000


class Bulk(Database):
    """Writes rows. What they say is up to the caller; only the database's own rules are checked."""

    def has_conversations(self) -> bool:
        """Whether anything is kept yet."""
        with self._reader.connect() as connection:
            return connection.scalar(select(conversations.c.id).limit(1)) is not None

    def has_conversation(self, conversation: str) -> bool:
        """Whether this conversation is kept."""
        with self._reader.connect() as connection:
            return connection.scalar(select(conversations.c.id).where(conversations.c.id == conversation)) is not None

    def put(self, rows: Rows) -> None:
        """Write all rows, or none if one of them cannot be written.

        Raises:
            ValueError: A table is not one of those that are written here.
            ConversationNotFound: A row's conversation is neither given nor kept.
            sqlalchemy.exc.SQLAlchemyError: A row cannot be written.
        """
        known = [table.name for table in TABLES]
        if unknown := sorted(set(rows) - set(known)):
            raise ValueError(f"{', '.join(unknown)}: no such table; use {', '.join(known)}")
        with self._engine.begin() as connection:
            made = [row["id"] for row in rows.get("conversations", ())]
            _insert(connection, conversations, rows.get("conversations", ()))
            seals = self._seals.make(connection, made)
            for table in TABLES[1:]:
                given = rows.get(table.name, ())
                seals |= self._seals.of_all(connection, {row["conversation"] for row in given} - set(seals))
                _insert(connection, table, [_closed(table, seals, row) for row in given])
            said = rows.get("messages", ())
            _insert(connection, asked, [row for one in said for row in asked_rows(one["conversation"], one)])
            index(connection, said)


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    for some in batched(rows, AT_ONCE):
        connection.execute(insert(table), [dict(row) for row in some])


def _closed(table: Table, seals: Mapping[str, Seal], row: Mapping[str, Any]) -> Mapping[str, Any]:
    if (seal := seals.get(row["conversation"])) is None:
        raise ConversationNotFound(row["conversation"])
    if table is messages:
        return close_message(seal, row)
    return close_row(table.name, seal, row) if table.name in FORMS else row
