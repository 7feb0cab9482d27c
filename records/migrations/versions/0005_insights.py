"""What figures ask for: what kinds of messages conversations have."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index("ix_messages_conversation_kind_seq", "messages", ["conversation", "kind", "seq"])
