"""The tables of the staff console: people, how they sign in, the audit, and what staff write beside a conversation.

Only :mod:`records` imports this module; migrations 0003 and 0007 build the same tables.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from records.schema import Moment, conversations, messages, metadata


def _of_person(*, nullable: bool = False) -> Column[str]:
    return Column("person", ForeignKey("staff.id", ondelete="CASCADE"), nullable=nullable, index=True)


staff = Table(
    "staff",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(80), nullable=False, unique=True),  # as visitors read it
    Column("roles", JSON, nullable=False),
    Column("password_hash", Text),  # none until the invitation was followed
    Column("totp_secret", Text),
    Column("totp_since", Moment),  # when the authenticator proved that it has the secret; none: not yet
    Column("totp_step", Integer),  # the time step of the last code that was accepted; it is never accepted again
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    _of_person(),
    Column("used_at", Moment),
)

invitations = Table(
    "invitations",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _of_person(nullable=True),  # nobody yet: whoever follows it becomes the first manager
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("id", String(16), nullable=False, unique=True),  # names it in lists, and opens nothing
    _of_person(),
    Column("stage", String(8), nullable=False),  # what is still to be done: code, enrol; or nothing: full
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("wait_until", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),  # as text: the hash is over exactly these characters
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("action", String(32), nullable=False),
    Column("conversation", String(32), index=True),  # no foreign key: the audit outlives what it is about
    Column("reason", Text),  # about a conversation: sealed, see audit.py
    Column("hash", String(64), nullable=False),  # over the previous row's hash and this row
)

audit_head = Table(  # the last row, so that rows cut off at the end are missed
    "audit_head",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("client_id", String(36), nullable=False, unique=True),
    Column("by", Text, nullable=False),
    Column("sealed", LargeBinary),  # the text
    Column("at", Moment, nullable=False),
)

tags = Table(
    "tags",
    metadata,
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", String(40), primary_key=True),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

views = Table(
    "views",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("person", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(60), nullable=False),
    Column("query", Text, nullable=False),  # of the list's address; its words are filters, and nobody's message
    Column("shared", Boolean, nullable=False),
    UniqueConstraint("person", "name"),
)

# The queue looks for these two among all conversations.
Index("ix_conversations_owner", conversations.c.owner)
Index("ix_conversations_raised", conversations.c.raised)
# Figures ask what kinds of messages conversations have. All that is asked can be read from this index, without the
# messages' long bodies: a third of the time.
Index("ix_messages_conversation_kind_seq", messages.c.conversation, messages.c.kind, messages.c.seq)
