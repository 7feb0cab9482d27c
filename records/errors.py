"""What can go wrong with the records.

RecordsError
├── DatabaseUnusable
├── ConversationNotFound
├── MessageNotFound
├── WrongOwner
├── NoOpenCase
├── ContactRefused
├── PersonNotFound
├── NameTaken
│   └── NameReserved
├── LastManager
├── InvitationGone
├── NotHeld
├── KeyProblem
└── SealBroken
"""


class RecordsError(Exception):
    """The records cannot do what was asked."""


class DatabaseUnusable(RecordsError):
    """The database, or what should become it, cannot be used. Says what is wrong with it and what to do."""


class ConversationNotFound(RecordsError):
    """There is no such conversation, or the token does not open it."""


class MessageNotFound(RecordsError):
    """The conversation has no bot message with that number."""


class WrongOwner(RecordsError):
    """Whoever has the conversation does not allow this step.

    Args:
        owner: Who has it: ``bot``, ``waiting``, ``clinician`` or ``closed``.
        wanted: Who was to have it or to speak in it.
        clinician: Which clinician has it, if one does.
    """

    def __init__(self, owner: str, wanted: str, clinician: str | None = None) -> None:
        super().__init__(f"the conversation's owner is '{owner}', which does not allow '{wanted}'; look at it again")
        self.owner, self.wanted, self.clinician = owner, wanted, clinician


class NoOpenCase(RecordsError):
    """The conversation has no open case that contact data could be for."""


class ContactRefused(RecordsError):
    """The visitor may be a minor, from whom no contact data is kept."""


class PersonNotFound(RecordsError):
    """There is no such member of staff."""


class NameTaken(RecordsError):
    """Another member of staff has that login or that name. Choose another one."""


class NameReserved(NameTaken):
    """Visitor, assistant, system and the like are no names for a person. Choose another one."""


class LastManager(RecordsError):
    """Nobody else can manage people. Make somebody else a manager first."""


class InvitationGone(RecordsError):
    """The link was used, has expired, or never was. Ask a manager for a new one."""


class NotHeld(RecordsError):
    """No legal hold keeps the conversation."""


class KeyProblem(RecordsError):
    """The keys that were given are none, or do not open what is kept. The message says what to do, and no key."""


class SealBroken(RecordsError):
    """Something sealed was changed, or was moved from another place. The message holds no word of it.

    Args:
        conversation: To which it belongs.
        what: What it is.
        which: Its number or id.
    """

    def __init__(self, conversation: str, what: str, which: object) -> None:
        super().__init__(
            f"{what} {which} of conversation {conversation} is not as it was written, or not where: somebody changed "
            "the database. Put it back from a backup."
        )
        self.conversation, self.what, self.which = conversation, what, which
