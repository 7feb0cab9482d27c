"""Legal holds, what retention deleted, and of an erasure who asked for it when."""

import sqlalchemy as sa
from alembic import op

from records.schema import Moment

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column(
            "conversation", sa.String(32), sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("at", Moment, nullable=False),
        sa.Column("receipt", sa.String(32)),
    )
    op.create_table(
        "retentions",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
    )
    with op.batch_alter_table("erasures") as erasures:
        erasures.add_column(sa.Column("by", sa.String(16), nullable=False, server_default=sa.text("'visitor'")))
        erasures.add_column(sa.Column("asked_at", Moment))
        erasures.alter_column("erased_at", existing_type=Moment(), nullable=True)
    op.execute("UPDATE erasures SET asked_at = erased_at")
    with op.batch_alter_table("erasures") as erasures:
        erasures.alter_column("asked_at", existing_type=Moment(), nullable=False)
