"""What can go wrong with the records.

RecordsError
├── ConversationNotFound
└── MessageNotFound
"""


class RecordsError(Exception):
    """The records cannot do what was asked."""


class ConversationNotFound(RecordsError):
    """There is no such conversation, or the token does not open it."""


class MessageNotFound(RecordsError):
    """The conversation has no bot message with that number."""
