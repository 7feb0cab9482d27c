"""Conversations and their log: opened, read, answered, and erased."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from records.cases import raise_causes
from records.database import Database, lock, now
from records.entries import Cause, Conversation, Erasure, Message
from records.erased import BELONGINGS, set_aside
from records.errors import ConversationNotFound, MessageNotFound, WrongOwner
from records.log import append, by_client_id, read
from records.schema import conversations, erasures, feedback, messages


class Conversations(Database):
    """Keeps what was said."""

    def open_conversation(self, origin: str, locale: str, opening: Message) -> tuple[Conversation, str, Message]:
        """Start a conversation with its opening message.

        Returns the conversation, the token that opens it (kept only as a hash), and the message as stored.
        """
        conversation, token = secrets.token_hex(12), secrets.token_urlsafe(32)
        with self._engine.begin() as connection:
            connection.execute(
                insert(conversations).values(
                    id=conversation,
                    token_hash=_hash(token),
                    origin=origin,
                    locale=locale,
                    owner="bot",
                    last_seq=0,
                    created_at=now(),
                )
            )
            (stored,) = append(connection, conversation, [opening])
        return Conversation(conversation, "bot", locale, None, stored.seq), token, stored

    def access(self, conversation: str, token: str) -> Conversation:
        """Return the conversation that ``token`` opens.

        Raises:
            ConversationNotFound: There is none, or the token is another's. The two look the same.
        """
        with self._reader.connect() as connection:
            row = connection.execute(select(conversations).where(conversations.c.id == conversation)).mappings().first()
        expected = row["token_hash"] if row else _hash("")
        if not hmac.compare_digest(expected, _hash(token)) or row is None:
            raise ConversationNotFound(conversation)
        return Conversation(row["id"], row["owner"], row["locale"], row["raised"], row["last_seq"])

    def receive(self, conversation: str, client_id: str, body: dict[str, Any], causes: Sequence[Cause] = ()) -> Message:
        """Store a visitor's message and escalate for its causes; or return the one already stored as ``client_id``.

        Either both happen or neither: no message waits in the log whose case was lost.

        Raises:
            ConversationNotFound: The conversation was erased meanwhile.
        """
        with self._engine.begin() as connection:
            row = lock(connection, conversation)
            if found := by_client_id(connection, conversation, client_id):
                return found
            message = Message("visitor", "visitor", body, client_id=client_id, answered=False)
            (stored,) = append(connection, conversation, [message])
            raise_causes(connection, row, stored.seq, causes)
            return stored

    def answer(self, conversation: str, visitor: Message, replies: list[Message]) -> list[Message]:
        """Close the turn of ``visitor``'s message with ``replies``; a turn is closed once.

        Returns the replies as stored: the earlier ones if the turn was already closed, none if a clinician
        has taken the conversation over since the message came.

        Raises:
            ConversationNotFound: The conversation was erased meanwhile.
        """
        with self._engine.begin() as connection:
            row = lock(connection, conversation)
            closed = connection.execute(
                update(messages)
                .where(
                    messages.c.conversation == conversation,
                    messages.c.seq == visitor.seq,
                    messages.c.answered.is_(False),
                )
                .values(answered=True)
            )
            if not closed.rowcount:
                return read(connection, conversation, messages.c.reply_to == visitor.seq)
            if row["owner"] == "clinician":
                return []
            return append(connection, conversation, replies, reply_to=visitor.seq)

    def say(self, conversation: str, message: Message) -> Message:
        """Append a message that answers nothing: a notice, or a clinician's words.

        A message with a ``client_id`` that is stored already is returned as it was stored.

        Raises:
            ConversationNotFound: There is none.
            WrongOwner: It is the assistant's, and a clinician has the conversation.
        """
        with self._engine.begin() as connection:
            row = lock(connection, conversation)
            if message.client_id and (found := by_client_id(connection, conversation, message.client_id)):
                return found
            if message.author == "bot" and row["owner"] == "clinician":
                raise WrongOwner("clinician", "bot")
            return append(connection, conversation, [message])[0]

    def replies_to(self, conversation: str, visitor: Message) -> list[Message]:
        """Return the stored replies to a visitor's message, in order."""
        with self._reader.connect() as connection:
            return read(connection, conversation, messages.c.reply_to == visitor.seq)

    def messages_after(self, conversation: str, seq: int) -> list[Message]:
        """Return the log after number ``seq``, in order."""
        with self._reader.connect() as connection:
            return read(connection, conversation, messages.c.seq > seq)

    def expect_note(self, conversation: str) -> None:
        """The next thing the visitor sends is a message for the team.

        Raises:
            ConversationNotFound: There is none.
        """
        with self._engine.begin() as connection:
            lock(connection, conversation)
            connection.execute(update(conversations).where(conversations.c.id == conversation).values(note_next=True))

    def take_note(self, conversation: str) -> bool:
        """Return whether a message for the team was expected, and expect none any more."""
        with self._engine.begin() as connection:
            taken = connection.execute(
                update(conversations)
                .where(conversations.c.id == conversation, conversations.c.note_next.is_(True))
                .values(note_next=False)
            )
            return bool(taken.rowcount)

    def give_feedback(self, conversation: str, seq: int, helpful: bool, comment: str | None) -> None:
        """Keep whether a bot message helped; a later word replaces the earlier one.

        Raises:
            MessageNotFound: ``seq`` is not a bot message of this conversation.
        """
        with self._engine.begin() as connection:
            known = connection.scalar(
                select(messages.c.seq).where(
                    messages.c.conversation == conversation, messages.c.seq == seq, messages.c.author == "bot"
                )
            )
            if known is None:
                raise MessageNotFound(seq)
            same = (feedback.c.conversation == conversation, feedback.c.seq == seq)
            connection.execute(delete(feedback).where(*same))
            connection.execute(
                insert(feedback).values(
                    conversation=conversation, seq=seq, helpful=helpful, comment=comment, given_at=now()
                )
            )

    def erase(self, conversation: str) -> Erasure:
        """Erase a conversation with everything that belongs to it.

        Only what pages about a crisis need that nobody has seen yet is kept, without words, contact or token:
        see :mod:`records.erased`.
        """
        receipt, kept = secrets.token_hex(8), False
        with self._engine.begin() as connection:
            with suppress(ConversationNotFound):
                kept = set_aside(connection, lock(connection, conversation))
            count = connection.scalar(
                select(func.count()).select_from(messages).where(messages.c.conversation == conversation)
            )
            for table in BELONGINGS:
                connection.execute(delete(table).where(table.c.conversation == conversation))
            connection.execute(delete(conversations).where(conversations.c.id == conversation))
            connection.execute(insert(erasures).values(receipt=receipt, erased_at=now(), messages=count))
        self._drop_journal()
        return Erasure(receipt, kept)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
