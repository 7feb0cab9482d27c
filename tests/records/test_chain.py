"""When nobody acknowledges a page in time, the next person of the team gets one."""

from __future__ import annotations

import pytest

from records import Cause, Page, Records
from tests.records.parts import CRISIS, LATER, MINUTE, NOW, at_once, now_of, sent

DUE = NOW + 5 * MINUTE


@pytest.fixture
def page(records: Records, conversation: str) -> Page:
    """A page that was sent and is to be acknowledged by ``DUE``."""
    records.escalate(conversation, 2, [CRISIS])
    return sent(records, records.due_pages(LATER, 1)[0], DUE)


def test_a_page_is_overdue_only_when_its_time_is_up(records: Records, page: Page) -> None:
    assert records.overdue_pages(DUE - MINUTE) == []
    assert records.overdue_pages(DUE) == [page]


def test_a_page_without_hurry_is_never_overdue(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [Cause("f", "U3", ("clinicians",))])
    sent(records, records.due_pages(LATER, 1)[0], None)
    assert records.overdue_pages(LATER) == []


def test_the_next_person_gets_a_page_of_their_own(records: Records, page: Page) -> None:
    following = records.next_in_chain(page, DUE, 3)
    assert following is not None
    assert (following.step, following.state, following.due_at, following.attempts) == (1, "due", DUE, 0)
    assert (following.team, following.urgency, following.case) == (page.team, page.urgency, page.case)
    assert following.token != page.token
    assert records.overdue_pages(LATER) == []
    assert [one.id for one in records.due_pages(LATER, 5)] == [following.id]


def test_asked_again_it_is_the_same_page(records: Records, other: Records, page: Page) -> None:
    first, *others = at_once(
        *[lambda: records.next_in_chain(page, DUE, 3)] * 3, *[lambda: other.next_in_chain(page, DUE + MINUTE, 3)] * 3
    )
    assert all(one.id == first.id for one in others)
    sent(records, first, LATER)
    again = records.next_in_chain(page, LATER, 3)
    assert again is not None
    assert (again.id, again.state) == (first.id, "sent")
    assert len(records.pages_of(page.conversation)) == 2


def test_past_the_last_person_it_is_unanswered(records: Records, page: Page) -> None:
    second = records.next_in_chain(page, DUE, 2)
    assert second is not None
    second = sent(records, records.due_pages(LATER, 1)[0], DUE)
    for _ in range(2):
        assert records.next_in_chain(second, DUE, 2) is None
        assert now_of(records, second).state == "unanswered"
    assert records.overdue_pages(LATER) == records.due_pages(LATER, 5) == []
    assert records.cases_of(page.conversation)[0].acknowledged_at is None


def test_whoever_acknowledges_late_ends_the_chain(records: Records, page: Page) -> None:
    second = records.next_in_chain(page, DUE, 3)
    assert second is not None
    records.acknowledge(page.token, DUE + MINUTE)  # the first person, after all
    assert {one.state for one in records.pages_of(page.conversation)} == {"acknowledged"}
    assert records.due_pages(LATER, 5) == records.overdue_pages(LATER) == []
    assert records.next_in_chain(page, LATER, 3) is None
    assert records.next_in_chain(second, LATER, 3) is None
    assert records.cases_of(page.conversation)[0].acknowledged_at == DUE + MINUTE


def test_an_unanswered_page_can_still_be_acknowledged(records: Records, page: Page) -> None:
    assert records.next_in_chain(page, DUE, 1) is None
    records.acknowledge(page.token, DUE + MINUTE)
    assert records.cases_of(page.conversation)[0].acknowledged_by == "on_call"


def test_acknowledging_and_the_next_person_at_once(records: Records, other: Records, page: Page) -> None:
    at_once(lambda: records.acknowledge(page.token, DUE), lambda: other.next_in_chain(page, DUE, 3))
    assert records.due_pages(LATER, 5) == records.overdue_pages(LATER) == []


def test_a_page_that_cannot_be_sent_goes_on_to_the_next_person(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = records.due_pages(LATER, 1)
    records.page_failed(page, None, "UnknownChannel")
    following = records.next_in_chain(page, NOW, 2)
    assert following is not None
    assert now_of(records, page).state == "failed"
    records.page_failed(records.due_pages(LATER, 1)[0], None, "UnknownChannel")
    assert records.next_in_chain(following, NOW, 2) is None
    assert now_of(records, following).state == "unanswered"


def test_a_page_still_to_be_sent_is_sent_though_it_is_the_last(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = records.due_pages(LATER, 1)
    records.page_failed(page, LATER, "ConnectError")
    assert records.next_in_chain(page, NOW, 1) is None
    assert now_of(records, page).state == "due"


def test_more_urgent_begins_anew_at_the_first_person(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [Cause("a", "U1", ("on_call",))])
    page = sent(records, records.due_pages(LATER, 1)[0], DUE)
    records.next_in_chain(page, DUE, 3)
    records.escalate(conversation, 4, [CRISIS])
    assert [(one.urgency, one.step) for one in records.due_pages(LATER, 5)] == [("U0", 0), ("U1", 1)]


def test_two_chains_of_a_team_meet_in_one_page(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (first,) = records.due_pages(LATER, 1)
    records.page_failed(first, None, "UnknownChannel")
    records.escalate(conversation, 4, [Cause("c", "U0", ("on_call",))])
    second = sent(records, records.due_pages(LATER, 1)[0], DUE)
    one, same = records.next_in_chain(first, DUE, 3), records.next_in_chain(second, DUE, 3)
    assert one is not None
    assert same is not None
    assert one.id == same.id


def test_after_erasure_nobody_is_next(records: Records, page: Page) -> None:
    records.acknowledge(page.token, NOW)
    records.erase(page.conversation)
    assert records.next_in_chain(page, DUE, 3) is None
    records.page_sent(page, NOW)
    records.page_failed(page, NOW, "ConnectError")
    assert records.pages_of(page.conversation) == []
