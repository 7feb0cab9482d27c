"""The tables. Only :mod:`records` imports this module; the migrations build the same tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)


class Moment(TypeDecorator[dt.datetime]):
    """A time with its zone. SQLite keeps none, so everything is written in UTC and read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return ``value`` in UTC.

        Raises:
            ValueError: It has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone; give one with its zone, such as datetime.now(UTC)")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Return ``value`` in UTC, with its zone."""
        found: dt.datetime | None = value
        if found is None:
            return None
        return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)


metadata = MetaData()

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("origin", Text, nullable=False),
    Column("locale", String(35), nullable=False),
    Column("location", String(32)),  # of a group: which one the visitor's page named
    Column("owner", String(16), nullable=False),  # bot, waiting, clinician, closed; erased, kept: see database.py
    Column("clinician", Text),  # which one, while the owner is clinician
    Column("waiting_since", Moment),  # while the owner is waiting
    Column("raised", String(1)),  # the safety category whose flag is up; only a clinician lowers it
    Column("note_next", Boolean, nullable=False, server_default=false()),  # the visitor writes a message for the team
    Column("guide_at", Moment, index=True),  # the latest guide message that is neither kept nor forgotten
    Column("last_seq", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
)

data_keys = Table(
    "data_keys",
    metadata,
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("kek", String(32), nullable=False, index=True),  # the id of the key-encryption key that wraps this one
    Column("wrapped", LargeBinary, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("client_id", String(36)),
    Column("reply_to", Integer),  # the visitor's message this one answers
    Column("answered", Boolean),  # visitor's messages: the turn is over, whatever came of it
    Column("author", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("body", JSON, nullable=False),  # of the fields that the chat API shows, those without anybody's words
    Column("understanding", JSON),  # of what the engine made of it, how sure it is
    Column("sealed", LargeBinary, nullable=False),  # the rest of both
    Column("redacted", Text),  # the text as staff may search and read it; null: they may not
    Column("sent_at", Moment, nullable=False),
    UniqueConstraint("conversation", "client_id", name="one_message_a_client_id"),
)

WORD_LENGTH = 32  # letters; what is longer is cut off
words = Table(
    "words",
    metadata,
    # In the order of its characters' numbers, so that what begins alike stands together.
    Column(
        "word",
        String(WORD_LENGTH).with_variant(String(WORD_LENGTH, collation="C"), "postgresql"),
        primary_key=True,
    ),
    Column("conversation", String(32), primary_key=True),
    Column("seq", Integer, primary_key=True),
    ForeignKeyConstraint(["conversation", "seq"], ["messages.conversation", "messages.seq"], ondelete="CASCADE"),
    Index("ix_words_conversation_seq", "conversation", "seq"),
    sqlite_with_rowid=False,
)

feedback = Table(
    "feedback",
    metadata,
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("helpful", Boolean, nullable=False),
    Column("sealed", LargeBinary),  # the comment
    Column("given_at", Moment, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("category", String(32), nullable=False),
    Column(
        "form", String(32), nullable=False, server_default=text("''")
    ),  # empty, not null: two nulls are never the same
    Column("urgency", String(2), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("teams", JSON, nullable=False, server_default="[]"),
    Column("opened_at", Moment, nullable=False),
    Column("target_at", Moment),
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", Text),
    Column("sealed", LargeBinary),  # the summary
    Column("closed_at", Moment),
)
_open = text("closed_at IS NULL")
Index(
    "one_open_case_a_category",
    cases.c.conversation,
    cases.c.category,
    cases.c.form,
    unique=True,
    sqlite_where=_open,
    postgresql_where=_open,
)

contacts = Table(
    "contacts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("client_id", String(36), nullable=False),
    Column("sealed", LargeBinary),  # name, telephone, e-mail and the best time
    Column("given_at", Moment, nullable=False),
    UniqueConstraint("conversation", "client_id", name="one_contact_a_client_id"),
)

transitions = Table(
    "transitions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("from_owner", String(16), nullable=False),
    Column("to_owner", String(16), nullable=False),
    Column("by", Text, nullable=False),
    Column("sealed", LargeBinary),  # why
    Column("at", Moment, nullable=False),
)

flags = Table(
    "flags",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("category", String(1), nullable=False),
    Column("raised", Boolean, nullable=False),  # or lowered
    Column("by", Text),
    Column("sealed", LargeBinary),  # why
    Column("at", Moment, nullable=False),
)

pages = Table(
    "pages",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("case", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Column("chain", String(32), nullable=False),
    Column("team", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("urgency", String(2), nullable=False),
    Column("token", String(64), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("claimed_until", Moment),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", Moment),
    Column("ack_by", Moment),
    Column("acknowledged_at", Moment),
    Column("last_error", Text),
    UniqueConstraint("chain", "step", name="one_page_a_step"),
    Index("ix_pages_state_due_at", "state", "due_at"),
)
_live = text("state IN ('due', 'sent')")
Index(  # trying again never tells the same person twice
    "one_live_page_a_person",
    pages.c.conversation,
    pages.c.team,
    pages.c.step,
    pages.c.urgency,
    unique=True,
    sqlite_where=_live,
    postgresql_where=_live,
)

erasures = Table(
    "erasures",
    metadata,
    Column("receipt", String(32), primary_key=True),
    Column("by", String(16), nullable=False, server_default=text("'visitor'")),  # who asked: visitor or staff
    Column("asked_at", Moment, nullable=False),
    Column("erased_at", Moment),  # none while a legal hold keeps it
    Column("messages", Integer, nullable=False),
)
