"""All verbs of the records in one object."""

from __future__ import annotations

from records.annotations import Annotations
from records.audit import Audit
from records.cases import Cases
from records.conversations import Conversations
from records.credentials import Credentials
from records.erased import Erased
from records.erasing import Erasing
from records.export import Export
from records.gaps import Gaps
from records.guide import Guide
from records.handoff import Handoff
from records.holds import Holds
from records.insights import Insights
from records.interest import Interests
from records.key_changes import KeyChanges
from records.listing import Listing
from records.outbox import Outbox
from records.queue import Queue
from records.readable import Readable
from records.retention import Retention
from records.reviews import Reviews
from records.sessions import Sessions
from records.signatures import Signatures
from records.staff import Staff
from records.views import Views


class Records(
    Conversations,
    Erasing,
    Erased,
    Holds,
    Retention,
    Export,
    Guide,
    Readable,
    Cases,
    Handoff,
    Outbox,
    Queue,
    Insights,
    Annotations,
    Listing,
    Reviews,
    Gaps,
    Signatures,
    Interests,
    Views,
    Staff,
    Credentials,
    Sessions,
    Audit,
    KeyChanges,
):
    """The clinic's database. Every method is one transaction. They block; an async caller runs them in a thread.

    Args:
        url: SQLAlchemy URL, such as ``sqlite:///var/records.db``.
        keys: What wraps the data keys; None: the environment's, read when they are first needed.
        redact: Takes out of a text what staff may not search and read; None: no redacted text is kept.
            What it says None to is stored without a redacted copy, which :mod:`records.readable` makes later.
    """
