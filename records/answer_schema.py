"""The tables behind the answers' pages: how often each is asked for, and the clinicians' signatures under them.

Only :mod:`records` imports this module; migration 0008 makes the same.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from records.schema import Moment, metadata

asked = Table(  # one row a topic of a reply: counting them in the messages' long bodies takes seconds
    "asked",
    metadata,
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),  # the reply
    Column("topic", String(80), primary_key=True),
    Column("shown", Boolean, nullable=False),  # or said that the answer may not be shown
    Column("at", Moment, nullable=False),
    # All that is counted can be read from it.
    Index("ix_asked_at", "at", "topic", "shown", "conversation", "seq"),
)

signatures = Table(  # rows are added and never changed
    "signatures",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("topic", String(80), nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-256 of exactly the characters of the content
    Column("content", Text, nullable=False),  # what was signed, so that it can be held against what is there later
    Column("person", String(32), nullable=False),  # no foreign key: a signature outlives the account
    Column("by", Text, nullable=False),  # the name at that time
    Column("at", Moment, nullable=False),
    Column("until", Date, nullable=False),  # the last day on which it holds
    Index("ix_signatures_topic_number", "topic", "number"),
)
