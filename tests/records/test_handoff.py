"""Who has a conversation: every step, allowed or refused, and its history."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from records import Cause, ConversationNotFound, Records, WrongOwner
from tests.records.parts import ADVICE, CRISIS, LATER, NOW, at_once, now_of, opened, received, reply, sent

Step = Callable[[Records, str], None]

STEPS: dict[str, Step] = {
    "request_person": lambda records, it: records.request_person(it, "asked"),
    "cancel_request": lambda records, it: records.cancel_request(it),
    "take_over": lambda records, it: records.take_over(it, "dr-lee"),
    "hand_back": lambda records, it: records.hand_back(it, "dr-lee"),
    "close": lambda records, it: records.close(it, "dr-lee", "called back"),
    "reopen": lambda records, it: records.reopen(it),
}
WAYS = {
    "bot": [],
    "waiting": ["request_person"],
    "clinician": ["take_over"],
    "closed": ["take_over", "close"],
}
ALLOWED = {
    ("bot", "request_person"): ("waiting", "visitor", "asked"),
    ("waiting", "cancel_request"): ("bot", "visitor", None),
    ("bot", "take_over"): ("clinician", "dr-lee", None),
    ("waiting", "take_over"): ("clinician", "dr-lee", None),
    ("clinician", "hand_back"): ("bot", "dr-lee", None),
    ("clinician", "close"): ("closed", "dr-lee", "called back"),
    ("closed", "reopen"): ("bot", "visitor", None),
}
WANTED = {"request_person": "waiting", "take_over": "clinician", "close": "closed"}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("owner", WAYS)
def test_each_owner_allows_some_steps(records: Records, conversation: str, owner: str, step: str) -> None:
    for earlier in WAYS[owner]:
        STEPS[earlier](records, conversation)
    assert records.owner(conversation) == owner
    history = records.transitions_of(conversation)
    if (owner, step) == ("clinician", "take_over"):  # the same clinician once more
        STEPS[step](records, conversation)
        assert (records.owner(conversation), records.transitions_of(conversation)) == (owner, history)
    elif (owner, step) in ALLOWED:
        to, by, why = ALLOWED[owner, step]
        STEPS[step](records, conversation)
        assert records.owner(conversation) == to
        *before, last = records.transitions_of(conversation)
        assert before == history
        assert (last.from_owner, last.to_owner, last.by, last.why) == (owner, to, by, why)
        assert last.at.tzinfo is not None
    else:
        with pytest.raises(WrongOwner) as refused:
            STEPS[step](records, conversation)
        assert (refused.value.owner, refused.value.wanted) == (owner, WANTED.get(step, "bot"))
        assert (records.owner(conversation), records.transitions_of(conversation)) == (owner, history)


def test_another_clinician_cannot_touch_it(records: Records, conversation: str) -> None:
    records.take_over(conversation, "dr-lee")
    for step in (
        partial(records.take_over, conversation, "dr-kim"),
        partial(records.hand_back, conversation, "dr-kim"),
        partial(records.close, conversation, "dr-kim", "done"),
    ):
        with pytest.raises(WrongOwner):
            step()
    assert len(records.transitions_of(conversation)) == 1
    records.hand_back(conversation, "dr-lee")
    records.take_over(conversation, "dr-kim")
    assert records.transitions_of(conversation)[-1].by == "dr-kim"


@pytest.mark.parametrize("step", STEPS)
def test_an_unknown_conversation_is_not_found(records: Records, step: str) -> None:
    with pytest.raises(ConversationNotFound):
        STEPS[step](records, "no-such")
    assert records.transitions_of("no-such") == []


def test_of_two_clinicians_exactly_one_gets_it(records: Records, other: Records) -> None:
    for number in range(40):
        conversation = opened(records)
        if number % 2:
            records.request_person(conversation, "asked")
        results = at_once(
            partial(records.take_over, conversation, "dr-lee"),
            partial(other.take_over, conversation, "dr-kim"),
        )
        assert sorted(type(result).__name__ for result in results) == ["NoneType", "WrongOwner"], results
        (last,) = [one for one in records.transitions_of(conversation) if one.to_owner == "clinician"]
        winner = ("dr-lee", "dr-kim")[results.index(None)]
        assert last.by == winner
        records.hand_back(conversation, winner)


def test_the_turns_under_way_are_over_when_a_clinician_takes_over(records: Records, conversation: str) -> None:
    visitor = received(records, conversation)
    records.take_over(conversation, "dr-lee")
    assert records.answer(conversation, visitor, [reply("Yes.")]) == []
    while_theirs = received(records, conversation)
    assert records.answer(conversation, while_theirs, [reply("Yes.")]) == []
    records.hand_back(conversation, "dr-lee")
    for late in (visitor, while_theirs):
        assert records.answer(conversation, late, [reply("Yes.")]) == []
    assert [message.kind for message in records.messages_after(conversation, 0)] == ["opening", "visitor", "visitor"]
    after = received(records, conversation)
    assert len(records.answer(conversation, after, [reply("Yes.")])) == 1


@pytest.mark.parametrize("end", ["hand_back", "close"])
def test_an_answer_that_was_on_its_way_stays_away_when_the_clinician_is_done(
    records: Records, conversation: str, end: str
) -> None:
    visitor = received(records, conversation)
    records.take_over(conversation, "dr-lee")
    STEPS[end](records, conversation)
    assert records.answer(conversation, visitor, [reply("Yes.")]) == []
    assert len(records.messages_after(conversation, 0)) == 2


@pytest.mark.parametrize("owner", ["waiting", "closed"])
def test_an_answer_is_still_given_while_nobody_has_it(records: Records, conversation: str, owner: str) -> None:
    for earlier in WAYS[owner]:
        STEPS[earlier](records, conversation)
    visitor = received(records, conversation)
    assert len(records.answer(conversation, visitor, [reply("Yes.")])) == 1
    assert records.say(conversation, reply("A clinician will write here.")).seq == 4


def test_closing_ends_the_cases_and_the_next_message_opens_new_ones(records: Records, conversation: str) -> None:
    old = records.escalate(conversation, 2, [CRISIS, ADVICE])
    page = sent(records, records.due_pages(LATER, 1)[0], NOW)
    records.take_over(conversation, "dr-lee")
    assert records.open_cases() == old
    records.close(conversation, "dr-lee", "called back")
    assert records.open_cases() == []
    assert all(case.closed_at for case in records.cases_of(conversation))
    assert page not in records.overdue_pages(LATER)
    assert records.next_in_chain(page, NOW, 3) is None
    records.reopen(conversation)
    (new,) = records.escalate(conversation, 6, [CRISIS])
    assert new.id != old[0].id
    assert records.open_cases() == [new]
    assert ("U0", "on_call") in [(page.urgency, page.team) for page in records.due_pages(LATER, 9)]


def test_a_page_that_is_not_out_yet_goes_out_after_closing(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [CRISIS])
    records.take_over(conversation, "dr-lee")
    records.close(conversation, "dr-lee", "called back")
    assert len(records.due_pages(LATER, 5)) == 1


WISH = Cause("m", "U3", ("front_desk",))


def test_who_no_longer_wants_a_person_is_nobodys_case(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [WISH])
    records.request_person(conversation, "asked")
    records.expect_note(conversation)
    (page,) = records.due_pages(LATER, 5)
    records.page_failed(page, LATER, "ConnectError")
    records.cancel_request(conversation)
    assert records.open_cases() == []
    assert not records.take_note(conversation)
    assert now_of(records, page).state == "cancelled"
    assert records.due_pages(LATER, 5) == []
    assert records.next_in_chain(page, LATER, 3) is None
    assert records.acknowledge(page.token, NOW) == now_of(records, page)
    records.escalate(conversation, 6, [WISH])  # asks again: a new case, and its team is told
    assert [case.seq for case in records.open_cases()] == [6]
    assert len(records.due_pages(LATER, 5)) == 1


def test_a_page_that_tells_of_something_else_too_goes_on(records: Records, conversation: str) -> None:
    records.escalate(conversation, 2, [WISH])
    (unavailable,) = records.escalate(conversation, 3, [Cause("unavailable", "U3", ("front_desk",))])
    records.escalate(conversation, 4, [CRISIS])
    records.request_person(conversation, "asked")
    records.cancel_request(conversation)
    assert {case.category for case in records.open_cases()} == {"a", "unavailable"}
    assert {page.team for page in records.due_pages(LATER, 5)} == {"front_desk", "on_call"}
    assert unavailable.id in [page.case for page in records.pages_of(conversation)]
