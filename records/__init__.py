"""The clinic's database: conversations, their message log, feedback, cases, whom to tell of them, staff, and the audit.

Everything outside this room goes through the verbs of :class:`Records`; nobody else sees a table.
"""

from records.conversations import UNAVAILABLE
from records.database import ERASED, KEPT
from records.entries import (
    Case,
    Cause,
    Contact,
    Conversation,
    Erasure,
    FlagChange,
    Hold,
    Message,
    Page,
    Receipted,
    Retained,
    Transition,
)
from records.errors import (
    ContactRefused,
    ConversationNotFound,
    DatabaseUnusable,
    InvitationGone,
    KeyProblem,
    LastManager,
    MessageNotFound,
    NameReserved,
    NameTaken,
    NoOpenCase,
    NotHeld,
    PersonNotFound,
    RecordsError,
    SealBroken,
    WrongOwner,
)
from records.export import Exported, Line
from records.interest import Interest
from records.judged import GAPS, Gap, Listed, Mark, Outcome, Reviewed, ToReview, Wanted
from records.keys import KeyRing
from records.people import AuditRow, Held, Invitation, Note, Person, Queued, Session, Verdict, is_nobodys
from records.reviews import people_for
from records.sessions import Backoff
from records.signatures import Signature
from records.store import Records

__all__ = [
    "ERASED",
    "GAPS",
    "KEPT",
    "UNAVAILABLE",
    "AuditRow",
    "Backoff",
    "Case",
    "Cause",
    "Contact",
    "ContactRefused",
    "Conversation",
    "ConversationNotFound",
    "DatabaseUnusable",
    "Erasure",
    "Exported",
    "FlagChange",
    "Gap",
    "Held",
    "Hold",
    "Interest",
    "Invitation",
    "InvitationGone",
    "KeyProblem",
    "KeyRing",
    "LastManager",
    "Line",
    "Listed",
    "Mark",
    "Message",
    "MessageNotFound",
    "NameReserved",
    "NameTaken",
    "NoOpenCase",
    "NotHeld",
    "Note",
    "Outcome",
    "Page",
    "Person",
    "PersonNotFound",
    "Queued",
    "Receipted",
    "Records",
    "RecordsError",
    "Retained",
    "Reviewed",
    "SealBroken",
    "Session",
    "Signature",
    "ToReview",
    "Transition",
    "Verdict",
    "Wanted",
    "WrongOwner",
    "is_nobodys",
    "people_for",
]
