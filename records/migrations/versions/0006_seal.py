"""What visitors and staff write is sealed, and so is what they have written before."""

import sqlalchemy as sa
from alembic import context, op

from records.keys import KeyRing
from records.schema import Moment
from records.seal import Seal
from records.sealed_rows import close_message, close_row

revision = "0006"
down_revision = "0005"

AT_ONCE = 200  # conversations
# By what a row is found again, what its seal needs to know, and what goes.
TABLES: dict[str, tuple[str, dict[str, object], dict[str, object]]] = {
    "feedback": ("seq", {"seq": sa.Integer}, {"comment": sa.Text}),
    "cases": ("id", {"id": sa.String}, {"summary": sa.JSON}),
    "contacts": (
        "number",
        {"number": sa.Integer, "client_id": sa.String},
        {"name": sa.Text, "phone": sa.Text, "email": sa.Text, "best_time": sa.Text},
    ),
    "transitions": ("number", {"number": sa.Integer, "at": Moment}, {"why": sa.Text}),
    "flags": ("number", {"number": sa.Integer, "at": Moment}, {"why": sa.Text}),
    "notes": ("number", {"number": sa.Integer, "client_id": sa.String}, {"text": sa.Text}),
    "marks": ("number", {"number": sa.Integer, "seq": sa.Integer, "at": Moment}, {"note": sa.Text}),
}


def upgrade() -> None:
    data_keys = op.create_table(
        "data_keys",
        sa.Column(
            "conversation", sa.String(32), sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("kek", sa.String(32), nullable=False, index=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.add_column("messages", sa.Column("sealed", sa.LargeBinary))
    op.add_column("messages", sa.Column("redacted", sa.Text))
    for table in TABLES:
        op.add_column(table, sa.Column("sealed", sa.LargeBinary))
    _seal_all(op.get_bind(), data_keys)
    for table, (_, _, personal) in TABLES.items():
        for column in personal:
            op.drop_column(table, column)
    with op.batch_alter_table("messages") as messages:
        messages.alter_column("sealed", existing_type=sa.LargeBinary, nullable=False)


def _seal_all(connection: sa.Connection, data_keys: sa.Table) -> None:
    conversations = sa.table("conversations", sa.column("id", sa.String), sa.column("owner", sa.String))
    # What is left of erased ones has no words.
    query = sa.select(conversations.c.id).where(conversations.c.owner != "erased").order_by(conversations.c.id)
    last = ""
    while ids := list(connection.scalars(query.where(conversations.c.id > last).limit(AT_ONCE))):
        keys: KeyRing = context.config.attributes["keys"]()
        seals, rows, last = {}, [], ids[-1]
        for one in ids:
            data_key = Seal.new_key()
            kek, wrapped = keys.wrap(one, data_key)
            rows.append({"conversation": one, "kek": kek, "wrapped": wrapped})
            seals[one] = Seal(one, data_key)
        connection.execute(sa.insert(data_keys), rows)
        _seal_messages(connection, seals)
        for table in TABLES:
            _seal_rows(connection, table, seals)


def _seal_messages(connection: sa.Connection, seals: dict[str, Seal]) -> None:
    names = {"conversation": sa.String, "seq": sa.Integer, "body": sa.JSON, "understanding": sa.JSON}
    messages = sa.table("messages", *(sa.column(name, of) for name, of in names.items()), sa.column("sealed"))
    query = sa.select(*(messages.c[name] for name in names)).where(messages.c.conversation.in_(seals))
    rows = [close_message(seals[row["conversation"]], row) for row in connection.execute(query).mappings().all()]
    _update(connection, messages, ("conversation", "seq"), ("body", "understanding", "sealed"), rows)


def _seal_rows(connection: sa.Connection, name: str, seals: dict[str, Seal]) -> None:
    key, known, personal = TABLES[name]
    names = {"conversation": sa.String, **known, **personal}
    table = sa.table(name, *(sa.column(column, of) for column, of in names.items()), sa.column("sealed"))
    query = sa.select(*(table.c[column] for column in names)).where(table.c.conversation.in_(seals))
    rows = [close_row(name, seals[row["conversation"]], row) for row in connection.execute(query).mappings().all()]
    _update(connection, table, ("conversation", key), ("sealed",), rows)


def _update(
    connection: sa.Connection, table: sa.TableClause, keys: tuple[str, ...], values: tuple[str, ...], rows: list[dict]
) -> None:
    if rows:
        same = (table.c[key] == sa.bindparam(f"its_{key}") for key in keys)
        statement = sa.update(table).where(*same).values({value: sa.bindparam(f"new_{value}") for value in values})
        given = [
            {**{f"its_{key}": row[key] for key in keys}, **{f"new_{value}": row[value] for value in values}}
            for row in rows
        ]
        connection.execute(statement, given)
