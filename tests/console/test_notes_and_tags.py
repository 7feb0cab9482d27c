"""Notes and tags are for staff: never in the chat, and gone with the conversation."""

from __future__ import annotations

import uuid

import pytest

from tests.conftest import Visitor
from tests.console.parts import Desk, Staff, somebody, text_of


def test_a_note_is_kept_once_with_its_author_and_the_visitor_never_sees_it(desk: Desk, clinician: Staff) -> None:
    visitor, id = Visitor(desk.house.api), str(uuid.uuid4())
    desk.browsers.append(visitor.http)
    for _ in range(2):
        sent = clinician.post(f"/conversations/{visitor.id}/note", text="Called, no answer.", id=id)
        assert sent.headers["location"] == f"/console/conversations/{visitor.id}#notes"
    assert [(one.by, one.text) for one in desk.records.notes_of(visitor.id)] == [(clinician.name, "Called, no answer.")]
    reader = somebody(desk, "viewer")
    shown = text_of(reader.get(f"/conversations/{visitor.id}"))
    assert "Called, no answer." in shown and clinician.name in shown
    assert "no answer" not in str(visitor.log())


def test_tags_are_put_on_once_offered_again_and_taken_off(desk: Desk, clinician: Staff) -> None:
    conversation, another = desk.conversation(), desk.conversation()
    for tag in ("Call back", "call back", "Insurance"):
        assert clinician.post(f"/conversations/{conversation}/tag", tag=tag).status_code == 303
    assert desk.records.tags_of(conversation) == ["call back", "insurance"]
    assert '<option value="insurance">' in clinician.get(f"/conversations/{another}").text
    clinician.post(f"/conversations/{conversation}/untag", tag="insurance")
    clinician.post(f"/conversations/{conversation}/untag", tag="never put on")
    assert desk.records.tags_of(conversation) == ["call back"]
    assert desk.records.tags_of(another) == []


@pytest.mark.parametrize(
    ("step", "fields"), [("note", {"text": " ", "id": "0" * 36}), ("tag", {"tag": "x" * 41}), ("tag", {})]
)
def test_what_is_empty_or_too_long_is_refused(desk: Desk, clinician: Staff, step: str, fields: dict[str, str]) -> None:
    conversation = desk.conversation()
    assert clinician.post(f"/conversations/{conversation}/{step}", **fields).status_code == 422
    assert (desk.records.notes_of(conversation), desk.records.tags_of(conversation)) == ([], [])


def test_erasing_takes_them_along(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation()
    clinician.post(f"/conversations/{conversation}/note", text="A note.", id=str(uuid.uuid4()))
    clinician.post(f"/conversations/{conversation}/tag", tag="gone")
    desk.records.erase(conversation)
    assert (desk.records.notes_of(conversation), desk.records.tags_of(conversation)) == ([], [])
