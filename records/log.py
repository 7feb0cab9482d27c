"""The message log of a conversation: how entries get in, where they are sealed, and out, where they are opened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from records.answer_schema import asked
from records.entries import Message
from records.errors import ConversationNotFound
from records.interest import asked_rows
from records.schema import conversations, messages
from records.seal import Seals
from records.sealed_rows import close_message, open_message
from records.words import index


def append(
    connection: Connection, seals: Seals, conversation: str, entries: list[Message], reply_to: int | None = None
) -> list[Message]:
    """Number and store ``entries``, and return them as stored.

    Raises:
        ConversationNotFound: There is no such conversation.
    """
    values: dict[str, Any] = {"last_seq": conversations.c.last_seq + len(entries)}
    if guided := [entry.sent_at for entry in entries if entry.body.get("guide") is True]:
        values["guide_at"] = max(guided)
    last = connection.scalar(
        update(conversations)
        .where(conversations.c.id == conversation)
        .values(**values)
        .returning(conversations.c.last_seq)
    )
    if last is None:
        raise ConversationNotFound(conversation)
    seal, stored = seals.of(connection, conversation), []
    for seq, entry in enumerate(entries, start=last - len(entries) + 1):
        stored.append(replace(entry, seq=seq, reply_to=reply_to))
        row = close_message(seal, stored[-1].__dict__)
        connection.execute(insert(messages).values(conversation=conversation, **row))
        for topic in asked_rows(conversation, stored[-1].__dict__):
            connection.execute(insert(asked).values(**topic))
    index(connection, [{"conversation": conversation, "seq": one.seq, "redacted": one.redacted} for one in stored])
    return stored


def read(connection: Connection, seals: Seals, conversation: str, condition: ColumnElement[bool]) -> list[Message]:
    """Return the entries for which ``condition`` holds, in order.

    Raises:
        SealBroken: One is not as it was written.
    """
    query = select(messages).where(messages.c.conversation == conversation, condition).order_by(messages.c.seq)
    rows = connection.execute(query).mappings().all()
    return [Message.of(open_message(seals.of(connection, conversation), row)) for row in rows]


def by_client_id(connection: Connection, seals: Seals, conversation: str, client_id: str) -> Message | None:
    """Return the entry that its sender numbered ``client_id``, or None."""
    found = read(connection, seals, conversation, messages.c.client_id == client_id)
    return found[0] if found else None
