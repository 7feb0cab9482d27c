"""Passwords: which ones are good enough, and argon2id. Hashing takes long on purpose, so it runs in threads."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 15, 128
TOO_SHORT = f"The password is too short. Use at least {SHORTEST} characters; four or five words in a row are fine."
TOO_LONG = f"The password is too long. Use at most {LONGEST} characters."
TOO_PLAIN = "The password is too easy to guess. Use more different characters, and not your own name."
NOT_THE_SAME = "The two passwords are not the same. Type the same one twice."

# argon2id with 19 MiB and two passes, as OWASP's Password Storage Cheat Sheet asks for: many who sign in at the same
# moment take little memory from visitors. Passwords that were kept with other costs are still read.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# What an unknown name is compared with, so that it takes as long as a known one.
_NOBODYS = _hasher.hash("nobody's password, which nobody can type")


def fault_of(password: str, again: str, *known: str) -> str | None:
    """Return what is wrong with a new password, or None. ``known`` is what everybody knows of the person."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    bare = password.lower()
    for word in known:
        bare = bare.replace(word.lower(), "") if word else bare
    if len(set(bare)) < 5 or len(bare) < SHORTEST // 2:
        return TOO_PLAIN
    return None if password == again else NOT_THE_SAME


def hash_password(password: str) -> str:
    """Return how a password is kept."""
    return _hasher.hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one that is kept; with nothing kept, never, after as much work."""
    try:
        _hasher.verify(password_hash or _NOBODYS, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether a password should be hashed again, with what is thought strong today."""
    return _hasher.check_needs_rehash(password_hash)
