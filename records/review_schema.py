"""The tables of the reviewers' marks and of the groups of gaps, and the order of lists; migration 0004 makes the same.

Only :mod:`records` imports this module.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from records.schema import Moment, conversations, messages, metadata

marks = Table(
    "marks",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),  # the visitor's message
    Column("by", Text, nullable=False),
    Column("judgement", String(16), nullable=False),
    Column("topic", Text),
    Column("category", String(1)),
    Column("sealed", LargeBinary),  # the note
    Column("at", Moment, nullable=False),
    Index("ix_marks_conversation_seq", "conversation", "seq"),
)

gaps = Table(
    "gaps",
    metadata,
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("cluster", Integer, nullable=False),
)

# The list of conversations begins with the newest, the list to review with the oldest; figures are of some days.
Index("ix_conversations_created_at", conversations.c.created_at)
Index("ix_messages_sent_at", messages.c.sent_at)
