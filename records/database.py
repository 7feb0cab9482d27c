"""The connection to the database, and what every verb needs of it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.engine import RowMapping, make_url

from records.console_schema import audit_head
from records.entries import Message
from records.errors import ConversationNotFound
from records.keys import KeyRing
from records.schema import conversations, pages
from records.seal import Seals

logger = logging.getLogger(__name__)

Redact = Callable[[str], str | None]
BUSY_SECONDS = 3.0  # to wait for another process that writes, and for the writers of this one
# PostgreSQL over a network: until a server that is gone is given up, and a query that runs away is stopped.
CONNECT_SECONDS = 3
GONE_MILLISECONDS = 10_000
QUERY_MILLISECONDS = 30_000
CONNECTIONS = 20
CHECKPOINTS = 2  # tries, each of which waits for BUSY_SECONDS
AHEAD = dt.timedelta(minutes=1)  # what happened later than this from now was dated by a clock that was set back since
ERASED = "erased"  # the owner of what is left of an erased conversation
KEPT = "kept"  # the owner of one that its visitor has erased, and that a legal hold keeps: nobody writes to it any more


class Database:
    """One engine, shared by all verbs.

    Args:
        url: SQLAlchemy URL, such as ``sqlite:///var/records.db``.
        keys: What wraps the data keys; None: the environment's, read when they are first needed.
        redact: Takes out of a text what staff may not search and read; None: no redacted text is kept.
            What it says None to is stored without a redacted copy, which :mod:`records.readable` makes later.
    """

    def __init__(self, url: str, keys: KeyRing | None = None, redact: Redact | None = None) -> None:
        self.url = url
        self._seals, self._redact = Seals(keys), redact
        self._engine = engine_for(url)
        self._reader = engine_for(url, writes=False) if url.startswith("sqlite") else self._engine

    def dispose(self) -> None:
        """Give all connections back."""
        self._engine.dispose()
        self._reader.dispose()

    def is_ready(self) -> bool:
        """Whether the database answers and has its tables.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: It does not; the error says why.
        """
        with self._reader.connect() as connection:
            connection.execute(select(conversations).limit(1))
            connection.execute(select(pages).limit(1))
            connection.execute(select(audit_head).limit(1))
            return True

    def _readable(self, message: Message) -> Message:
        """Return ``message`` with a copy of what somebody wrote, as staff may search and read it, if one can be made.

        There is none of what the guide has not sent yet. Call it outside transactions: redacting takes its time.
        """
        if self._redact is None or message.is_ours or message.body.get("guide") in (True, False):
            return replace(message, redacted=None)
        try:
            return replace(message, redacted=self._redact(message.body["text"]))
        except Exception as error:  # whatever it is, the message must be stored; its text may quote the words
            logger.error("A message could not be redacted: %s. Staff cannot search it.", type(error).__name__)
            return replace(message, redacted=None)

    def check_writing(self) -> None:
        """Write something that changes nothing: a disk that is full or read-only can still be read.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: It cannot be written; the error says why.
        """
        with self._engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = version_num"))

    def _drop_journal(self) -> None:
        """Empty SQLite's write-ahead log, which would keep the erased words until it is written over."""
        if self._engine.dialect.name != "sqlite":
            return
        connection = self._reader.raw_connection()
        try:
            for _ in range(CHECKPOINTS):  # who still reads an older state holds it up
                if not connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    return
            logger.warning("Something reads the database all the time: what was erased goes when it is written next.")
        finally:
            connection.close()


def lock(connection: Connection, conversation: str, *, erased: bool = False) -> RowMapping:
    """Return the conversation's row, which nobody else changes until this transaction is over.

    Every verb that writes to a conversation begins here, so that two of them never mix. SQLite has one
    writer at a time anyway. ``erased``: also what is left of an erased conversation, or kept of it, for its pages.

    Raises:
        ConversationNotFound: There is none.
    """
    query = select(conversations).where(conversations.c.id == conversation).with_for_update()
    row = connection.execute(query).mappings().first()
    if row is None or (row["owner"] in (ERASED, KEPT) and not erased):
        raise ConversationNotFound(conversation)
    return row


def now() -> dt.datetime:
    """The time, in UTC."""
    return dt.datetime.now(dt.UTC)


def engine_for(url: str, foreign_keys: bool = True, writes: bool = True) -> Engine:
    """Return an engine for ``url``. The migrations, which may make a table anew, do without foreign keys.

    SQLite has one writer at a time and lets the others try again by chance. So writers share one connection, for which
    they wait in line, and readers have an engine of their own (``writes=False``).
    """
    if not url.startswith("sqlite"):
        return _postgresql(url, foreign_keys)
    queue = {"pool_size": 1, "max_overflow": 0, "pool_timeout": BUSY_SECONDS} if writes else {}
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True, **queue)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        # The driver would start its transactions late, as readers; then two writers can deadlock.
        connection.isolation_level = None
        # FULL: what was acknowledged has reached the disk, and outlives a power cut.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.execute(text("BEGIN IMMEDIATE" if writes else "BEGIN"))

    return engine


def _postgresql(url: str, limited: bool) -> Engine:
    """Return an engine for PostgreSQL by psycopg 3; migrations are not ``limited`` in time."""
    found = make_url(url)
    if found.drivername in ("postgres", "postgresql"):  # SQLAlchemy would take an older driver
        found = found.set(drivername="postgresql+psycopg")
    limits: dict[str, str | int] = {"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": GONE_MILLISECONDS}
    if limited:
        limits["options"] = f"-c statement_timeout={QUERY_MILLISECONDS}"
    return create_engine(
        found,
        connect_args=limits,
        pool_pre_ping=True,
        pool_size=CONNECTIONS // 2,
        max_overflow=CONNECTIONS // 2,
        pool_timeout=BUSY_SECONDS,
        hide_parameters=True,
    )
