"""The words by which staff find conversations."""

import sqlalchemy as sa
from alembic import op

from records.words import index

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "words",
        sa.Column("word", sa.String(32).with_variant(sa.String(32, collation="C"), "postgresql"), primary_key=True),
        sa.Column("conversation", sa.String(32), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.ForeignKeyConstraint(["conversation", "seq"], ["messages.conversation", "messages.seq"], ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_words_conversation_seq", "words", ["conversation", "seq"])
    messages = sa.table("messages", *(sa.column(name) for name in ("conversation", "seq", "redacted")))
    found = op.get_bind().execute(sa.select(messages).where(messages.c.redacted.is_not(None)))
    index(op.get_bind(), found.mappings().all())
