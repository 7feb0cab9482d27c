"""Exports from the console: who may, what is in the file, what is in the audit."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Iterator

import pytest

from records import Cause, Contact, Records
from tests.console.parts import OPENING, Desk, Staff, somebody, text_of

NAME = "zebrawombat"


@pytest.fixture
def records(desk: Desk) -> Iterator[Records]:
    """Records whose messages have redacted copies."""
    one = Records(desk.records.url, redact=lambda text: text.replace(NAME, "[name]"))
    yield one
    one.dispose()


@pytest.fixture
def conversation(records: Records) -> str:
    opened = records.open_conversation("https://clinic.example", "en-US", OPENING)[0].id
    records.receive(opened, str(uuid.uuid4()), {"text": f"=I am {NAME}, <b>ü</b>"}, [Cause("f", "U3", ("front_desk",))])
    records.leave_contact(opened, str(uuid.uuid4()), Contact(name=f"Ann {NAME}"))
    records.add_note(opened, str(uuid.uuid4()), "Ann", "a private note")
    return opened


def in_audit(desk: Desk, conversation: str) -> list[tuple[str, str | None]]:
    return [(row.action, row.reason) for row in reversed(desk.records.audit_rows(conversation=conversation))]


def test_one_is_exported_redacted_in_each_form(desk: Desk, records: Records, conversation: str) -> None:
    viewer = somebody(desk, "viewer")
    assert "The original words" not in viewer.get(f"/conversations/{conversation}").text
    files = {
        form: viewer.post(f"/conversations/{conversation}/export", format=form) for form in ("json", "csv", "html")
    }
    for form, answer in files.items():
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="conversation_{conversation[:8]}.{form}"'
        assert answer.headers["cache-control"] == "no-store"
        assert NAME not in answer.text
        assert "private note" not in answer.text
    held = json.loads(files["json"].text)["conversations"][0]
    said = [line["says"]["text"] for line in held["lines"] if line["what"] == "message"]
    assert said == ["Welcome.", "=I am [name], <b>ü</b>"]
    rows = list(csv.DictReader(io.StringIO(files["csv"].content.decode("utf-8-sig"))))
    assert [row["text"] for row in rows if row["what"] == "message"] == ["Welcome.", "'=I am [name], <b>ü</b>"]
    assert "=I am [name], &lt;b&gt;ü&lt;/b&gt;" in files["html"].text
    assert in_audit(desk, conversation)[-3:] == [("export", None)] * 3


def test_what_has_no_redacted_copy_is_left_out(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation()
    without = Records(desk.records.url)  # makes no copies
    without.receive(conversation, str(uuid.uuid4()), {"text": NAME})
    without.dispose()
    exported = clinician.post(f"/conversations/{conversation}/export").json()["conversations"][0]
    assert exported["lines"][2]["says"]["text"] == "[there is no redacted copy of this message]"


def test_original_words_need_a_manager_and_a_reason(desk: Desk, manager: Staff, conversation: str) -> None:
    there, clinician = f"/conversations/{conversation}/export", somebody(desk, "clinician")
    clinician.get(f"/conversations/{conversation}")
    assert clinician.post(there, scope="original", reason="why").status_code == 403
    manager.get(f"/conversations/{conversation}")
    refused = manager.post(there, scope="original")
    assert (refused.status_code, "needs a reason" in text_of(refused)) == (422, True)
    assert ("export-original", None) not in in_audit(desk, conversation)
    original = manager.post(there, scope="original", reason="the doctor's record")
    assert f"=I am {NAME}" in original.text
    assert "Ann" not in original.text
    assert in_audit(desk, conversation)[-1] == ("export-original", "the doctor's record")


def test_a_visitor_who_asks_gets_all_but_staffs_notes(manager: Staff, conversation: str) -> None:
    manager.get(f"/conversations/{conversation}")
    there = f"/conversations/{conversation}/export"
    text = manager.post(there, scope="access", reason="letter of May", format="json").text
    assert f"Ann {NAME}" in text
    assert "https://clinic.example" in text
    assert "private note" not in text


def test_many_are_exported_as_the_list_is_filtered(
    desk: Desk, manager: Staff, records: Records, conversation: str
) -> None:
    tag = f"t{uuid.uuid4().hex[:8]}"
    other = desk.conversation()
    records.add_tag(conversation, tag, "Ann")
    assert f"/console/export?tag={tag}" in manager.get(f"/conversations?tag={tag}").text
    auditor = somebody(desk, "auditor")
    page = auditor.get(f"/export?tag={tag}")
    assert "1 conversation like that" in text_of(page)
    assert "The original words" not in page.text
    exported = auditor.post(f"/export?tag={tag}", format="json").json()
    assert [one["conversation"] for one in exported["conversations"]] == [conversation]
    assert NAME not in json.dumps(exported)
    assert in_audit(desk, conversation)[-1] == ("export", None)
    assert in_audit(desk, other) == []
    assert auditor.post(f"/export?tag={tag}", scope="original", reason="why").status_code == 403
    assert NAME in manager.post(f"/export?tag={tag}", scope="original", reason="a complaint", format="html").text
    assert in_audit(desk, conversation)[-1] == ("export-original", "a complaint")


def test_none_that_is_like_that_is_an_empty_file(manager: Staff) -> None:
    days = "since=2001-01-01&until=2001-01-02"
    assert "0 conversations like that" in text_of(manager.get(f"/export?{days}"))
    assert manager.post(f"/export?{days}", format="json").json()["conversations"] == []
