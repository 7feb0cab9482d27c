"""Saved views: the list's filters under a name, one's own or everybody's, deleted by who may."""

from __future__ import annotations

import re

from tests.console.parts import Desk, Staff, somebody, text_of

DELETE = re.compile(r'name="id" value="([0-9a-f]{16})"><button[^>]*>Delete<')


def save(staff: Staff, name: str, query: str, **more: str) -> int:
    return staff.post("/views", name=name, query=query, **more).status_code


def test_a_view_holds_the_filters_and_leads_to_what_they_let_through(desk: Desk, clinician: Staff) -> None:
    sent = clinician.post("/views", name="Bladder & more", query="topic=safety%2Fbladder&kind=&before=&least_sure=20")
    listed = clinician.follow(sent)
    assert sent.headers["location"] == "/console/conversations?topic=safety%2Fbladder&least_sure=20"
    assert "Saved views Bladder & more" in text_of(listed)
    found = re.search(r'href="(/console/conversations\?[^"]+)" aria-current="true"', listed.text)
    assert found
    again = clinician.http.get(found[1].replace("&amp;", "&"))
    assert 'value="safety/bladder" selected' in again.text and 'value="20"' in again.text


def test_the_same_name_again_replaces_the_view(desk: Desk, clinician: Staff) -> None:
    for query in ("kind=decline", "kind=answer"):
        assert save(clinician, "Mine", query) == 303
    page = clinician.get("/conversations").text
    assert (page.count(">Mine</a>"), "conversations?kind=answer" in page) == (1, True)


def test_others_see_what_is_shared_and_only_its_owner_or_a_manager_deletes_it(
    desk: Desk, clinician: Staff, manager: Staff
) -> None:
    other = somebody(desk, "viewer")
    save(clinician, "Private view", "kind=decline")
    save(clinician, "Shared view", "kind=decline", shared="true")
    seen = text_of(other.get("/conversations"))
    assert f"Shared view by {clinician.name}" in seen and "Private view" not in seen
    private, shared = DELETE.findall(clinician.get("/conversations").text)
    assert other.post("/views/delete", id=shared).status_code == 303
    manager.post("/views/delete", id=private)
    assert DELETE.findall(clinician.get("/conversations").text) == [private, shared]
    manager.get("/conversations")
    manager.post("/views/delete", id=shared)
    clinician.post("/views/delete", id=private)
    assert not {"Shared view", "Private view"} & set(
        re.findall(r">([A-Z]\w+ view)</a>", clinician.get("/conversations").text)
    )


def test_what_is_no_filter_is_not_saved(desk: Desk, clinician: Staff) -> None:
    for query in ("kind=", "before=2026-01-01T00:00:00~1", "nothing=1", "least_sure=many"):
        refused = clinician.post("/views", name="Nothing", query=query)
        assert (refused.status_code, "There is nothing to save" in text_of(refused)) == (422, True)
    assert ">Nothing</a>" not in clinician.get("/conversations").text
