"""What the verbs of the records take and give."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import RowMapping

URGENCIES = ("U0", "U1", "U2", "U3", "U4")  # U0 is the most urgent; their text sorts the same way
CANNOT_WAIT = ("U0", "U1")  # acknowledged at any hour
LOG_ONLY = "U4"  # nobody is told


@dataclass(frozen=True)
class Conversation:
    """A conversation as its visitor's token opens it. ``owner`` is bot, waiting, clinician or closed."""

    id: str
    owner: str
    locale: str
    raised: str | None
    last_seq: int


@dataclass(frozen=True)
class Message:
    """One numbered entry of a conversation's log. ``body`` holds the fields that the kind brings."""

    author: str
    kind: str
    body: dict[str, Any]
    seq: int = 0
    client_id: str | None = None
    reply_to: int | None = None
    answered: bool | None = None
    understanding: dict[str, Any] | None = None
    sent_at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    @classmethod
    def of(cls, row: RowMapping) -> Message:
        """The message in a row of its table."""
        return cls(**{key: row[key] for key in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Cause:
    """Why a person must look at a conversation.

    Args:
        category: A letter of the safety policy, ``guide`` or ``unavailable``.
        urgency: ``U0`` (the most urgent) to ``U4`` (nobody is told).
        teams: Names of the clinic's teams to tell.
        target_at: By when somebody should have taken it on.
        form: The form of the reply, if not the usual one; what has another form is another case.

    Raises:
        ValueError: The urgency is none of the five.
    """

    category: str
    urgency: str
    teams: tuple[str, ...] = ()
    target_at: dt.datetime | None = None
    form: str | None = None

    def __post_init__(self) -> None:
        if self.urgency not in URGENCIES:
            raise ValueError(f"urgency '{self.urgency}' of category '{self.category}': use one of {URGENCIES}")


@dataclass(frozen=True)
class Case:
    """A reason for a person to look at a conversation; one open case a category and form.

    ``form`` and ``urgency`` together say which reply the visitor was shown.
    """

    id: str
    conversation: str
    category: str
    urgency: str
    seq: int  # the message that opened it, or of which its teams were told last
    teams: tuple[str, ...]
    opened_at: dt.datetime
    target_at: dt.datetime | None = None
    acknowledged_at: dt.datetime | None = None
    acknowledged_by: str | None = None  # the team
    summary: dict[str, Any] | None = None
    closed_at: dt.datetime | None = None  # by a clinician with its conversation, or by the visitor
    form: str | None = None

    @classmethod
    def of(cls, row: RowMapping) -> Case:
        """The case in a row of its table."""
        values = {key: row[key] for key in cls.__dataclass_fields__}
        return cls(**{**values, "teams": tuple(row["teams"]), "form": row["form"] or None})


@dataclass(frozen=True)
class Erasure:
    """A conversation was erased. ``kept``: without its words, what pages about a crisis need is still there."""

    receipt: str
    kept: bool


@dataclass(frozen=True)
class Contact:
    """How a visitor wants to be reached. Kept out of ``repr``, and so out of logs."""

    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    best_time: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Transition:
    """A conversation went from one owner to another. ``by`` is ``visitor`` or a clinician."""

    from_owner: str
    to_owner: str
    by: str
    why: str | None
    at: dt.datetime


@dataclass(frozen=True)
class FlagChange:
    """The safety flag was raised (``by`` nobody) or lowered by a clinician."""

    category: str
    raised: bool
    by: str | None
    why: str | None
    at: dt.datetime


@dataclass(frozen=True)
class Page:
    """A notice to one person of a team: who, about which conversation, and what became of it.

    ``step`` is the person's place in the team, from 0. ``state`` is one of:

    - ``due``: to be sent at ``due_at`` (again, after a failure);
    - ``sent``: on its way to a person, who should acknowledge it by ``ack_by``, if that is set;
    - ``acknowledged``: somebody of the team has seen it;
    - ``unanswered``: nobody acknowledged it in time; what follows it in its chain, if anything, counts;
    - ``failed``: it cannot be sent;
    - ``cancelled``: the visitor no longer asks for it.
    """

    id: str
    conversation: str
    case: str
    chain: str  # the same for all pages that follow from one
    team: str
    step: int
    urgency: str
    token: str = field(repr=False)  # acknowledges the page
    state: str
    due_at: dt.datetime
    claimed_until: dt.datetime | None = None
    attempts: int = 0  # how often sending was begun
    sent_at: dt.datetime | None = None
    ack_by: dt.datetime | None = None
    acknowledged_at: dt.datetime | None = None
    last_error: str | None = None

    @classmethod
    def of(cls, row: RowMapping) -> Page:
        """The page in a row of its table."""
        return cls(**{key: row[key] for key in cls.__dataclass_fields__})
