"""What the verbs for the staff console take and give."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field

from sqlalchemy.engine import RowMapping

# Whoever is read under one of these is no person: in the chat, in the history of a conversation, in the audit.
NOBODYS = ("visitor", "assistant", "bot", "system", "command line", "make ")
CODE, ENROL, FULL = "code", "enrol", "full"  # what a session still asks for; a full one for nothing


@dataclass(frozen=True)
class Person:
    """A member of staff. What proves who they are is kept out of ``repr``, and so out of logs."""

    id: str
    login: str
    name: str  # as visitors read it
    roles: tuple[str, ...]
    created_at: dt.datetime
    disabled_at: dt.datetime | None = None
    password_hash: str | None = field(default=None, repr=False)
    totp_secret: str | None = field(default=None, repr=False)
    totp_since: dt.datetime | None = None

    @classmethod
    def of(cls, row: RowMapping) -> Person:
        """The person in a row of their table."""
        values = {key: row[key] for key in cls.__dataclass_fields__}
        return cls(**{**values, "roles": tuple(row["roles"])})


@dataclass(frozen=True)
class Invitation:
    """A one-time link. ``person`` follows it to choose a password; with nobody, it makes the first manager."""

    person: Person | None
    expires_at: dt.datetime


@dataclass(frozen=True)
class Session:
    """A person who is signed in, or about to be: ``stage`` is ``code``, ``enrol`` or ``full``."""

    id: str
    person: Person
    stage: str
    address: str
    browser: str
    created_at: dt.datetime
    seen_at: dt.datetime


@dataclass(frozen=True)
class AuditRow:
    """Who did what, in which role, with which conversation, why, and when. Never what a visitor wrote."""

    number: int
    at: str
    who: str
    role: str
    action: str
    conversation: str | None
    reason: str | None
    hash: str = ""


@dataclass(frozen=True)
class Verdict:
    """What verifying the audit found: ``damaged`` is the number of the first row that is not as it was written.

    ``head`` is the hash of the last row; whoever keeps it elsewhere can prove later that nothing before it was changed.
    """

    rows: int
    head: str
    damaged: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Note:
    """What staff wrote about a conversation for each other."""

    by: str
    text: str
    at: dt.datetime


@dataclass(frozen=True)
class Queued:
    """A conversation that needs a person, or has one.

    ``since`` is when it began to wait: when the visitor asked for a person, or its oldest open case was opened.
    ``cases`` are category and form of the open ones. ``unanswered``: the visitor had the last word.
    """

    conversation: str
    owner: str
    clinician: str | None
    raised: str | None
    urgency: str | None
    cases: tuple[tuple[str, str | None], ...]
    acknowledged: bool
    since: dt.datetime
    unanswered: bool
    last_seq: int


@dataclass(frozen=True)
class Held:
    """Who has a conversation, and how far it has come."""

    id: str
    owner: str
    clinician: str | None
    raised: str | None
    waiting_since: dt.datetime | None
    locale: str
    location: str | None
    last_seq: int
    created_at: dt.datetime


def is_nobodys(name: str) -> bool:
    """Whether a name would be mistaken for the visitor, the assistant or the system, however it is written."""
    plain = " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold()))
    return any(plain == one or (one.endswith(" ") and plain.startswith(one)) for one in NOBODYS)
