"""All verbs of the records in one object."""

from __future__ import annotations

from records.cases import Cases
from records.conversations import Conversations
from records.erased import Erased
from records.guide import Guide
from records.handoff import Handoff
from records.outbox import Outbox


class Records(Conversations, Erased, Guide, Cases, Handoff, Outbox):
    """The clinic's database. Every method is one transaction. They block; an async caller runs them in a thread.

    Args:
        url: SQLAlchemy URL, such as ``sqlite:///var/records.db``.
    """
