"""Codes of an authenticator app (TOTP), its QR code, and the one-time recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

import pyotp
import segno

STEP = 30  # seconds
SKEW = 1  # steps by which a telephone's clock may be wrong
COUNT = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


def new_secret() -> str:
    """Return a secret for an authenticator."""
    return pyotp.random_base32()


def qr_code(secret: str, login: str, clinic: str) -> str:
    """Return the QR code that an authenticator reads, as the address of an SVG image that holds itself."""
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=clinic)
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff"))


def step_of(secret: str, code: str, at: float | None = None) -> int | None:
    """Return the time step whose code this is, or None when it is none of the few that count now."""
    digits = "".join(code.split())
    if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return None
    now = int((time.time() if at is None else at) // STEP)
    totp = pyotp.TOTP(secret)
    matching = [step for step in range(now - SKEW, now + SKEW + 1) if hmac.compare_digest(totp.at(step * STEP), digits)]
    return max(matching, default=None)


def new_recovery_codes() -> list[str]:
    """Return new recovery codes, each good once: 15 letters and digits in groups of five."""
    return ["-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3)) for _ in range(COUNT)]


def recovery_hash(code: str) -> str:
    """Return how a recovery code is kept. It is random and long (74 bits), so a plain hash is enough."""
    bare = "".join(character for character in code.lower() if character.isalnum())
    return hashlib.sha256(f"recovery:{bare}".encode("utf-8", "replace")).hexdigest()
