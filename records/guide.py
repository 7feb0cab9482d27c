"""What visitors tell the candidacy guide: kept only if they send it to the clinic.

A message that holds it has ``"guide": true`` in its body; ``"kept"`` once it was sent, ``false`` once forgotten.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import replace

from sqlalchemy import Connection, select, update

from records.database import Database, lock
from records.entries import Message
from records.errors import KeyProblem, SealBroken
from records.log import read
from records.schema import conversations, messages
from records.sealed_rows import close_message
from records.words import index_again

logger = logging.getLogger(__name__)

TELLING = ("choice", "category", "suggestions", "sources")  # fields of a body from which an answer could be read


class Guide(Database):
    """Keeps or forgets the guide's answers."""

    def forget_guide(self, conversation: str, text: str) -> int:
        """Put ``text`` in place of what was said in the guide and not kept; return how many messages that were.

        Raises:
            ConversationNotFound: There is none.
        """
        with self._engine.begin() as connection:
            lock(connection, conversation)
            count = self._forget(connection, conversation, text)
        self._drop_journal()
        return count

    def forget_guides_before(self, when: dt.datetime, text: str) -> list[str]:
        """Do so for every conversation whose last guide message is older than ``when``; return their ids."""
        old = conversations.c.guide_at < when
        forgotten = []
        with self._reader.connect() as connection:
            found = list(connection.scalars(select(conversations.c.id).where(old).order_by(conversations.c.guide_at)))
        for conversation in found:  # one at a time, so that nobody waits long
            try:
                with self._engine.begin() as connection:
                    locked = select(conversations.c.id).where(conversations.c.id == conversation, old).with_for_update()
                    if connection.scalar(locked):  # nobody has gone on with it, or erased it, since we looked
                        self._forget(connection, conversation, text)
                        forgotten.append(conversation)
            except (KeyProblem, SealBroken) as error:  # one that cannot be opened must not hold up all others
                logger.error("The guide in %s cannot be forgotten: %s", conversation, type(error).__name__)
        if forgotten:
            self._drop_journal()
        return forgotten

    def keep_from_guide(self, conversation: str, seq: int) -> None:
        """Keep one message, though it was said in the guide: it needs a person, who must be able to read it.

        Raises:
            ConversationNotFound: There is none.
        """
        with self._engine.begin() as connection:
            lock(connection, conversation)
            for message in self._held(connection, conversation):
                if message.seq == seq:
                    self._keep(connection, conversation, message)

    def keep_guide(self, conversation: str) -> int:
        """Keep what was said in the guide: the visitor sent it to the clinic. Return how many messages that were.

        Raises:
            ConversationNotFound: There is none.
        """
        with self._engine.begin() as connection:
            lock(connection, conversation)
            held = self._held(connection, conversation)
            for message in held:
                self._keep(connection, conversation, message)
            _settle(connection, conversation)
            return len(held)

    def _forget(self, connection: Connection, conversation: str, text: str) -> int:
        held = self._held(connection, conversation)
        for message in held:
            body = {key: value for key, value in message.body.items() if key not in TELLING}
            body |= {"text": text, "guide": False}
            self._put(connection, conversation, replace(message, body=body, understanding=None))
        _settle(connection, conversation)
        return len(held)

    def _keep(self, connection: Connection, conversation: str, message: Message) -> None:
        kept = replace(message, body={**message.body, "guide": "kept"})
        self._put(connection, conversation, self._readable(kept))  # a few messages, once: nobody waits long

    def _held(self, connection: Connection, conversation: str) -> list[Message]:
        said = read(connection, self._seals, conversation, messages.c.seq > 0)
        return [message for message in said if message.body.get("guide") is True]

    def _put(self, connection: Connection, conversation: str, message: Message) -> None:
        same = (messages.c.conversation == conversation, messages.c.seq == message.seq)
        row = close_message(self._seals.of(connection, conversation), message.__dict__)
        connection.execute(update(messages).where(*same).values(**row))
        index_again(connection, conversation, message.seq, message.redacted)


def _settle(connection: Connection, conversation: str) -> None:
    connection.execute(update(conversations).where(conversations.c.id == conversation).values(guide_at=None))
