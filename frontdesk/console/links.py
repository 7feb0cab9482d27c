"""One-time links by which people begin: the first manager, who has nobody to invite them, and everybody else."""

from __future__ import annotations

import datetime as dt

from records import Person, Records

FIRST_FOR = dt.timedelta(hours=24)
INVITED_FOR = dt.timedelta(hours=48)


def first_manager_link(records: Records, base: str) -> str | None:
    """Return the link by which the first manager begins, or None when there is one. Earlier links are void.

    It is printed where the assistant is started, works once, and for a day.
    """
    token = records.invite_first_manager(dt.datetime.now(dt.UTC) + FIRST_FOR)
    return _link(base, token) if token else None


def invitation_link(records: Records, base: str, person: Person) -> str:
    """Return the link by which a person chooses a password. Earlier links are void; it works once, for two days."""
    return _link(base, records.invite(person.id, dt.datetime.now(dt.UTC) + INVITED_FOR))


def _link(base: str, token: str) -> str:
    return f"{base.rstrip('/')}/console/join/{token}"
