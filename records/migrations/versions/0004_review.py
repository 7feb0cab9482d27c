"""Review: the reviewers' marks, the groups of messages without an answer, and the order of lists."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    conversation = sa.ForeignKey("conversations.id", ondelete="CASCADE")
    op.create_table(
        "marks",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.String(32), conversation, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("judgement", sa.String(16), nullable=False),
        sa.Column("topic", sa.Text),
        sa.Column("category", sa.String(1)),
        sa.Column("note", sa.Text),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "gaps",
        sa.Column(
            "conversation", sa.String(32), sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("cluster", sa.Integer, nullable=False),
    )
    op.create_index("ix_marks_conversation_seq", "marks", ["conversation", "seq"])
    op.create_index("ix_conversations_created_at", "conversations", ["created_at"])
    op.create_index("ix_messages_sent_at", "messages", ["sent_at"])
