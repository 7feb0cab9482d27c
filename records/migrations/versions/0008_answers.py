"""How often each answer is asked for, and the clinicians' signatures under answers."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# What was said in the candidacy guide is not counted: such messages have "guide" in their body.
SQLITE = """
INSERT INTO asked (conversation, seq, topic, shown, at)
SELECT DISTINCT m.conversation, m.seq, t.value, m.kind = 'answer', m.sent_at
FROM messages m, json_each(m.body, '$.topics') t
WHERE m.kind IN ('answer', 'decline') AND json_extract(m.body, '$.guide') IS NULL AND t.type = 'text'
"""
POSTGRESQL = """
INSERT INTO asked (conversation, seq, topic, shown, at)
SELECT DISTINCT m.conversation, m.seq, t.value, m.kind = 'answer', m.sent_at
FROM messages m, json_array_elements_text(
    CASE WHEN json_typeof(m.body -> 'topics') = 'array' THEN m.body -> 'topics' ELSE '[]'::json END) AS t(value)
WHERE m.kind IN ('answer', 'decline') AND m.body ->> 'guide' IS NULL
"""


def upgrade() -> None:
    op.create_table(
        "asked",
        sa.Column(
            "conversation", sa.String(32), sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("topic", sa.String(80), primary_key=True),
        sa.Column("shown", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.execute(SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL)
    op.create_index("ix_asked_at", "asked", ["at", "topic", "shown", "conversation", "seq"])
    op.create_table(
        "signatures",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("topic", sa.String(80), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date, nullable=False),
    )
    op.create_index("ix_signatures_topic_number", "signatures", ["topic", "number"])
