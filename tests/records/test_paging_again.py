"""A later message about an open case tells its teams again, when nobody is about to see it and not too often."""

from __future__ import annotations

import datetime as dt

import pytest

from records import Cause, Page, Records
from records.cases import AGAIN_AFTER
from tests.records.parts import ADVICE, CRISIS, LATER, MINUTE, NOW, sent

STAFF = Cause("j", "U1", ("compliance",), form="staff")
ABUSE = Cause("j", "U1", ("on_call",))


def long_ago(urgency: str) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - AGAIN_AFTER[urgency] - MINUTE


def new(records: Records) -> list[Page]:
    return records.due_pages(LATER, 9)


def seen(records: Records, conversation: str, cause: Cause, at: dt.datetime) -> None:
    """Open a case of which a page went out and was acknowledged at ``at``."""
    records.escalate(conversation, 2, [cause])
    (page,) = new(records)
    records.page_sent(page, at, None)
    records.acknowledge(page.token, at)


@pytest.mark.parametrize("cause", [CRISIS, ADVICE])
def test_an_acknowledged_case_is_told_again_once(records: Records, conversation: str, cause: Cause) -> None:
    seen(records, conversation, cause, long_ago(cause.urgency))
    records.escalate(conversation, 2, [cause])  # a retry
    assert records.cases_of(conversation)[0].acknowledged_at
    assert new(records) == []
    (case,) = records.escalate(conversation, 4, [cause])
    assert (case.seq, case.acknowledged_at, case.acknowledged_by) == (4, None, None)
    (page,) = new(records)
    assert (page.urgency, page.step, page.case) == (cause.urgency, 0, case.id)
    for seq in (4, 6, 8):  # retried, and said on while the page is live
        assert records.escalate(conversation, seq, [cause]) == [case]
    sent(records, page, LATER)
    assert records.escalate(conversation, 10, [cause]) == [case]
    assert len(records.pages_of(conversation)) == 2


@pytest.mark.parametrize("cause", [CRISIS, ADVICE])
def test_whoever_has_just_seen_it_is_left_alone(records: Records, conversation: str, cause: Cause) -> None:
    seen(records, conversation, cause, long_ago(cause.urgency) + 2 * MINUTE)
    (before,) = records.cases_of(conversation)
    assert records.escalate(conversation, 4, [cause]) == [before]
    assert new(records) == []


@pytest.mark.parametrize("end", ["unanswered", "failed"])
def test_what_nobody_has_seen_is_told_again_at_once(records: Records, conversation: str, end: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = new(records)
    if end == "failed":
        records.page_failed(page, None, "ConnectError")
    else:
        records.next_in_chain(sent(records, page, NOW), NOW, 1)
    records.escalate(conversation, 2, [CRISIS])
    assert new(records) == []
    records.escalate(conversation, 4, [CRISIS])
    assert [(one.step, one.state) for one in new(records)] == [(0, "due")]
    assert records.cases_of(conversation)[0].seq == 4


def test_a_crisis_that_is_less_urgent_than_before_still_counts(records: Records, conversation: str) -> None:
    seen(records, conversation, CRISIS, long_ago("U0"))
    records.escalate(conversation, 4, [Cause("a", "U3", ("on_call",))])
    assert new(records) == []
    records.escalate(conversation, 4, [Cause("a", "U1", ("on_call",))])
    assert [page.urgency for page in new(records)] == ["U0"]  # what acknowledges the case


def test_what_is_only_logged_never_tells(records: Records, conversation: str) -> None:
    for seq in (2, 4, 6):
        records.escalate(conversation, seq, [Cause("i", "U4", ("clinicians",))])
    assert records.pages_of(conversation) == []
    assert records.cases_of(conversation)[0].seq == 2


def test_another_form_is_another_case(records: Records, conversation: str) -> None:
    ordinary, staff = records.escalate(conversation, 2, [ABUSE, STAFF])
    assert (ordinary.form, staff.form) == (None, "staff")
    assert (ordinary.teams, staff.teams) == (("on_call",), ("compliance",))
    assert records.escalate(conversation, 4, [STAFF, ABUSE]) == [staff, ordinary]
    on_call = next(page for page in records.pages_of(conversation) if page.team == "on_call")
    records.acknowledge(on_call.token, NOW)
    assert [case.form for case in records.open_cases() if case.acknowledged_at is None] == ["staff"]
