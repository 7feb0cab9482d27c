"""The tables of legal holds and of what retention deleted; migration 0010 makes the same.

Only :mod:`records` imports this module.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from records.schema import Moment, metadata

holds = Table(
    "holds",
    metadata,
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("by", Text, nullable=False),
    Column("sealed", LargeBinary),  # why
    Column("at", Moment, nullable=False),
    Column("receipt", String(32)),  # of the erasure that was asked for meanwhile, and waits
)

retentions = Table(
    "retentions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("counts", JSON, nullable=False),  # of each kind, how many were deleted; nobody's words
)
