"""Legal holds: managers begin and end them, and a visitor who erases is told the truth."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest

from records import Cause, Contact, ConversationNotFound
from tests.chat.test_events import listening, messages
from tests.conftest import Visitor
from tests.console.parts import Desk, Staff, somebody, text_of

WORD = "zebrawombat"


@pytest.fixture
def visitor(desk: Desk) -> Iterator[Visitor]:
    one = Visitor(desk.house.api)
    yield one
    one.http.close()


def test_a_manager_keeps_a_conversation_for_legal_reasons(desk: Desk, manager: Staff) -> None:
    conversation = desk.conversation(text=WORD)
    viewer = somebody(desk, "viewer")
    there = f"/conversations/{conversation}"
    assert "Keep for legal reasons" in text_of(manager.get(there))
    assert "Keep for legal reasons" not in text_of(viewer.get(there))
    assert manager.post(f"{there}/release", reason="why").status_code == 409
    assert manager.post(f"{there}/hold", reason="letter of a court").status_code == 303
    assert f"Kept for legal reasons By {manager.name}" in text_of(viewer.get(there))
    erasure = desk.records.erase(conversation)
    assert erasure.held
    page = text_of(manager.get(there))
    for words in (
        "Its erasure was asked for; kept for legal reasons",
        erasure.receipt,
        WORD,
        "End the hold and erase it",
    ):
        assert words in page, words
    # Its visitor was told that it is read for that purpose only.
    assert viewer.get(there).status_code == viewer.post(f"{there}/export").status_code == 404
    rows = desk.records.audit_rows(conversation=conversation)
    assert ("hold", "letter of a court") in [(row.action, row.reason) for row in rows]
    assert manager.post(f"{there}/release", reason="it is over").headers["location"] == "/console/conversations"
    with pytest.raises(ConversationNotFound):
        desk.records.owner(conversation)


def test_a_visitor_who_erases_what_is_held_is_told_so_and_can_open_it_no_more(desk: Desk, visitor: Visitor) -> None:
    desk.records.receive(visitor.id, str(uuid.uuid4()), {"text": WORD})
    desk.records.hold(visitor.id, "Ann", "letter of a court")
    with listening(visitor) as following:
        messages(following, 2)
        erased = visitor.http.delete(f"/{visitor.id}")
        assert list(following) == []
    assert (erased.status_code, set(erased.json())) == (202, {"receipt", "text"})
    for words in ("not erased yet", "must keep it for legal reasons", "is erased when that ends"):
        assert words in erased.json()["text"], words
    for again in (
        visitor.http.get(f"/{visitor.id}/messages"), visitor.http.delete(f"/{visitor.id}"), visitor.post(text="Hello?"),
    ):  # fmt: skip
        assert again.status_code == 404
    assert desk.records.messages_after(visitor.id, 0)[1].body["text"] == WORD
    assert WORD not in desk.log


def test_any_clinician_acknowledges_a_crisis_in_what_is_kept_and_reads_none_of_it(
    desk: Desk, clinician: Staff, manager: Staff
) -> None:
    conversation = desk.conversation(Cause("a", "U0", ("on_call",)), text=WORD)
    calm = desk.conversation(text=WORD)
    viewer, there = somebody(desk, "viewer"), f"/conversations/{conversation}"
    desk.records.leave_contact(conversation, str(uuid.uuid4()), Contact("Quokka", "+12125550123"))
    for one in (conversation, calm):
        desk.records.hold(one, "Ann", "letter of a court")
        desk.records.erase(one)
    assert f'href="/console{there}"' in clinician.get("/inbox").text
    page = clinician.get(there)
    assert page.status_code == 200 and "kept for legal reasons" in text_of(page)
    for secret in (WORD, "Quokka", "2125550123", "letter of a court"):
        assert secret not in page.text
    for path in ("/log", "/state"):
        assert clinician.get(f"{there}{path}").status_code == 404
    assert viewer.get(there).status_code == clinician.get(f"/conversations/{calm}").status_code == 404
    found = re.search(r'name="page" value="([0-9a-f]+)"', page.text)
    assert found
    assert viewer.post(f"{there}/acknowledge", page=found[1]).status_code == 403
    assert manager.get(there).status_code == 200 and 'name="page"' not in manager.get(there).text
    done = clinician.post(f"{there}/acknowledge", page=found[1])
    assert "Acknowledged" in text_of(clinician.follow(done))
    for step, fields in (("take-over", {}), ("note", {"text": "x", "id": "0" * 36}), ("lower-flag", {"reason": "x"})):
        assert clinician.post(f"{there}/{step}", **fields).status_code == 404
    (case,) = desk.records.cases_of(conversation)
    assert case.acknowledged_at
    actions = [row.action for row in desk.records.audit_rows(conversation=conversation)[::-1]]
    assert actions[:2] == ["read-kept", "read"] and actions[-2:] == ["acknowledge", "read-kept"]
