"""What the clinics that run release 0.4.0 have comes through every later migration, whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from records import DatabaseUnusable, Records
from records.migrate import upgrade
from tests.records.parts import migrated_to

ROWS = Path(__file__).parent / "release_0_4.sql"
FIRST, TOKEN = "fbc92a042476b746f5de2056", "ZzN9BSPPy63EKZ1L2rJCLYDFOI96QXsRpxnzF3maxmI"
CRISIS, LEFT_OPEN = "57902eb7fdd4182781693c20", "68725078a3413f6e6a4f3af2"
KIM = "Kim Example, RN"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database as release 0.4.0 left it."""
    path = tmp_path / "records.db"
    migrated_to("0005", path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM audit_head")  # the migration makes an empty one
        connection.executescript(ROWS.read_text(encoding="utf-8"))
    return path


@pytest.fixture
def records(database: Path) -> Iterator[Records]:
    url = f"sqlite:///{database}"
    upgrade(url)
    upgrade(url)  # once more changes nothing
    one = Records(url)
    yield one
    one.dispose()


def texts(records: Records, conversation: str) -> list[str]:
    return [message.body["text"] for message in records.messages_after(conversation, 0)]


def test_what_was_said_is_there(records: Records) -> None:
    assert records.access(FIRST, TOKEN).last_seq == 5  # the visitor's own key still opens it
    hello = "Hello. I am an automated assistant."
    assert texts(records, FIRST) == [
        hello, "Is it safe?", "An answer to: Is it safe?", "Und für OCD – „wirkt“ es? 🙂",
        "An answer to: Und für OCD – „wirkt“ es? 🙂",
    ]  # fmt: skip
    assert texts(records, CRISIS) == [
        hello, "I want to die", "An answer to: I want to die", "This is Kim. Can I call you?",
    ]  # fmt: skip
    assert [message.seq for message in records.messages_after(CRISIS, 0)] == [1, 2, 3, 4]
    answer = records.messages_after(FIRST, 2)[0]
    assert answer.body["sources"] == [{"id": "doc1", "title": "Guide", "heading": "Safety"}]
    assert answer.understanding == {"intent": "safety", "confidence": 0.91, "in_guide": False}


def test_the_turn_that_was_open_is_still_to_be_ended(records: Records) -> None:
    ((conversation, message),) = records.unanswered()
    assert (conversation.id, message.body["text"]) == (LEFT_OPEN, "How long was the last one?")


def test_the_case_with_all_that_belongs_to_it_is_there(records: Records) -> None:
    (case,) = records.cases_of(CRISIS)
    assert (case.category, case.urgency, case.seq, case.teams, case.acknowledged_by) == (
        "a", "U0", 2, ("on_call",), "on_call",
    )  # fmt: skip
    (page,) = records.pages_of(CRISIS)
    assert (page.state, page.urgency, page.case) == ("acknowledged", "U0", case.id)
    contact = records.contact_of(CRISIS)
    assert contact is not None
    assert (contact.name, contact.phone, contact.email, contact.best_time) == (
        "Ann Example", "+15550100123", "ann@example.com", "evenings",
    )  # fmt: skip
    assert (records.owner(CRISIS), records.raised(CRISIS)) == ("bot", None)
    assert [change.raised for change in records.flags_of(CRISIS)] == [True, False]
    assert [(move.from_owner, move.to_owner) for move in records.transitions_of(CRISIS)] == [
        ("bot", "clinician"), ("clinician", "bot"),
    ]  # fmt: skip


def test_staff_and_what_they_wrote_are_there(records: Records) -> None:
    kim = records.person_by_login("kim")
    assert kim is not None
    assert (kim.name, kim.roles) == (KIM, ("clinician", "manager"))
    assert [(note.by, note.text) for note in records.notes_of(FIRST)] == [(KIM, "asks about OCD, call back")]
    assert records.tags_of(FIRST) == ["ocd"]
    (mark,) = records.marks_of(FIRST)[2]
    assert (mark.by, mark.judgement, mark.topic, mark.note) == (
        KIM,
        "topic",
        "safety/bladder",
        "asked about the bladder",
    )
    verdict = records.verify_audit()
    assert (verdict.damaged, verdict.rows) == (None, 2)


def test_everything_can_go_on(records: Records) -> None:
    visitor = records.receive(FIRST, "a-new-one", {"text": "And tomorrow?"})
    assert visitor.seq == 6
    records.erase(CRISIS)
    assert records.cases_of(CRISIS) == []


def test_a_database_of_a_later_release_is_refused_and_left_as_it_is(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = database.read_bytes()
    with pytest.raises(DatabaseUnusable, match=r"is of form 9999 and this version knows 0001 to .*: start the newer"):
        upgrade(f"sqlite:///{database}")
    assert database.read_bytes() == before
