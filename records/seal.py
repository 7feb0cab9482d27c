"""Seals what visitors and staff write: AES-256-GCM with a data key of each conversation.

The data key is kept beside the conversation, wrapped by a key-encryption key (:mod:`records.keys`). Erasing a
conversation deletes it, and with it every copy of the words, wherever a backup has the sealed bytes alone.
"""

from __future__ import annotations

import json
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable
from itertools import batched
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, insert, select

from records.errors import ConversationNotFound, SealBroken
from records.keys import KEY_BYTES, NONCE_BYTES, KeyRing, keys_of
from records.schema import data_keys

OPENED = 1024  # data keys held in memory; a busy clinic has far fewer conversations at a time
AT_ONCE = 500  # rows a query


class Seal:
    """What one conversation's data key seals and opens.

    Args:
        conversation: Its id.
        data_key: 32 bytes.
    """

    def __init__(self, conversation: str, data_key: bytes) -> None:
        self._conversation, self._cipher = conversation, AESGCM(data_key)

    @staticmethod
    def new_key() -> bytes:
        """Return a new data key."""
        return AESGCM.generate_key(8 * KEY_BYTES)

    def close(self, what: str, which: object, content: Any) -> bytes:
        """Return ``content``, which JSON must be able to say, sealed for this place: ``what`` it is, and ``which``."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, json.dumps(content).encode(), self._place(what, which))

    def open(self, what: str, which: object, sealed: bytes) -> Any:
        """Return what was sealed for this place.

        Raises:
            SealBroken: It was changed, or sealed for another place.
        """
        try:
            opened = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._place(what, which))
        except (InvalidTag, ValueError) as error:
            raise SealBroken(self._conversation, what, which) from error
        return json.loads(opened)

    def _place(self, what: str, which: object) -> bytes:
        return f"{self._conversation}\n{what}\n{which}".encode()


class Seals:
    """The seals of all conversations; those used last are kept open.

    Args:
        keys: What wraps data keys; None: the environment's, read when they are first needed.
    """

    def __init__(self, keys: KeyRing | None) -> None:
        self._keys = keys
        self._open: OrderedDict[str, Seal] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def keys(self) -> KeyRing:
        """The key-encryption keys.

        Raises:
            KeyProblem: There is none.
        """
        if self._keys is None:
            self._keys = keys_of()
        return self._keys

    def make(self, connection: Connection, conversations: Iterable[str]) -> dict[str, Seal]:
        """Give new conversations a data key each."""
        made, rows = {}, []
        for conversation in conversations:
            data_key = Seal.new_key()
            kek, wrapped = self.keys.wrap(conversation, data_key)
            rows.append({"conversation": conversation, "kek": kek, "wrapped": wrapped})
            made[conversation] = self._remember(conversation, data_key)
        for some in batched(rows, AT_ONCE):
            connection.execute(insert(data_keys), list(some))
        return made

    def of(self, connection: Connection, conversation: str) -> Seal:
        """Return a conversation's seal.

        Raises:
            ConversationNotFound: It has none, or none any more.
            KeyProblem: Its data key cannot be unwrapped.
        """
        try:
            return self.of_all(connection, [conversation])[conversation]
        except KeyError as error:
            raise ConversationNotFound(conversation) from error

    def of_all(self, connection: Connection, conversations: Iterable[str]) -> dict[str, Seal]:
        """Return the seals of those of the conversations that have one.

        Raises:
            KeyProblem: A data key cannot be unwrapped.
        """
        wanted = set(conversations)
        with self._lock:
            found = {one: self._open[one] for one in wanted if one in self._open}
            for one in found:
                self._open.move_to_end(one)
        for some in batched(wanted - set(found), AT_ONCE):
            for row in connection.execute(select(data_keys).where(data_keys.c.conversation.in_(some))):
                data_key = self.keys.unwrap(row.conversation, row.kek, row.wrapped)
                found[row.conversation] = self._remember(row.conversation, data_key)
        return found

    def forget(self, conversation: str) -> None:
        """Let go of an erased conversation's data key."""
        with self._lock:
            self._open.pop(conversation, None)

    def _remember(self, conversation: str, data_key: bytes) -> Seal:
        with self._lock:
            seal = self._open[conversation] = Seal(conversation, data_key)
            while len(self._open) > OPENED:
                self._open.popitem(last=False)
        return seal
