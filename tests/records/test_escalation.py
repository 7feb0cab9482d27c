"""Cases are opened once, become more urgent, and tell each team once."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from records import Cause, Records
from tests.records.parts import ADVICE, CRISIS, LATER, NOW, QUESTION, at_once, opened, received, sent

OVERDOSE = Cause("d", "U0", ("on_call", "clinicians"))


def told(records: Records, conversation: str) -> list[tuple[str, str, int]]:
    """Who has a page, how urgent and at which step."""
    return sorted((page.team, page.urgency, page.step) for page in records.pages_of(conversation))


def test_a_case_says_what_is_known(records: Records, conversation: str) -> None:
    target = dt.datetime(2026, 11, 21, 17, tzinfo=ZoneInfo("America/New_York"))
    cause = Cause("f", "U2", ("clinicians", "front_desk", "clinicians"), target)
    (case,) = records.escalate(conversation, 2, [cause], {"reasons": ["heart"]})
    assert (case.conversation, case.category, case.urgency, case.seq) == (conversation, "f", "U2", 2)
    assert case.teams == ("clinicians", "front_desk")
    assert case.target_at == target
    assert case.target_at.tzinfo == dt.UTC
    assert case.summary == {"reasons": ["heart"]}
    assert (case.acknowledged_at, case.acknowledged_by, case.closed_at) == (None, None, None)
    assert records.cases_of(conversation) == records.open_cases() == [case]


def test_the_same_call_again_changes_nothing(records: Records, conversation: str) -> None:
    causes = [CRISIS, OVERDOSE, ADVICE]
    first = records.escalate(conversation, 2, causes, {"reasons": []})
    before = records.pages_of(conversation), records.flags_of(conversation)
    for causes_again in (causes, causes, list(reversed(causes)), causes * 2):
        again = records.escalate(conversation, 5, causes_again)
        assert set(case.id for case in again) == {case.id for case in first}
    assert records.cases_of(conversation) == first
    assert (records.pages_of(conversation), records.flags_of(conversation)) == before


def test_many_processes_at_once_open_one_case_and_tell_once(records: Records, other: Records) -> None:
    for _ in range(10):
        conversation = opened(records)
        results = at_once(
            *[partial(records.escalate, conversation, 2, [CRISIS, ADVICE])] * 4,
            *[partial(other.escalate, conversation, 2, [CRISIS, ADVICE])] * 4,
        )
        assert all(result == results[0] for result in results), results
        assert len(records.cases_of(conversation)) == 2
        assert told(records, conversation) == [("clinicians", "U3", 0), ("on_call", "U0", 0)]
        assert len(records.flags_of(conversation)) == 1


def test_a_team_gets_one_page_for_all_that_is_new_the_most_urgent(records: Records, conversation: str) -> None:
    causes = [Cause("f", "U3", ("clinicians",)), Cause("e", "U1", ("clinicians",)), Cause("g", "U2", ("clinicians",))]
    cases = records.escalate(conversation, 2, causes)
    (page,) = records.pages_of(conversation)
    assert (page.team, page.urgency, page.step, page.state, page.case) == ("clinicians", "U1", 0, "due", cases[1].id)
    assert len(page.token) >= 32
    assert page.token not in repr(page)


def test_nothing_is_lost_when_several_causes_come_together(records: Records, conversation: str) -> None:
    cases = records.escalate(conversation, 2, [OVERDOSE, CRISIS, Cause("o", "U4"), ADVICE])
    assert [case.category for case in cases] == ["d", "a", "o", "f"]
    assert [case.category for case in records.cases_of(conversation)] in (["d", "a", "f", "o"], ["a", "d", "f", "o"])
    assert records.raised(conversation) == "a"
    assert told(records, conversation) == [("clinicians", "U0", 0), ("on_call", "U0", 0)]


def test_an_open_case_becomes_more_urgent_never_less(records: Records, conversation: str) -> None:
    soon, sooner = NOW + dt.timedelta(days=1), NOW
    (first,) = records.escalate(conversation, 2, [Cause("f", "U3", ("clinicians",), soon)])
    (second,) = records.escalate(conversation, 4, [Cause("f", "U1", ("on_call", "clinicians"), sooner)])
    assert (second.id, second.urgency, second.seq, second.target_at) == (first.id, "U1", 4, sooner)
    assert second.teams == ("clinicians", "on_call")
    expected = [("clinicians", "U1", 0), ("clinicians", "U3", 0), ("on_call", "U1", 0)]
    assert told(records, conversation) == expected
    assert records.escalate(conversation, 6, [Cause("f", "U3", ("clinicians",), soon)]) == [second]
    assert told(records, conversation) == expected


def test_a_more_urgent_case_asks_for_a_new_acknowledgment(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [Cause("a", "U1", ("on_call",))])
    (page,) = records.due_pages(LATER, 5)
    records.acknowledge(page.token, NOW)
    assert records.cases_of(conversation)[0].acknowledged_by == "on_call"
    (case,) = records.escalate(conversation, 4, [CRISIS])
    assert (case.acknowledged_at, case.acknowledged_by) == (None, None)
    assert [page.urgency for page in records.due_pages(LATER, 5)] == ["U0"]


def test_a_case_that_becomes_urgent_enough_tells_its_teams(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [Cause("p", "U4", ("engineering",))])
    assert told(records, conversation) == []
    records.escalate(conversation, 4, [Cause("p", "U3")])
    assert told(records, conversation) == [("engineering", "U3", 0)]


def test_a_team_that_joins_an_open_case_is_told(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [Cause("j", "U1", ("on_call",))])
    (case,) = records.escalate(conversation, 4, [Cause("j", "U1", ("on_call", "compliance"))])
    assert (case.teams, case.seq) == (("on_call", "compliance"), 2)
    assert told(records, conversation) == [("compliance", "U1", 0), ("on_call", "U1", 0)]


def test_a_page_on_its_way_also_tells_of_the_next_case_as_urgent(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    records.escalate(conversation, 4, [Cause("c", "U0", ("on_call",))])
    (page,) = records.due_pages(LATER, 5)
    records.acknowledge(page.token, NOW)
    assert {case.acknowledged_by for case in records.cases_of(conversation)} == {"on_call"}


@pytest.mark.parametrize("end", ["acknowledged", "unanswered", "failed"])
def test_a_case_after_a_page_that_is_over_tells_again(records: Records, conversation: str, end: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = records.due_pages(LATER, 5)
    if end == "failed":
        records.page_failed(page, None, "ConnectError")
    elif end == "acknowledged":
        records.acknowledge(page.token, NOW)
    else:
        records.next_in_chain(sent(records, page, NOW), NOW, 1)
    assert [page.state for page in records.pages_of(conversation)] == [end]
    records.escalate(conversation, 4, [Cause("c", "U0", ("on_call",))])
    assert [(page.state, page.step) for page in records.pages_of(conversation) if page.state == "due"] == [("due", 0)]


def test_what_is_only_logged_tells_nobody(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [Cause("i", "U4", ("clinicians",)), Cause("o", "U4")])
    assert len(records.cases_of(conversation)) == 2
    assert records.pages_of(conversation) == []


def test_a_message_and_its_case_are_stored_together_and_once(records: Records, conversation: str) -> None:
    client_id = str(uuid.uuid4())
    first = records.receive(conversation, client_id, QUESTION, [CRISIS, ADVICE])
    assert records.receive(conversation, client_id, QUESTION, [CRISIS, ADVICE]) == first
    assert [(case.category, case.seq) for case in records.cases_of(conversation)] == [("a", 2), ("f", 2)]
    assert records.raised(conversation) == "a"
    assert received(records, conversation).seq == 3


def test_a_message_is_not_stored_without_its_case(records: Records, conversation: str) -> None:
    naive = Cause("f", "U3", (), dt.datetime(2026, 11, 21))
    with pytest.raises(Exception, match="zone"):
        received(records, conversation, QUESTION, CRISIS, naive)
    assert len(records.messages_after(conversation, 0)) == 1
    assert records.cases_of(conversation) == []
    assert records.raised(conversation) is None


def test_a_summary_is_kept_and_may_be_corrected(records: Records, conversation: str) -> None:
    guide = Cause("guide", "U3", ("clinicians",))
    records.escalate(conversation, 2, [guide], {"age": "18 to 64"})
    assert records.escalate(conversation, 2, [guide])[0].summary == {"age": "18 to 64"}
    assert records.escalate(conversation, 9, [guide], {"age": "65 or over"})[0].summary == {"age": "65 or over"}
    assert len(records.pages_of(conversation)) == 1


def test_cases_are_sorted_by_urgency_then_age(records: Records) -> None:
    one, two = opened(records), opened(records)
    records.escalate(one, 2, [ADVICE])
    records.escalate(two, 2, [ADVICE, Cause("e", "U2")])
    records.escalate(one, 4, [Cause("c", "U0")])
    found = [(case.conversation, case.category) for case in records.open_cases()]
    assert found == [(one, "c"), (two, "e"), (one, "f"), (two, "f")]


def test_an_urgency_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="'high'"):
        Cause("a", "high")
