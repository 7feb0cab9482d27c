"""The safety flag: raised by a and b, lowered by a clinician only."""

from __future__ import annotations

import pytest

from records import Cause, Records
from tests.records.parts import ADVICE, CRISIS, LATER, NOW, OPENING, QUESTION, received, reply

THREAT = Cause("b", "U0", ("on_call", "safety_lead"))


def test_only_a_and_b_raise_it(records: Records, conversation: str) -> None:
    received(records, conversation, QUESTION, ADVICE, Cause("c", "U0"), Cause("d", "U0"), Cause("j", "U1"))
    assert records.raised(conversation) is None


def test_a_goes_before_b(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [THREAT, CRISIS])
    assert records.raised(conversation) == "a"


def test_a_raised_flag_stays_as_it_is(records: Records) -> None:
    opened, token, _ = records.open_conversation("", "en-US", OPENING)
    conversation = opened.id
    visitor = received(records, conversation, QUESTION, THREAT)
    records.answer(conversation, visitor, [reply("Call 988.")])
    records.escalate(conversation, 4, [CRISIS])
    records.escalate(conversation, 4, [ADVICE])
    records.request_person(conversation, "asked")
    records.take_over(conversation, "dr-lee")
    records.hand_back(conversation, "dr-lee")
    records.take_over(conversation, "dr-lee")
    records.close(conversation, "dr-lee", "called")
    records.reopen(conversation)
    assert records.raised(conversation) == records.access(conversation, token).raised == "b"
    assert [(change.category, change.raised) for change in records.flags_of(conversation)] == [("b", True)]


def test_who_lowered_it_when_and_why_is_kept(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    records.lower_flag(conversation, "dr-lee", "Spoke with the visitor; safety plan made.")
    assert records.raised(conversation) is None
    raised, lowered = records.flags_of(conversation)
    assert (raised.category, raised.raised, raised.by) == ("a", True, None)
    assert (lowered.category, lowered.raised, lowered.by) == ("a", False, "dr-lee")
    assert lowered.why == "Spoke with the visitor; safety plan made."
    assert lowered.at >= raised.at
    records.lower_flag(conversation, "dr-kim", "Again.")
    assert len(records.flags_of(conversation)) == 2
    assert [case.category for case in records.open_cases()] == ["a"]


@pytest.mark.parametrize("urgency", ["U0", "U1", "U2"])
def test_raised_again_it_asks_for_a_new_acknowledgment(records: Records, conversation: str, urgency: str) -> None:
    records.escalate(conversation, 2, [Cause("a", "U1", ("on_call",))])
    (page,) = records.due_pages(LATER, 5)
    records.acknowledge(page.token, NOW)
    records.lower_flag(conversation, "dr-lee", "Fine now.")
    (case,) = records.escalate(conversation, 8, [Cause("a", urgency, ("on_call",))])
    assert records.raised(conversation) == "a"
    assert (case.urgency, case.seq, case.acknowledged_at) == (min(urgency, "U1"), 8, None)
    (new,) = records.due_pages(LATER, 5)
    assert new.urgency == case.urgency
    records.acknowledge(new.token, NOW)
    assert records.cases_of(conversation)[0].acknowledged_by == "on_call"
