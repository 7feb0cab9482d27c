"""The list of conversations: its filters, its pages, its audit, and nobody's words."""

from __future__ import annotations

import re

import pytest

from records import Cause
from tests.console.marked import asked, mark
from tests.console.parts import Desk, Staff, somebody, text_of

MARK = "zebrawombat"


def found(staff: Staff, query: str = "") -> list[str]:
    page = staff.get(f"/conversations?{query}")
    assert page.status_code == 200, text_of(page)
    return re.findall(r'href="/console/conversations/([0-9a-f]+)"', page.text)


def test_a_row_says_what_became_of_it_and_nobodys_words(desk: Desk, clinician: Staff) -> None:
    conversation = asked(desk, MARK, kind="answer", topics=["safety/bladder"])
    desk.records.add_note(conversation, "0" * 36, clinician.name, MARK)
    desk.records.escalate(conversation, 2, [Cause("f", "U3", ())])
    desk.records.give_feedback(conversation, 3, False, MARK)
    mark(clinician, conversation, "decline")
    page = clinician.get("/conversations")
    assert MARK not in page.text
    row = text_of(page).partition(conversation[:8])[2][:300]
    title = desk_title("safety/bladder")
    for words in ("answer", title, "With the assistant", "Not helpful", "Reviewed"):
        assert words in row, words


def desk_title(topic: str) -> str:
    from content.catalogue import Catalogue

    return Catalogue().titles[topic]


def test_filters_narrow_the_list_and_stay_in_the_form(desk: Desk, clinician: Staff) -> None:
    one = asked(desk, MARK, kind="answer", topics=["safety/bladder"])
    desk.records.add_tag(one, "only-this", clinician.name)
    other = asked(desk, MARK)
    assert found(clinician, "tag=only-this") == [one]
    assert found(clinician, "tag=only-this&kind=answer&topic=safety/bladder&least_sure=90&most_sure=90") == [one]
    assert found(clinician, "tag=only-this&kind=decline") == []
    assert found(clinician, "tag=only-this&reviewed=yes") == []
    assert found(clinician, "tag=only-this&reviewed=no&escalated=no&owner=bot&since=2020-01-01&until=2990-01-01&category=&helpful=") == [one]  # fmt: skip
    assert found(clinician, "tag=only-this&until=2020-01-01") == []
    assert other in found(clinician, "kind=decline")
    page = clinician.get("/conversations?tag=only-this&kind=decline").text
    assert '<option value="decline" selected>' in page and '<option value="only-this" selected>' in page


@pytest.mark.parametrize(
    "query",
    ["since=yesterday", "least_sure=200", "helpful=perhaps", "kind=" + "x" * 17, "before=x", "since=0001-01-01"],
)
def test_a_filter_that_is_none_is_named_and_not_echoed(clinician: Staff, query: str) -> None:
    page = clinician.get(f"/conversations?{query}")
    assert page.status_code == 422
    assert f"The field '{query.partition('=')[0].replace('_', ' ')}'" in text_of(page)
    assert "yesterday" not in page.text


def test_a_place_that_is_none_begins_at_the_newest(clinician: Staff) -> None:
    assert clinician.get("/conversations?before=2020-99-99T00:00~abc").status_code == 200
    assert clinician.get("/conversations?before=0001-01-01T00:00:00%2B23:00~abc").status_code == 200


def test_older_ones_are_on_the_next_page_with_the_same_filters(desk: Desk, clinician: Staff) -> None:
    ids = [desk.conversation() for _ in range(52)]
    for one in ids:
        desk.records.add_tag(one, "many", clinician.name)
    page = clinician.get("/conversations?tag=many")
    link = re.search(r'href="/console(/conversations\?[^"]*before=[^"]*)"', page.text)
    assert link
    first, second = found(clinician, "tag=many"), clinician.get(link[1].replace("&amp;", "&")).text
    assert first == ids[:1:-1]
    assert re.findall(r'href="/console/conversations/([0-9a-f]+)"', second) == [ids[1], ids[0]]


def test_looking_is_in_the_audit_and_whoever_may_not_read_is_refused(desk: Desk) -> None:
    viewer = somebody(desk, "viewer")
    viewer.get("/conversations")
    row = desk.records.audit_rows(1)[0]
    assert (row.who, row.action, row.conversation) == (viewer.name, "read-list", None)
    assert somebody(desk, "auditor").get("/conversations").status_code == 403
    desk.sql("ALTER TABLE audit RENAME TO audit_away")
    try:
        refused = viewer.get("/conversations")
    finally:
        desk.sql("ALTER TABLE audit_away RENAME TO audit")
    assert refused.status_code == 503
