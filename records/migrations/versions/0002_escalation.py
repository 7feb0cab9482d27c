"""Escalation: teams and targets of cases, contacts, pages, who has a conversation, the guide's answers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def _conversation(**options: object) -> sa.Column:
    return sa.Column(
        "conversation", sa.String(32), sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, **options
    )


def upgrade() -> None:
    op.add_column("conversations", sa.Column("clinician", sa.Text))
    op.add_column("conversations", sa.Column("waiting_since", MOMENT))
    op.add_column("conversations", sa.Column("note_next", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("conversations", sa.Column("guide_at", MOMENT))
    op.create_index("ix_conversations_guide_at", "conversations", ["guide_at"])
    with op.batch_alter_table("cases") as table:
        table.drop_constraint("one_case_a_cause", type_="unique")
        table.alter_column("cause", new_column_name="category")
        table.add_column(sa.Column("form", sa.String(32), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("teams", sa.JSON, nullable=False, server_default="[]"))
        table.add_column(sa.Column("target_at", MOMENT))
        table.add_column(sa.Column("acknowledged_at", MOMENT))
        table.add_column(sa.Column("acknowledged_by", sa.Text))
        table.add_column(sa.Column("summary", sa.JSON))
        table.add_column(sa.Column("closed_at", MOMENT))
    _index("one_open_case_a_category", "cases", ["conversation", "category", "form"], "closed_at IS NULL")
    op.create_table(
        "contacts",
        sa.Column("number", sa.Integer, primary_key=True),
        _conversation(),
        sa.Column("client_id", sa.String(36), nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("best_time", sa.Text),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.UniqueConstraint("conversation", "client_id", name="one_contact_a_client_id"),
    )
    op.create_table(
        "transitions",
        sa.Column("number", sa.Integer, primary_key=True),
        _conversation(index=True),
        sa.Column("from_owner", sa.String(16), nullable=False),
        sa.Column("to_owner", sa.String(16), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("why", sa.Text),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "flags",
        sa.Column("number", sa.Integer, primary_key=True),
        _conversation(index=True),
        sa.Column("category", sa.String(1), nullable=False),
        sa.Column("raised", sa.Boolean, nullable=False),
        sa.Column("by", sa.Text),
        sa.Column("why", sa.Text),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "pages",
        sa.Column("id", sa.String(32), primary_key=True),
        _conversation(index=True),
        sa.Column("case", sa.String(32), sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
        sa.Column("chain", sa.String(32), nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("urgency", sa.String(2), nullable=False),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("claimed_until", MOMENT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("ack_by", MOMENT),
        sa.Column("acknowledged_at", MOMENT),
        sa.Column("last_error", sa.Text),
        sa.UniqueConstraint("chain", "step", name="one_page_a_step"),
    )
    op.create_index("ix_pages_state_due_at", "pages", ["state", "due_at"])
    _index("one_live_page_a_person", "pages", ["conversation", "team", "step", "urgency"], "state IN ('due', 'sent')")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition)
