"""The place of those who wait for a person."""

from __future__ import annotations

from records import Cause, Records
from tests.records.parts import opened


def waiting(records: Records, *causes: Cause) -> str:
    conversation = opened(records)
    records.escalate(conversation, 1, causes)
    records.request_person(conversation, "asked")
    return conversation


def test_the_most_urgent_goes_first_then_who_waits_longest(records: Records) -> None:
    nothing = waiting(records)
    third = waiting(records, Cause("m", "U3"))
    fourth = waiting(records, Cause("m", "U3"), Cause("o", "U4"))
    second = waiting(records, Cause("m", "U3"), Cause("e", "U2"))
    first = waiting(records, Cause("m", "U3"), Cause("a", "U0"))
    queue = [first, second, third, fourth, nothing]
    assert [records.queue_place(one) for one in queue] == [1, 2, 3, 4, 5]
    records.escalate(fourth, 3, [Cause("c", "U0")])
    assert [records.queue_place(one) for one in (first, fourth, second)] == [2, 1, 3]  # a longer wait decides


def test_who_leaves_the_queue_lets_the_others_move_up(records: Records) -> None:
    one, two, three = (waiting(records, Cause("m", "U3")) for _ in range(3))
    records.take_over(one, "dr-lee")
    assert [records.queue_place(it) for it in (one, two, three)] == [None, 1, 2]
    records.cancel_request(two)
    assert [records.queue_place(it) for it in (one, two, three)] == [None, None, 1]
    records.request_person(two, "again")  # at the end
    assert [records.queue_place(it) for it in (three, two)] == [1, 2]
    records.erase(three)
    assert [records.queue_place(it) for it in (three, two)] == [None, 1]


def test_a_closed_case_makes_nobody_urgent(records: Records) -> None:
    was_urgent = waiting(records, Cause("c", "U0"))
    records.take_over(was_urgent, "dr-lee")
    records.close(was_urgent, "dr-lee", "called back")
    records.reopen(was_urgent)
    longer = waiting(records, Cause("m", "U3"))
    records.escalate(was_urgent, 5, [Cause("m", "U3")])
    records.request_person(was_urgent, "asked")
    assert [records.queue_place(it) for it in (longer, was_urgent)] == [1, 2]


def test_who_does_not_wait_has_no_place(records: Records, conversation: str) -> None:
    assert records.queue_place(conversation) is None
    assert records.queue_place("no-such") is None
