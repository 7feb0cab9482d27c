"""The clinic's database: conversations, their message log, feedback, cases, and whom to tell of them.

Everything outside this room goes through the verbs of :class:`Records`; nobody else sees a table.
"""

from records.entries import Case, Cause, Contact, Conversation, FlagChange, Message, Page, Transition
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
    "Case",
    "Cause",
    "Contact",
    "ContactRefused",
    "Conversation",
    "ConversationNotFound",
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
