"""The tables. Only :mod:`records` imports this module; the migrations build the same tables."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("origin", Text, nullable=False),
    Column("locale", String(35), nullable=False),
    Column("owner", String(16), nullable=False),
    Column("raised", String(1)),  # the safety category whose flag is up; only a clinician lowers it
    Column("last_seq", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
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
    Column("body", JSON, nullable=False),  # the message's other fields, as the chat API shows them
    Column("understanding", JSON),  # what the engine made of it: for staff and tests
    Column("sent_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("conversation", "client_id", name="one_message_a_client_id"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("helpful", Boolean, nullable=False),
    Column("comment", Text),
    Column("given_at", DateTime(timezone=True), nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("cause", String(32), nullable=False),
    Column("urgency", String(2), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("conversation", "cause", name="one_case_a_cause"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("receipt", String(32), primary_key=True),
    Column("erased_at", DateTime(timezone=True), nullable=False),
    Column("messages", Integer, nullable=False),
)
