"""The connection to the database, and what every verb needs of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.engine import RowMapping

from records.errors import ConversationNotFound
from records.schema import conversations, pages

BUSY_SECONDS = 3.0
ERASED = "erased"  # the owner of what is left of an erased conversation


class Database:
    """One engine, shared by all verbs.

    Args:
        url: SQLAlchemy URL, such as ``sqlite:///var/records.db``.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = engine_for(url)
        self._reader = self._engine.execution_options(writes=False)

    def dispose(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def is_ready(self) -> bool:
        """Whether the database answers and has its tables.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: It does not; the error says why.
        """
        with self._reader.connect() as connection:
            connection.execute(select(conversations).limit(1))
            connection.execute(select(pages).limit(1))
            return True

    def _drop_journal(self) -> None:
        """Empty SQLite's write-ahead log, which would keep the erased words until it is written over."""
        if self._engine.dialect.name != "sqlite":
            return
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


def lock(connection: Connection, conversation: str, *, erased: bool = False) -> RowMapping:
    """Return the conversation's row, which nobody else changes until this transaction is over.

    Every verb that writes to a conversation begins here, so that two of them never mix. SQLite has one
    writer at a time anyway. ``erased``: also what is left of an erased conversation, for its pages.

    Raises:
        ConversationNotFound: There is none.
    """
    query = select(conversations).where(conversations.c.id == conversation).with_for_update()
    row = connection.execute(query).mappings().first()
    if row is None or (row["owner"] == ERASED and not erased):
        raise ConversationNotFound(conversation)
    return row


def now() -> dt.datetime:
    """The time, in UTC."""
    return dt.datetime.now(dt.UTC)


def engine_for(url: str, foreign_keys: bool = True) -> Engine:
    """Return an engine for ``url``. The migrations, which may make a table anew, do without foreign keys."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        # The driver would start its transactions late, as readers; then two writers can deadlock.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", True)
        connection.execute(text("BEGIN IMMEDIATE" if writes else "BEGIN"))

    return engine
