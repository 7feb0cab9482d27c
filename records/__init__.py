"""The clinic's database: conversations, their message log, feedback and cases.

Everything outside this room goes through the verbs of :class:`Records`; nobody else sees a table.
"""

from records.errors import ConversationNotFound, MessageNotFound, RecordsError
from records.store import Case, Conversation, Message, Records

__all__ = [
    "Case",
    "Conversation",
    "ConversationNotFound",
    "Message",
    "MessageNotFound",
    "Records",
    "RecordsError",
]
