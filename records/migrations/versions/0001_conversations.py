"""Conversations, their message log, feedback, cases and erasure receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    conversation = sa.ForeignKey("conversations.id", ondelete="CASCADE")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("locale", sa.String(35), nullable=False),
        sa.Column("owner", sa.String(16), nullable=False),
        sa.Column("raised", sa.String(1)),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("created_at", moment, nullable=False),
    )
    op.create_table(
        "messages",
        sa.Column("conversation", sa.String(32), conversation, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("client_id", sa.String(36)),
        sa.Column("reply_to", sa.Integer),
        sa.Column("answered", sa.Boolean),
        sa.Column("author", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("understanding", sa.JSON),
        sa.Column("sent_at", moment, nullable=False),
        sa.UniqueConstraint("conversation", "client_id", name="one_message_a_client_id"),
    )
    op.create_table(
        "feedback",
        sa.Column(
            "conversation", sa.String(32), sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("comment", sa.Text),
        sa.Column("given_at", moment, nullable=False),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("conversation", sa.String(32), sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("urgency", sa.String(2), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.UniqueConstraint("conversation", "cause", name="one_case_a_cause"),
    )
    op.create_index("ix_cases_conversation", "cases", ["conversation"])
    op.create_table(
        "erasures",
        sa.Column("receipt", sa.String(32), primary_key=True),
        sa.Column("erased_at", moment, nullable=False),
        sa.Column("messages", sa.Integer, nullable=False),
    )
