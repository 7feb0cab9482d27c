"""The key-encryption keys, which open the data keys of all conversations. Whoever loses them loses what was said."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from records.errors import KeyProblem

KEYS, KEYS_FILE = "FRONTDESK_KEYS", "FRONTDESK_KEYS_FILE"
FILE = Path(__file__).parents[1] / "var" / "keys"  # where `make run` keeps its own
KEY_BYTES, NONCE_BYTES = 32, 12  # AES-256; a random nonce of the size that GCM is made for
NONE = (
    f"There is no key to seal what visitors write: make one with 'python -m frontdesk new-key', and set {KEYS} to it, "
    f"or {KEYS_FILE} to a file that holds it."
)
_PAIR = re.compile(r"([A-Za-z0-9_.-]{1,32}):([A-Za-z0-9+/]+={0,2})")


class KeyRing:
    """Key-encryption keys by their id. The first one wraps; the others still unwrap what they have wrapped.

    Args:
        keys: 32 bytes by id, the current one first.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self.current = next(iter(keys))
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Read ``id:base64`` pairs with commas or white space between them, the current key first.

        Raises:
            KeyProblem: There is none, or one is no key. The message holds nothing of the keys.
        """
        keys: dict[str, bytes] = {}
        for number, pair in enumerate(text.replace(",", " ").split(), start=1):
            match = _PAIR.fullmatch(pair)
            try:
                key = base64.b64decode(match[2], validate=True) if match else b""
            except binascii.Error:
                key = b""
            if match is None or len(key) != KEY_BYTES or match[1] in keys:
                raise KeyProblem(
                    f"Key number {number} of {KEYS} is not 'id:key' with an id of its own and {KEY_BYTES} bytes in "
                    "base64: make one with 'python -m frontdesk new-key'."
                )
            keys[match[1]] = key
        if not keys:
            raise KeyProblem(NONE)
        return cls(keys)

    def wrap(self, conversation: str, data_key: bytes) -> tuple[str, bytes]:
        """Seal a conversation's data key with the current key; return that key's id and the sealed key."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self.current].encrypt(nonce, data_key, _about(conversation, self.current))
        return self.current, nonce + sealed

    def unwrap(self, conversation: str, key_id: str, wrapped: bytes) -> bytes:
        """Return the data key that :meth:`wrap` sealed.

        Raises:
            KeyProblem: Its key is not here, or another key has the id, or the sealed key was changed.
        """
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise KeyProblem(
                f"Conversations are sealed with key '{key_id}', which is not among the keys: add it to {KEYS}, behind "
                "the current one."
            )
        try:
            return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _about(conversation, key_id))
        except InvalidTag as error:
            raise KeyProblem(
                f"Key '{key_id}' does not open conversation {conversation}: {KEYS} has another key under that id, or "
                "the database was changed. Give the key that the conversations were sealed with."
            ) from error


def keys_of(environment: Mapping[str, str] = os.environ) -> KeyRing:
    """Return the keys that ``FRONTDESK_KEYS`` holds, or the file that ``FRONTDESK_KEYS_FILE`` names (``var/keys``).

    Raises:
        KeyProblem: There is none, or one is no key.
    """
    given, path = environment.get(KEYS), environment.get(KEYS_FILE)
    if given and path:
        raise KeyProblem(f"Both {KEYS} and {KEYS_FILE} are set: leave one of them out.")
    if given:
        return KeyRing.parse(given)
    try:
        return KeyRing.parse(Path(path or FILE).read_text())
    except OSError as error:
        if not path:
            raise KeyProblem(NONE) from error
        raise KeyProblem(
            f"The file that {KEYS_FILE} names cannot be read ({type(error).__name__}): put a key into it with "
            "'python -m frontdesk new-key'."
        ) from error


def new_key() -> str:
    """Return a new ``id:base64`` pair; its id begins with today's date."""
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    return f"{dt.datetime.now(dt.UTC):%Y%m%d}-{secrets.token_hex(3)}:{key}"


def make_keys(path: Path) -> None:
    """Make a key in the file ``path``, for its owner only, unless the file is there."""
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(new_key() + "\n")
    new.replace(path)


def _about(conversation: str, key_id: str) -> bytes:
    return f"data key\n{conversation}\n{key_id}".encode()
