"""Whatever is read or done with a conversation is written down first, and nothing written can be changed unseen."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.catalogue import ROOT
from records import AuditRow, Cause, Records
from records.audit import row_hash
from records.migrate import upgrade
from tests.console.parts import Desk, Staff, somebody, text_of

MARK = "zebrawombat"  # what a visitor wrote; it must not be in the audit
ROWS = 12


@contextmanager
def audit_broken(desk: Desk) -> Iterator[None]:
    desk.sql("ALTER TABLE audit RENAME TO audit_away")
    try:
        yield
    finally:
        desk.sql("ALTER TABLE audit_away RENAME TO audit")


def rows(desk: Desk, conversation: str) -> list[AuditRow]:
    return desk.records.audit_rows(conversation=conversation)[::-1]


def test_every_read_and_write_is_in_the_audit_in_order(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation(Cause("a", "U1", ("on_call",)), text=f"I am afraid {MARK}")
    where = f"/conversations/{conversation}"
    clinician.get(where)
    clinician.get(f"{where}/log")
    clinician.get(f"{where}/state")
    clinician.post(f"{where}/take-over")
    clinician.post(f"{where}/reply", text="Hello", id="0" * 36)
    clinician.post(f"{where}/note", text="called", id="1" * 36)
    clinician.post(f"{where}/tag", tag="call")
    clinician.post(f"{where}/untag", tag="call")
    clinician.post(f"{where}/lower-flag", reason="spoke by phone")
    clinician.post(f"{where}/hand-back")
    found = rows(desk, conversation)
    assert [row.action for row in found] == [
        "read", "read", "read", "take-over", "reply", "note", "tag", "untag", "lower-flag", "hand-back",
    ]  # fmt: skip
    assert {(row.who, row.role) for row in found} == {(clinician.name, "clinician")}
    assert [row.reason for row in found if row.reason] == ["spoke by phone"]
    assert all(
        abs(dt.datetime.fromisoformat(row.at) - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5) for row in found
    )


def test_no_visitors_word_is_in_it(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation(text=f"my name is {MARK}")
    clinician.get(f"/conversations/{conversation}")
    assert not any(MARK in str(row) for row in desk.sql("SELECT * FROM audit"))
    assert MARK not in desk.log


@pytest.mark.parametrize("part", ["", "/log", "/state"])
def test_what_cannot_be_written_down_is_not_shown(desk: Desk, clinician: Staff, part: str) -> None:
    conversation = desk.conversation(text=MARK)
    with audit_broken(desk):
        refused = clinician.get(f"/conversations/{conversation}{part}")
        queue = clinician.get("/inbox")
    assert (refused.status_code, queue.status_code) == (503, 503)
    assert "This cannot be recorded at the moment" in text_of(refused)
    assert MARK not in refused.text
    assert conversation not in queue.text
    assert clinician.get(f"/conversations/{conversation}{part}").status_code == 200


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("take-over", {}), ("note", {"text": MARK, "id": "2" * 36}), ("tag", {"tag": MARK}),
        ("lower-flag", {"reason": MARK}),
    ],
)  # fmt: skip
def test_what_cannot_be_written_down_is_not_done(
    desk: Desk, clinician: Staff, step: str, fields: dict[str, str]
) -> None:
    conversation = desk.conversation(Cause("a", "U1", ("on_call",)))
    with audit_broken(desk):
        assert clinician.post(f"/conversations/{conversation}/{step}", **fields).status_code == 503
    assert (desk.records.owner(conversation), desk.records.raised(conversation)) == ("bot", "a")
    assert (desk.records.notes_of(conversation), desk.records.tags_of(conversation)) == ([], [])


def test_nobody_signs_in_or_is_added_unseen(desk: Desk, manager: Staff) -> None:
    before = len(desk.records.people())
    with audit_broken(desk):
        assert manager.post("/people", login="new-one", name="New One", roles=["viewer"]).status_code == 503
    assert len(desk.records.people()) == before


def test_an_attempt_that_is_refused_is_written_down_as_such(desk: Desk, clinician: Staff) -> None:
    conversation, other = desk.conversation(), somebody(desk, "clinician")
    other.post(f"/conversations/{conversation}/take-over")
    clinician.post(f"/conversations/{conversation}/take-over")
    assert [(row.who, row.action) for row in rows(desk, conversation)][-3:] == [
        (clinician.name, "take-over"), (clinician.name, "take-over-refused"), (clinician.name, "read"),
    ]  # fmt: skip


def test_the_audit_outlives_the_conversation(desk: Desk, clinician: Staff) -> None:
    conversation = desk.conversation()
    clinician.get(f"/conversations/{conversation}")
    desk.records.erase(conversation)
    assert [row.action for row in rows(desk, conversation)] == ["read"]


def test_an_auditor_sees_who_read_what_and_no_conversation(desk: Desk, clinician: Staff) -> None:
    auditor, conversation = somebody(desk, "auditor"), desk.conversation(text=MARK)
    clinician.get(f"/conversations/{conversation}")
    shown = auditor.get(f"/audit?conversation={conversation}")
    assert clinician.name in text_of(shown) and MARK not in shown.text
    assert rows(desk, conversation)[-1].action == "read-audit"
    older = re.search(r"before=(\d+)", auditor.get("/audit").text)
    assert older is None or auditor.get(f"/audit?before={older[1]}").status_code == 200


def test_many_write_at_once_and_the_chain_holds(desk: Desk, clinician: Staff) -> None:
    conversation, before = desk.conversation(), desk.records.verify_audit().rows
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: clinician.http.get(f"/console/conversations/{conversation}/log"), range(24)))
    verdict = desk.records.verify_audit()
    assert (verdict.damaged, verdict.rows) == (None, before + 24)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with some audit rows."""
    path = tmp_path_factory.mktemp("audit") / "records.db"
    upgrade(f"sqlite:///{path}")
    records = Records(f"sqlite:///{path}")
    for number in range(ROWS):
        records.write_audit(f"Dr. {number % 3}", "clinician", "read", f"c{number}", "because" if number % 2 else None)
    records.dispose()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    return path


CHANGES = st.one_of(
    st.tuples(st.just("change"), st.integers(1, ROWS), st.sampled_from(["at", "who", "role", "action", "conversation", "reason"])),
    st.tuples(st.just("rehash"), st.integers(1, ROWS - 1), st.just("who")),
    st.tuples(st.just("delete"), st.integers(1, ROWS), st.just("")),
    st.tuples(st.just("truncate"), st.integers(1, ROWS), st.just("")),
    st.tuples(st.just("swap"), st.integers(1, ROWS - 1), st.just("")),
    st.tuples(st.just("append"), st.just(ROWS + 1), st.just("")),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
def test_whatever_is_changed_is_found_with_its_first_row(whole: Path, change: tuple[str, int, str]) -> None:
    kind, row, column = change
    path = whole.with_name("harmed.db")
    shutil.copy(whole, path)
    with closing(sqlite3.connect(path)) as database, database:
        harm(database, kind, row, column)
    records = Records(f"sqlite:///{path}")
    verdict = records.verify_audit()
    records.dispose()
    expected = {"rehash": row + 1}.get(kind, row)
    assert verdict.damaged == expected, (change, verdict)


def harm(database: sqlite3.Connection, kind: str, row: int, column: str) -> None:
    if kind in ("change", "rehash"):
        database.execute(f"UPDATE audit SET {column} = 'Somebody else' WHERE number = ?", (row,))
    if kind == "rehash":  # an intruder who knows how the hashes are made, and mends one row only
        database.row_factory = sqlite3.Row
        found = {one["number"]: dict(one) for one in database.execute("SELECT * FROM audit")}
        previous = found[row - 1]["hash"] if row > 1 else "0" * 64
        database.execute("UPDATE audit SET hash = ? WHERE number = ?", (row_hash(previous, found[row]), row))
    if kind == "delete":
        database.execute("DELETE FROM audit WHERE number = ?", (row,))
    if kind == "truncate":
        database.execute("DELETE FROM audit WHERE number >= ?", (row,))
    if kind == "swap":
        for one, other in ((row, -1), (row + 1, row), (-1, row + 1)):
            database.execute("UPDATE audit SET number = ? WHERE number = ?", (other, one))
    if kind == "append":
        database.execute(
            "INSERT INTO audit SELECT ?, at, who, role, action, conversation, reason, hash FROM audit LIMIT 1", (row,)
        )


def test_a_whole_new_chain_is_found_by_who_has_kept_an_earlier_end(whole: Path, tmp_path: Path) -> None:
    records = Records(f"sqlite:///{whole}")
    known = records.verify_audit()
    records.dispose()
    path = tmp_path / "records.db"
    upgrade(f"sqlite:///{path}")
    forged = Records(f"sqlite:///{path}")
    for _ in range(ROWS + 3):
        forged.write_audit("Nobody", "viewer", "read")
    assert forged.verify_audit().damaged is None
    assert forged.verify_audit((known.rows, known.head)).damaged == ROWS
    assert forged.verify_audit((ROWS + 9, known.head)).damaged == ROWS + 4
    forged.dispose()


def verify(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    environment = {"FRONTDESK_DATABASE_URL": f"sqlite:///{path}", "PATH": ""}
    return subprocess.run(
        [sys.executable, "-m", "frontdesk", "audit", "verify", *more],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_the_command_says_that_it_is_whole_or_which_row_is_damaged(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    shutil.copy(whole, path)
    done = verify(path)
    assert (done.returncode, f"The audit is whole: {ROWS} rows" in done.stdout) == (0, True), done.stderr
    known = done.stdout.strip().splitlines()[-1].split()
    assert verify(path, *known).returncode == 0
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE audit SET who = 'Nobody' WHERE number = 7")
    done = verify(path)
    assert (done.returncode, "DAMAGED: row 7:" in done.stdout) == (1, True)
