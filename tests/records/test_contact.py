"""How to reach a visitor: for an open case only, and never from a minor."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from records import Cause, Contact, ContactRefused, ConversationNotFound, NoOpenCase, Records
from tests.records.parts import ADVICE, CRISIS, at_once, count

SAM = Contact("Sam", "555-0100", "sam@example.org", "after 5 pm")
CORRECTED = Contact(name="Sam", phone="555-0199")


def test_it_is_kept_once_a_client_id(database: Path, records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [ADVICE])
    assert records.contact_of(conversation) is None
    first = str(uuid.uuid4())
    at_once(*[lambda: records.leave_contact(conversation, first, SAM)] * 4)
    records.leave_contact(conversation, first, CORRECTED)
    assert records.contact_of(conversation) == SAM
    assert count(database, "contacts") == 1


def test_the_last_word_counts(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [ADVICE])
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    records.leave_contact(conversation, first, SAM)
    records.leave_contact(conversation, second, CORRECTED)
    records.leave_contact(conversation, first, SAM)  # the first, sent again late
    assert records.contact_of(conversation) == CORRECTED


def test_without_an_open_case_nobody_would_call(records: Records, conversation: str) -> None:
    with pytest.raises(NoOpenCase):
        records.leave_contact(conversation, str(uuid.uuid4()), SAM)
    records.escalate(conversation, 2, [ADVICE])
    records.take_over(conversation, "dr-lee")
    records.close(conversation, "dr-lee", "called back")
    with pytest.raises(NoOpenCase):
        records.leave_contact(conversation, str(uuid.uuid4()), SAM)
    assert records.contact_of(conversation) is None


def test_nothing_is_kept_of_a_minor(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS, Cause("h", "U4")])
    with pytest.raises(ContactRefused):
        records.leave_contact(conversation, str(uuid.uuid4()), SAM)
    assert records.contact_of(conversation) is None


def test_an_unknown_conversation_is_not_found(records: Records) -> None:
    with pytest.raises(ConversationNotFound):
        records.leave_contact("no-such", str(uuid.uuid4()), SAM)


def test_it_does_not_show_in_logs() -> None:
    assert repr(SAM) == "Contact()"
