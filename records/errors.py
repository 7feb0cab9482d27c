"""What can go wrong with the records.

RecordsError
├── ConversationNotFound
├── MessageNotFound
├── WrongOwner
├── NoOpenCase
└── ContactRefused
"""


class RecordsError(Exception):
    """The records cannot do what was asked."""


class ConversationNotFound(RecordsError):
    """There is no such conversation, or the token does not open it."""


class MessageNotFound(RecordsError):
    """The conversation has no bot message with that number."""


class WrongOwner(RecordsError):
    """Whoever has the conversation does not allow this step.

    Args:
        owner: Who has it: ``bot``, ``waiting``, ``clinician`` or ``closed``.
        wanted: Who was to have it or to speak in it.
    """

    def __init__(self, owner: str, wanted: str) -> None:
        super().__init__(f"the conversation's owner is '{owner}', which does not allow '{wanted}'; look at it again")
        self.owner, self.wanted = owner, wanted


class NoOpenCase(RecordsError):
    """The conversation has no open case that contact data could be for."""


class ContactRefused(RecordsError):
    """The visitor may be a minor, from whom no contact data is kept."""
