"""The message log of a conversation: how entries get in and out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from records.entries import Message
from records.errors import ConversationNotFound
from records.schema import conversations, messages


def append(
    connection: Connection, conversation: str, entries: list[Message], reply_to: int | None = None
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
    stored = []
    for seq, entry in enumerate(entries, start=last - len(entries) + 1):
        stored.append(replace(entry, seq=seq, reply_to=reply_to))
        connection.execute(insert(messages).values(conversation=conversation, **stored[-1].__dict__))
    return stored


def read(connection: Connection, conversation: str, condition: ColumnElement[bool]) -> list[Message]:
    """Return the entries for which ``condition`` holds, in order."""
    rows = connection.execute(
        select(messages).where(messages.c.conversation == conversation, condition).order_by(messages.c.seq)
    ).mappings()
    return [Message.of(row) for row in rows]


def by_client_id(connection: Connection, conversation: str, client_id: str) -> Message | None:
    """Return the entry that its sender numbered ``client_id``, or None."""
    found = read(connection, conversation, messages.c.client_id == client_id)
    return found[0] if found else None
