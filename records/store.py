"""The verbs of the records: what the rest of the house may do with them.

Every method is one transaction. They block; an async caller runs them in a thread.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from records.errors import ConversationNotFound, MessageNotFound
from records.schema import cases, conversations, erasures, feedback, messages

BUSY_SECONDS = 3.0


@dataclass(frozen=True)
class Conversation:
    """A conversation as its visitor's token opens it."""

    id: str
    owner: str
    locale: str
    raised: str | None
    last_seq: int


@dataclass(frozen=True)
class Message:
    """One numbered entry of a conversation's log. ``body`` holds the fields that the kind brings."""

    author: str
    kind: str
    body: dict[str, Any]
    seq: int = 0
    client_id: str | None = None
    reply_to: int | None = None
    answered: bool | None = None
    understanding: dict[str, Any] | None = None
    sent_at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))


@dataclass(frozen=True)
class Case:
    """A reason for a person to look at a conversation; one a cause."""

    id: str
    conversation: str
    cause: str
    urgency: str
    seq: int


class Records:
    """The clinic's database.

    Args:
        url: SQLAlchemy URL, such as ``sqlite:///var/records.db``.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = _engine(url)
        self._reader = self._engine.execution_options(writes=False)

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def is_ready(self) -> bool:
        """Whether the database answers and has its tables.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: It does not; the error says why.
        """
        with self._reader.connect() as connection:
            connection.execute(select(conversations.c.id).limit(1))
            return True

    def open_conversation(self, origin: str, locale: str, opening: Message) -> tuple[Conversation, str, Message]:
        """Start a conversation with its opening message.

        Returns the conversation, the token that opens it (kept only as a hash), and the message as stored.
        """
        conversation, token = secrets.token_hex(12), secrets.token_urlsafe(32)
        with self._engine.begin() as connection:
            connection.execute(
                insert(conversations).values(
                    id=conversation,
                    token_hash=_hash(token),
                    origin=origin,
                    locale=locale,
                    owner="bot",
                    last_seq=0,
                    created_at=_now(),
                )
            )
            (stored,) = _append(connection, conversation, [opening])
        return Conversation(conversation, "bot", locale, None, stored.seq), token, stored

    def access(self, conversation: str, token: str) -> Conversation:
        """Return the conversation that ``token`` opens.

        Raises:
            ConversationNotFound: There is none, or the token is another's. The two look the same.
        """
        with self._reader.connect() as connection:
            row = connection.execute(select(conversations).where(conversations.c.id == conversation)).mappings().first()
        expected = row["token_hash"] if row else _hash("")
        if not hmac.compare_digest(expected, _hash(token)) or row is None:
            raise ConversationNotFound(conversation)
        return Conversation(row["id"], row["owner"], row["locale"], row["raised"], row["last_seq"])

    def receive(self, conversation: str, client_id: str, body: dict[str, Any]) -> Message:
        """Store a visitor's message, or return the one already stored under this ``client_id``.

        Raises:
            ConversationNotFound: The conversation was erased meanwhile.
        """
        try:
            with self._engine.begin() as connection:
                if found := _by_client_id(connection, conversation, client_id):
                    return found
                message = Message("visitor", "visitor", body, client_id=client_id, answered=False)
                return _append(connection, conversation, [message])[0]
        except IntegrityError:  # another process stored it between our look and our write
            with self._reader.connect() as connection:
                if found := _by_client_id(connection, conversation, client_id):
                    return found
            raise

    def answer(self, conversation: str, visitor: Message, replies: list[Message]) -> list[Message]:
        """Close the turn of ``visitor``'s message with ``replies``; a turn is closed once.

        Returns the replies as stored: the earlier ones if the turn was already closed, none if a clinician
        has taken the conversation over.

        Raises:
            ConversationNotFound: The conversation was erased meanwhile.
        """
        with self._engine.begin() as connection:
            closed = connection.execute(
                update(messages)
                .where(
                    messages.c.conversation == conversation,
                    messages.c.seq == visitor.seq,
                    messages.c.answered.is_(False),
                )
                .values(answered=True)
            )
            if closed.rowcount:
                if self._owner(connection, conversation) != "bot":  # a person took over while we were thinking
                    return []
                return _append(connection, conversation, replies, reply_to=visitor.seq)
            return _read(connection, conversation, messages.c.reply_to == visitor.seq)

    def replies_to(self, conversation: str, visitor: Message) -> list[Message]:
        """Return the stored replies to a visitor's message, in order."""
        with self._reader.connect() as connection:
            return _read(connection, conversation, messages.c.reply_to == visitor.seq)

    def messages_after(self, conversation: str, seq: int) -> list[Message]:
        """Return the log after number ``seq``, in order."""
        with self._reader.connect() as connection:
            return _read(connection, conversation, messages.c.seq > seq)

    def owner(self, conversation: str) -> str:
        """Return who has the conversation: ``bot``, ``waiting`` or ``clinician``.

        Raises:
            ConversationNotFound: There is none.
        """
        with self._reader.connect() as connection:
            return self._owner(connection, conversation)

    @staticmethod
    def _owner(connection: Connection, conversation: str) -> str:
        owner = connection.scalar(select(conversations.c.owner).where(conversations.c.id == conversation))
        if owner is None:
            raise ConversationNotFound(conversation)
        return str(owner)

    def raised(self, conversation: str) -> str | None:
        """Return the category whose flag is up, or None."""
        with self._reader.connect() as connection:
            found: str | None = connection.scalar(
                select(conversations.c.raised).where(conversations.c.id == conversation)
            )
            return found

    def raise_flag(self, conversation: str, category: str) -> None:
        """Raise a safety flag on the conversation. A raised flag is never lowered or replaced here."""
        with self._engine.begin() as connection:
            connection.execute(
                update(conversations)
                .where(conversations.c.id == conversation, conversations.c.raised.is_(None))
                .values(raised=category)
            )

    def open_case(self, conversation: str, cause: str, urgency: str, seq: int) -> Case:
        """Open a case for ``cause``, or return the one that is open: one case a cause.

        Raises:
            ConversationNotFound: The conversation was erased meanwhile.
        """
        with self._engine.begin() as connection:
            self._owner(connection, conversation)
            query = select(cases).where(cases.c.conversation == conversation, cases.c.cause == cause)
            row = connection.execute(query).mappings().first()
            if row is None:
                case = Case(secrets.token_hex(8), conversation, cause, urgency, seq)
                connection.execute(insert(cases).values(**case.__dict__, opened_at=_now()))
                return case
            if urgency < row["urgency"]:  # U0 is the most urgent
                connection.execute(update(cases).where(cases.c.id == row["id"]).values(urgency=urgency, seq=seq))
                return Case(row["id"], row["conversation"], row["cause"], urgency, seq)
        return Case(row["id"], row["conversation"], row["cause"], row["urgency"], row["seq"])

    def cases_of(self, conversation: str) -> list[Case]:
        """Return the conversation's cases in the order in which they were opened."""
        with self._reader.connect() as connection:
            rows = connection.execute(
                select(cases).where(cases.c.conversation == conversation).order_by(cases.c.opened_at)
            ).mappings()
            return [Case(row["id"], row["conversation"], row["cause"], row["urgency"], row["seq"]) for row in rows]

    def give_feedback(self, conversation: str, seq: int, helpful: bool, comment: str | None) -> None:
        """Keep whether a bot message helped; a later word replaces the earlier one.

        Raises:
            MessageNotFound: ``seq`` is not a bot message of this conversation.
        """
        with self._engine.begin() as connection:
            known = connection.scalar(
                select(messages.c.seq).where(
                    messages.c.conversation == conversation, messages.c.seq == seq, messages.c.author == "bot"
                )
            )
            if known is None:
                raise MessageNotFound(seq)
            same = (feedback.c.conversation == conversation, feedback.c.seq == seq)
            connection.execute(delete(feedback).where(*same))
            connection.execute(
                insert(feedback).values(
                    conversation=conversation, seq=seq, helpful=helpful, comment=comment, given_at=_now()
                )
            )

    def erase(self, conversation: str) -> str:
        """Erase a conversation with all its messages, feedback and cases; return a receipt number."""
        receipt = secrets.token_hex(8)
        with self._engine.begin() as connection:
            count = connection.scalar(
                select(func.count()).select_from(messages).where(messages.c.conversation == conversation)
            )
            for table in (feedback, cases, messages):
                connection.execute(delete(table).where(table.c.conversation == conversation))
            connection.execute(delete(conversations).where(conversations.c.id == conversation))
            connection.execute(insert(erasures).values(receipt=receipt, erased_at=_now(), messages=count))
        self._drop_journal()
        return receipt

    def _drop_journal(self) -> None:
        """Empty SQLite's write-ahead log, which would keep the erased words until it is written over."""
        if self._engine.dialect.name != "sqlite":
            return
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        # The driver would start its transactions late, as readers; then two writers can deadlock.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", True)
        connection.execute(text("BEGIN IMMEDIATE" if writes else "BEGIN"))

    return engine


def _append(
    connection: Connection, conversation: str, entries: list[Message], reply_to: int | None = None
) -> list[Message]:
    last = connection.scalar(
        update(conversations)
        .where(conversations.c.id == conversation)
        .values(last_seq=conversations.c.last_seq + len(entries))
        .returning(conversations.c.last_seq)
    )
    if last is None:
        raise ConversationNotFound(conversation)
    stored = []
    for seq, entry in enumerate(entries, start=last - len(entries) + 1):
        values = {**entry.__dict__, "seq": seq, "reply_to": reply_to}
        connection.execute(insert(messages).values(conversation=conversation, **values))
        stored.append(Message(**values))
    return stored


def _read(connection: Connection, conversation: str, condition: Any) -> list[Message]:
    rows = connection.execute(
        select(messages).where(messages.c.conversation == conversation, condition).order_by(messages.c.seq)
    ).mappings()
    return [_message(row) for row in rows]


def _by_client_id(connection: Connection, conversation: str, client_id: str) -> Message | None:
    found = _read(connection, conversation, messages.c.client_id == client_id)
    return found[0] if found else None


def _message(row: RowMapping) -> Message:
    values = {key: row[key] for key in Message.__dataclass_fields__}
    if values["sent_at"].tzinfo is None:  # SQLite keeps no zone; what we wrote was UTC
        values["sent_at"] = values["sent_at"].replace(tzinfo=dt.UTC)
    return Message(**values)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
