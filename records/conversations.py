"""Conversations and their log: opened, read, and answered."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import logging
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, insert, select, true, update
from sqlalchemy.engine import RowMapping

from records.cases import raise_causes
from records.database import Database, lock, now
from records.entries import Cause, Conversation, Message
from records.errors import ConversationNotFound, KeyProblem, MessageNotFound, SealBroken, WrongOwner
from records.log import append, by_client_id, read
from records.schema import cases, conversations, feedback, messages
from records.sealed_rows import close_row

logger = logging.getLogger(__name__)

UNAVAILABLE = "unavailable"  # the kind of the reply, and the category of the case, when a part was down


class Conversations(Database):
    """Keeps what was said."""

    def open_conversation(
        self, origin: str, locale: str, opening: Message, location: str | None = None
    ) -> tuple[Conversation, str, Message]:
        """Start a conversation with its opening message.

        Returns the conversation, the token that opens it (kept only as a hash), and the message as stored.
        """
        conversation, token = secrets.token_hex(12), secrets.token_urlsafe(32)
        opening = self._readable(opening)
        with self._engine.begin() as connection:
            connection.execute(
                insert(conversations).values(
                    id=conversation,
                    token_hash=_hash(token),
                    origin=origin,
                    locale=locale,
                    location=location,
                    owner="bot",
                    last_seq=0,
                    created_at=now(),
                )
            )
            self._seals.make(connection, [conversation])
            (stored,) = append(connection, self._seals, conversation, [opening])
        return Conversation(conversation, "bot", locale, None, stored.seq, location), token, stored

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
        return _conversation(row)

    def location(self, conversation: str) -> str | None:
        """Return which location of a group a conversation is about; None: no certain one, or there is none such."""
        with self._reader.connect() as connection:
            return connection.scalar(select(conversations.c.location).where(conversations.c.id == conversation))

    def receive(self, conversation: str, client_id: str, body: dict[str, Any], causes: Sequence[Cause] = ()) -> Message:
        """Store a visitor's message and escalate for its causes; or return the one already stored as ``client_id``.

        Either both happen or neither: no message waits in the log whose case was lost.

        Raises:
            ConversationNotFound: The conversation was erased meanwhile.
        """
        with self._reader.connect() as connection:  # before it is redacted once more
            if stored_already := by_client_id(connection, self._seals, conversation, client_id):
                return stored_already
        message = self._readable(Message("visitor", "visitor", body, client_id=client_id, answered=False))
        with self._engine.begin() as connection:
            row = lock(connection, conversation)
            if found := by_client_id(connection, self._seals, conversation, client_id):
                return found
            (stored,) = append(connection, self._seals, conversation, [message])
            raise_causes(connection, self._seals, row, stored.seq, causes)
            return stored

    def answer(self, conversation: str, visitor: Message, replies: list[Message]) -> list[Message]:
        """Close the turn of ``visitor``'s message with ``replies``; a turn is closed once.

        Returns the replies as stored: the earlier ones if the turn was already closed, none if a clinician
        has taken the conversation over since the message came.

        Raises:
            ConversationNotFound: The conversation was erased meanwhile.
        """
        replies = [self._readable(reply) for reply in replies]
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
                return read(connection, self._seals, conversation, messages.c.reply_to == visitor.seq)
            if row["owner"] == "clinician":
                return []
            return append(connection, self._seals, conversation, replies, reply_to=visitor.seq)

    def say(self, conversation: str, message: Message, clinician: str | None = None) -> Message:
        """Append a message that answers nothing: a notice, or a clinician's words.

        A message with a ``client_id`` that is stored already is returned as it was stored.

        Args:
            conversation: Its id.
            message: What is said.
            clinician: Who must have the conversation for it to be said; None: whoever has it.

        Raises:
            ConversationNotFound: There is none.
            WrongOwner: It is the assistant's, and a clinician has the conversation; or ``clinician`` does not have it.
        """
        message = self._readable(message)
        with self._engine.begin() as connection:
            row = lock(connection, conversation)
            if message.client_id and (found := by_client_id(connection, self._seals, conversation, message.client_id)):
                return found
            if message.author == "bot" and row["owner"] == "clinician":
                raise WrongOwner("clinician", "bot", row["clinician"])
            if clinician is not None and (row["owner"], row["clinician"]) != ("clinician", clinician):
                raise WrongOwner(row["owner"], "clinician", row["clinician"])
            return append(connection, self._seals, conversation, [message])[0]

    def is_earlier_open(self, conversation: str, seq: int, since: dt.datetime) -> bool:
        """Whether the turn of a message before number ``seq``, sent after ``since``, has not ended."""
        query = select(messages.c.seq).where(
            messages.c.conversation == conversation,
            messages.c.seq < seq,
            messages.c.answered.is_(False),
            messages.c.sent_at > since,
        )
        with self._reader.connect() as connection:
            return connection.scalar(query.limit(1)) is not None

    def unanswered(self, before: dt.datetime | None = None) -> list[tuple[Conversation, Message]]:
        """Return the visitors' messages whose turn has not ended, in order, each with its conversation.

        Args:
            before: Only those sent before; None: all.
        """
        query = (
            select(conversations, messages.c.seq)
            .join(messages, messages.c.conversation == conversations.c.id)
            .where(messages.c.answered.is_(False), true() if before is None else messages.c.sent_at < before)
            .order_by(messages.c.sent_at)
        )
        return self._opened(query)

    def unscreened(self, since: dt.datetime) -> list[tuple[Conversation, Message]]:
        """Return the messages since then that got no answer and whose conversation has an open case for that."""
        query = (
            select(conversations, messages.c.reply_to.label("seq"))
            .join(cases, cases.c.conversation == conversations.c.id)
            .join(messages, messages.c.conversation == conversations.c.id)
            .where(cases.c.category == UNAVAILABLE, cases.c.closed_at.is_(None))
            .where(messages.c.kind == UNAVAILABLE, messages.c.sent_at > since, messages.c.reply_to.is_not(None))
            .order_by(messages.c.sent_at)
        )
        return self._opened(query)

    def _opened(self, query: Select[Any]) -> list[tuple[Conversation, Message]]:
        """Read conversations with a message each; not those erased meanwhile, nor those that cannot be opened.

        One of these must not hold up all others.
        """
        found = []
        with self._reader.connect() as connection:
            for row in connection.execute(query).mappings().all():
                try:
                    said = read(connection, self._seals, row["id"], messages.c.seq == row["seq"])
                except ConversationNotFound:
                    continue
                except (KeyProblem, SealBroken) as error:
                    logger.error("Conversation %s cannot be opened: %s", row["id"], type(error).__name__)
                    continue
                found += [(_conversation(row), message) for message in said]
        return found

    def replies_to(self, conversation: str, visitor: Message) -> list[Message]:
        """Return the stored replies to a visitor's message, in order."""
        with self._reader.connect() as connection:
            return read(connection, self._seals, conversation, messages.c.reply_to == visitor.seq)

    def messages_after(self, conversation: str, seq: int) -> list[Message]:
        """Return the log after number ``seq``, in order."""
        with self._reader.connect() as connection:
            return read(connection, self._seals, conversation, messages.c.seq > seq)

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
            row = {"seq": seq, "helpful": helpful, "comment": comment, "given_at": now()}
            sealed = close_row("feedback", self._seals.of(connection, conversation), row)
            connection.execute(insert(feedback).values(conversation=conversation, **sealed))


def _conversation(row: RowMapping) -> Conversation:
    return Conversation(row["id"], row["owner"], row["locale"], row["raised"], row["last_seq"], row["location"])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
