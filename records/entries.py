"""What the verbs of the records take and give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import RowMapping

URGENCIES = ("U0", "U1", "U2", "U3", "U4")  # U0 is the most urgent; their text sorts the same way
CANNOT_WAIT = ("U0", "U1")  # acknowledged at any hour
LOG_ONLY = "U4"  # nobody is told
LEAST = "U9"  # no urgency: sorts after every one
PEOPLE = ("visitor", "clinician")  # authors who write words of their own
REPEATS = ("guide",)  # kinds of the assistant's messages that repeat what the visitor has said
CHOICE = "choice"  # the field of a body that says which button it was


@dataclass(frozen=True)
class Conversation:
    """A conversation as its visitor's token opens it. ``owner`` is bot, waiting, clinician or closed."""

    id: str
    owner: str
    locale: str
    raised: str | None
    last_seq: int
    location: str | None = None  # which one of a group's, by its id


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
    redacted: str | None = field(default=None, repr=False)  # what people wrote, as staff may search and read it
    sent_at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Message:
        """The message in an opened row of its table."""
        return cls(**{key: row[key] for key in cls.__dataclass_fields__})

    @property
    def is_ours(self) -> bool:
        """Whether its text is one of the assistant's own, which repeats nobody's words; a button's is too."""
        return CHOICE in self.body or (self.author not in PEOPLE and self.kind not in REPEATS)

    @property
    def readable(self) -> str | None:
        """The text as staff may read it; None: there is no redacted copy, or not yet."""
        return str(self.body.get("text", "")) if self.is_ours else self.redacted


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
    def of(cls, row: Mapping[Any, Any]) -> Case:
        """The case in a row of its table; without its summary, unless the row was opened."""
        values: dict[str, Any] = {key: row.get(key) for key in cls.__dataclass_fields__}
        return cls(**{**values, "teams": tuple(row["teams"]), "form": row["form"] or None})


@dataclass(frozen=True)
class Erasure:
    """A conversation was erased, or is as soon as no legal hold keeps it.

    ``kept``: without its words, what pages about a crisis need is still there. ``held``: a legal hold keeps all of it;
    the visitor can open it no more.
    """

    receipt: str
    kept: bool
    held: bool = False


@dataclass(frozen=True)
class Receipted:
    """What a receipt says of an erasure. ``by`` is ``visitor`` or ``staff``; not erased yet: a legal hold keeps it."""

    receipt: str
    by: str
    asked_at: dt.datetime
    erased_at: dt.datetime | None
    messages: int


@dataclass(frozen=True)
class Hold:
    """A conversation must be kept for legal reasons. ``receipt``: its erasure was asked for, and waits for the end."""

    by: str
    why: str
    at: dt.datetime
    receipt: str | None


@dataclass(frozen=True)
class Retained:
    """What one run of retention deleted: of each kind, how many conversations."""

    at: dt.datetime
    by: str
    counts: dict[str, int]


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
