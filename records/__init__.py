"""The clinic's database: conversations, their message log, feedback, cases, and whom to tell of them.

Everything outside this room goes through the verbs of :class:`Records`; nobody else sees a table.
"""

from records.database import ERASED
from records.entries import Case, Cause, Contact, Conversation, Erasure, FlagChange, Message, Page, Transition
from records.errors import (
    ContactRefused,
    ConversationNotFound,
    MessageNotFound,
    NoOpenCase,
    RecordsError,
    WrongOwner,
)
from records.store import Records

__all__ = [
    "ERASED",
    "Case",
    "Cause",
    "Contact",
    "ContactRefused",
    "Conversation",
    "ConversationNotFound",
    "Erasure",
    "FlagChange",
    "Message",
    "MessageNotFound",
    "NoOpenCase",
    "Page",
    "Records",
    "RecordsError",
    "Transition",
    "WrongOwner",
]
