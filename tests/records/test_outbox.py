"""Pages wait in the outbox until they are sent, each by one process at a time."""

from __future__ import annotations

import datetime as dt

from records import Cause, Page, Records
from tests.records.parts import ADVICE, CRISIS, LATER, MINUTE, NOW, at_once, now_of, opened, sent


def claim(records: Records, limit: int = 9, now: dt.datetime = LATER) -> list[Page]:
    return records.due_pages(now, limit)


def test_a_page_is_due_at_once_and_the_most_urgent_first(records: Records) -> None:
    one, two = opened(records), opened(records)
    records.escalate(one, 2, [ADVICE])
    records.escalate(two, 2, [CRISIS])
    now = dt.datetime.now(dt.UTC)
    assert [(page.conversation, page.urgency) for page in records.due_pages(now, 5)] == [(two, "U0"), (one, "U3")]


def test_a_claimed_page_is_nobody_elses_for_a_while(records: Records, other: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    assert claim(records, now=dt.datetime.now(dt.UTC) - MINUTE) == []  # before it was made
    (page,) = claim(records)
    assert (page.attempts, page.claimed_until) == (1, LATER + 2 * MINUTE)
    assert claim(other) == claim(records) == []
    (again,) = claim(other, now=LATER + 2 * MINUTE)  # whoever had it has died
    assert (again.id, again.token, again.attempts) == (page.id, page.token, 2)


def test_no_more_than_asked_for(records: Records) -> None:
    for _ in range(5):
        records.escalate(opened(records), 2, [CRISIS])
    assert [len(claim(records, 2)) for _ in range(4)] == [2, 2, 1, 0]


def test_two_processes_never_claim_one_page_both(records: Records, other: Records) -> None:
    for _ in range(40):
        records.escalate(opened(records), 2, [CRISIS, ADVICE])

    def work(mine: Records) -> list[str]:
        done: list[str] = []
        while pages := claim(mine, 3):
            for page in pages:
                mine.page_sent(page, NOW)
                done.append(page.id)
        return done

    one, two = at_once(lambda: work(records), lambda: work(other))
    assert len(one) + len(two) == len({*one, *two}) == 80


def test_a_sent_page_is_not_due_again(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    page = sent(records, claim(records)[0], NOW + 5 * MINUTE)
    assert (page.state, page.sent_at, page.ack_by, page.claimed_until) == ("sent", NOW, NOW + 5 * MINUTE, None)
    assert claim(records, now=LATER + dt.timedelta(days=1)) == []


def test_a_page_that_failed_is_tried_again_later(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = claim(records)
    records.page_failed(page, LATER + MINUTE, "ConnectTimeout")
    assert (now_of(records, page).state, now_of(records, page).last_error) == ("due", "ConnectTimeout")
    assert claim(records) == []
    (again,) = claim(records, now=LATER + MINUTE)
    assert (again.id, again.attempts, again.last_error) == (page.id, 2, "ConnectTimeout")
    assert sent(records, again).last_error is None


def test_a_page_may_fail_for_good(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = claim(records)
    records.page_failed(page, None, "UnknownChannel")
    assert (now_of(records, page).state, now_of(records, page).last_error) == ("failed", "UnknownChannel")
    assert claim(records, now=LATER + dt.timedelta(days=1)) == []


def test_what_a_slow_process_says_late_changes_nothing(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = claim(records)
    done = sent(records, page, NOW)
    records.page_failed(page, LATER, "ReadTimeout")
    assert now_of(records, page) == done
    seen = records.acknowledge(page.token, NOW)
    records.page_sent(page, NOW + MINUTE, NOW + 5 * MINUTE)
    assert now_of(records, page) == seen


def test_an_acknowledgment_may_come_before_the_page_is_marked_sent(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = claim(records)
    records.acknowledge(page.token, NOW)
    records.page_sent(page, NOW, NOW)
    assert records.overdue_pages(LATER) == []
    assert claim(records, now=LATER + dt.timedelta(days=1)) == []


def test_acknowledging_marks_the_cases_of_the_team(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [Cause("b", "U0", ("on_call", "safety_lead")), Cause("l", "U3", ("compliance",))])
    page = next(page for page in claim(records) if page.team == "on_call")
    found = records.acknowledge(page.token, NOW)
    assert found == now_of(records, page)
    assert (found.state, found.acknowledged_at) == ("acknowledged", NOW)
    assert [(case.acknowledged_by, case.acknowledged_at) for case in records.cases_of(conversation)] == [
        ("on_call", NOW),
        (None, None),
    ]
    assert {one.team for one in records.pages_of(conversation) if one.state == "due"} == {"safety_lead", "compliance"}


def test_looking_at_a_page_does_not_acknowledge_it(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = claim(records)
    assert records.page_of(page.token) == page
    assert records.cases_of(conversation)[0].acknowledged_at is None


def test_acknowledging_twice_changes_nothing(records: Records, other: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = claim(records)
    first, second = at_once(lambda: records.acknowledge(page.token, NOW), lambda: other.acknowledge(page.token, NOW))
    assert first == second == records.acknowledge(page.token, LATER)
    assert records.cases_of(conversation)[0].acknowledged_at == NOW


def test_a_page_seen_before_does_not_answer_for_a_later_case(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (old,) = claim(records)
    records.acknowledge(old.token, NOW)
    records.escalate(conversation, 4, [Cause("c", "U0", ("on_call",))])
    records.acknowledge(old.token, LATER)  # the link, opened once more
    (new,) = claim(records)
    assert new.id != old.id
    assert {case.category: case.acknowledged_at for case in records.cases_of(conversation)} == {"a": NOW, "c": None}


def test_an_old_page_does_not_answer_for_something_more_urgent(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [Cause("f", "U3", ("clinicians",))])
    (old,) = claim(records)
    records.escalate(conversation, 4, [Cause("c", "U0", ("clinicians",))])
    records.acknowledge(old.token, NOW)
    emergency, advice = records.cases_of(conversation)
    assert (emergency.acknowledged_at, advice.acknowledged_at) == (None, NOW)
    (new,) = claim(records)
    records.acknowledge(new.token, NOW)
    assert records.cases_of(conversation)[0].acknowledged_at == NOW


def test_the_most_urgent_page_answers_for_the_lesser_ones(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [Cause("f", "U3", ("clinicians",))])
    records.escalate(conversation, 4, [Cause("c", "U0", ("clinicians",))])
    page = claim(records)[0]
    assert page.urgency == "U0"
    records.acknowledge(page.token, NOW)
    assert all(case.acknowledged_by == "clinicians" for case in records.cases_of(conversation))
    assert {page.state for page in records.pages_of(conversation)} == {"acknowledged"}


def test_a_token_that_is_none_acknowledges_nothing(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    (page,) = claim(records)
    for wrong in ("", page.token[:-1], page.token.swapcase(), page.id):
        assert records.page_of(wrong) is records.acknowledge(wrong, NOW) is None
    records.acknowledge(page.token, NOW)
    records.erase(conversation)
    assert records.acknowledge(page.token, NOW) is None
    assert records.cases_of(conversation) == []
