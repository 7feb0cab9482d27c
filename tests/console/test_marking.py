"""Marks: who may make them, what they must hold, whose others see, and which messages wait for one."""

from __future__ import annotations

import re

import pytest

from content.catalogue import Catalogue
from tests.console.marked import asked, mark
from tests.console.parts import Desk, Staff, somebody, text_of

MARK = "zebrawombat"
BLADDER = Catalogue().titles["safety/bladder"]


@pytest.fixture
def reviewer(desk: Desk) -> Staff:
    return somebody(desk, "reviewer")


@pytest.mark.parametrize(
    ("judgement", "fields", "words"),
    [
        ("right", {}, "Right"),
        ("topic", {"topic": BLADDER}, f"The right topic is: {BLADDER}"),
        ("topic", {"topic": f" {BLADDER.upper()} "}, f"The right topic is: {BLADDER}"),
        ("topic", {"topic": "safety/bladder", "category": "a"}, f"The right topic is: {BLADDER}"),
        ("decline", {"note": "Nobody knows."}, "Nobody knows."),
        ("category", {"category": "a"}, "It should have fired: Suicide or self-harm risk now"),
        ("new_topic", {}, "A new topic is needed"),
    ],
)
def test_a_mark_is_kept_and_shown(
    desk: Desk, reviewer: Staff, judgement: str, fields: dict[str, str], words: str
) -> None:
    conversation = asked(desk, MARK)
    assert mark(reviewer, conversation, judgement, **fields) == 303
    page = text_of(reviewer.get(f"/conversations/{conversation}"))
    assert words in page and reviewer.name in page
    assert "mark" in [row.action for row in desk.records.audit_rows(10, conversation=conversation)]


@pytest.mark.parametrize(
    ("judgement", "fields", "says"),
    [
        ("", {}, "Choose what you think of it"),
        ("fine", {}, "Choose what you think of it"),
        ("topic", {}, "Choose the right topic"),
        ("topic", {"topic": "bladders and such"}, "Choose the right topic"),
        ("category", {}, "Choose the safety category"),
        ("category", {"category": "z"}, "Choose the safety category"),
        ("category", {"category": "ab"}, "Choose the safety category"),
    ],
)
def test_a_mark_that_lacks_something_is_refused_in_words(
    desk: Desk, reviewer: Staff, judgement: str, fields: dict[str, str], says: str
) -> None:
    conversation = asked(desk, MARK)
    refused = reviewer.post(f"/conversations/{conversation}/mark", seq=2, judgement=judgement, **fields)
    assert (refused.status_code, says in text_of(refused)) == (422, True)
    assert desk.records.marks_of(conversation) == {}


def test_only_a_visitors_own_words_are_marked(desk: Desk, reviewer: Staff) -> None:
    conversation = asked(desk, MARK)
    for seq in (1, 3, 99):
        assert reviewer.post(f"/conversations/{conversation}/mark", seq=seq, judgement="right").status_code == 404
    assert reviewer.post("/conversations/none/mark", seq=2, judgement="right").status_code == 404
    page = reviewer.get(f"/conversations/{conversation}").text
    assert re.findall(r'name="seq" value="(\d+)"', page) == ["2"]


def test_what_was_told_to_the_guide_is_neither_listed_nor_marked(desk: Desk, reviewer: Staff) -> None:
    conversation = asked(desk, MARK)
    desk.sql("""UPDATE messages SET body = '{"text": "x", "guide": true}' WHERE conversation = ?""", conversation)
    assert mark(reviewer, conversation, "right") == 404
    assert conversation not in reviewer.get("/review").text
    assert 'name="judgement"' not in reviewer.get(f"/conversations/{conversation}").text


def test_whoever_changes_their_mind_is_shown_so(desk: Desk, reviewer: Staff) -> None:
    conversation = asked(desk, MARK)
    mark(reviewer, conversation, "right")
    mark(reviewer, conversation, "decline")
    page = text_of(reviewer.get(f"/conversations/{conversation}"))
    assert page.count("who has changed their mind since") == 1


def test_a_second_reviewer_sees_the_firsts_mark_only_after_their_own(desk: Desk, reviewer: Staff) -> None:
    conversation, first, viewer = asked(desk, MARK, twice=True), somebody(desk, "clinician"), somebody(desk, "viewer")
    mark(first, conversation, "decline", note="A secret so far.")
    for path in (f"/conversations/{conversation}", f"/conversations/{conversation}/log"):
        assert "A secret so far." not in reviewer.get(path).text
    assert "Somebody has marked this" in text_of(reviewer.get(f"/conversations/{conversation}"))
    assert "A secret so far." in viewer.get(f"/conversations/{conversation}").text  # who marks nothing sees all
    assert conversation in reviewer.get("/review").text
    mark(reviewer, conversation, "right")
    assert "A secret so far." in reviewer.get(f"/conversations/{conversation}").text


def test_the_review_list_shows_no_words_and_is_in_the_audit(desk: Desk, reviewer: Staff) -> None:
    conversation = asked(desk, MARK)
    page = reviewer.get("/review")
    assert f"/console/conversations/{conversation}#message-2" in page.text
    assert "Declined" in text_of(page) and MARK not in page.text
    assert desk.records.audit_rows(1)[0].action == "read-review"
    mark(reviewer, conversation, "right")
    assert f"{conversation}#message-2" not in reviewer.get("/review").text


def test_agreement_is_of_first_marks_and_who_disagrees_is_named(desk: Desk, reviewer: Staff) -> None:
    desk.sql("DELETE FROM marks")
    other = somebody(desk, "reviewer")
    assert "No message has been marked by two people yet" in text_of(reviewer.get("/review"))
    for judgements in (("right", "right"), ("decline", "decline"), ("right", "decline"), ("decline", "decline")):
        conversation = asked(desk, MARK, twice=True)
        mark(reviewer, conversation, judgements[0])
        mark(other, conversation, judgements[1])
        if judgements[0] != judgements[1]:
            apart = conversation
    page = text_of(reviewer.get("/review"))
    assert "4 messages were marked by two people" in page
    assert "They agree on 75 %" in page and "is 0.50" in page
    assert f"{apart[:8]}, message 2 : {reviewer.name}: Right; {other.name}: It should have declined" in page
    mark(reviewer, apart, "decline")  # convinced: settled, and the first marks still say how far they agreed
    page = text_of(reviewer.get("/review"))
    assert "Talk about these" not in page and "They agree on 75 %" in page


def test_a_viewer_is_offered_no_mark_and_a_reviewer_no_teaching(desk: Desk, reviewer: Staff) -> None:
    conversation = asked(desk, MARK)
    assert 'name="judgement"' not in somebody(desk, "viewer").get(f"/conversations/{conversation}").text
    page = reviewer.get(f"/conversations/{conversation}").text
    assert 'name="judgement"' in page and "regression" not in page
    assert "/console/review/teach" not in reviewer.get("/review").text


def test_messages_without_an_answer_are_shown_by_group_and_without_words(desk: Desk, reviewer: Staff) -> None:
    one, two = asked(desk, MARK), asked(desk, MARK)
    gaps = [gap for gap in desk.records.gaps(1000) if gap.conversation in (one, two)]
    desk.records.keep_groups([gaps])
    page = reviewer.get("/review/gaps")
    assert f"{one}#message-2" in page.text and f"{two}#message-2" in page.text
    assert MARK not in page.text
    assert desk.records.audit_rows(1)[0].action == "read-gaps"
    mark(reviewer, one, "right")
    assert f"{one}#message-2" not in reviewer.get("/review/gaps").text


def test_the_largest_group_comes_first_and_says_when_its_newest_message_came(desk: Desk, reviewer: Staff) -> None:
    desk.sql("DELETE FROM gaps")
    old, *others, new = (asked(desk, MARK) for _ in range(4))
    desk.sql("UPDATE messages SET sent_at = datetime(sent_at, '-40 days') || '.000000' WHERE conversation = ?", old)
    found = {gap.conversation: gap for gap in desk.records.gaps(1000)}
    desk.records.keep_groups([[found[others[0]]], [found[old], found[new]], [found[others[1]]]])
    page = reviewer.get("/review/gaps").text
    places = [page.index(f"{one}#message-2") for one in (new, old, others[1], others[0])]
    assert places == sorted(places)
    latest = re.findall(r'data-label="Latest">(.*?)<', page)
    assert "today" in latest[0] and len(latest) == 3
