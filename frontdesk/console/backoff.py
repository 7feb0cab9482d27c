"""How long to wait after wrong passwords and codes. The wait grows; nobody is locked out."""

from __future__ import annotations

import datetime as dt

from records import Backoff, Records

MINUTE = dt.timedelta(minutes=1)


def limits(login: str, address: str) -> list[Backoff]:
    """Return what counts for one attempt.

    A guesser at one place soon waits long. From many places, an account can only be slowed down a little: its owner,
    who comes from yet another place, waits half a minute at most.
    """
    who = login.lower()
    return [
        Backoff(f"{who} from {address}", 5, 15 * MINUTE),
        Backoff(f"from {address}", 20, 5 * MINUTE),
        Backoff(f"as {who}", 20, MINUTE / 2),
    ]


def succeeded(records: Records, login: str, address: str, tries: int) -> None:
    """Somebody has shown who they are, in so many tries. What others did from the same address still counts."""
    who = login.lower()
    records.signed_in([f"{who} from {address}", f"as {who}"], f"from {address}", tries)


def wait_words(wait: float) -> str:
    """Say how many seconds to wait."""
    seconds = int(wait) + 1
    if seconds < 90:
        return f"Too many wrong tries. Wait {seconds} second{'' if seconds == 1 else 's'}, then try again."
    return f"Too many wrong tries. Wait {-(-seconds // 60)} minutes, then try again."
