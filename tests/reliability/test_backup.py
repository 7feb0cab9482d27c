"""A backup made while visitors write is whole and of one moment; a restore loses nothing and refuses what it must."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from content.catalogue import ROOT
from records import DatabaseUnusable, Message, Records
from records.backup import Contents, backup, inspect, restore
from records.migrate import upgrade

OPENING = Message("bot", "opening", {"text": "Welcome."})
WRITERS = 3
WRITTEN = """
import sys, uuid
from records import Message, Records
records = Records(sys.argv[1])
print(flush=True)
while True:  # until killed
    one = records.open_conversation("", "en-US", Message("bot", "opening", {"text": "Welcome."}))[0].id
    visitor = records.receive(one, str(uuid.uuid4()), {"text": "Is it safe?" * 50})
    records.answer(one, visitor, [Message("bot", "answer", {"text": "Mostly."})])
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with one conversation, closed."""
    path = tmp_path / "our #1 folder" / "records.db"
    upgrade(f"sqlite:///{path}")
    with records_at(path) as records:
        said(records, "Is it safe?")
    return path


@contextmanager
def records_at(database: Path) -> Iterator[Records]:
    records = Records(f"sqlite:///{database}")
    try:
        yield records
    finally:
        records.dispose()


def said(records: Records, text: str) -> None:
    conversation = records.open_conversation("", "en-US", OPENING)[0].id
    records.receive(conversation, str(uuid.uuid4()), {"text": text})


def texts(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        order = connection.execute("SELECT conversation, seq FROM messages ORDER BY rowid").fetchall()
    records = Records(f"sqlite:///{database}")  # opens what is sealed
    try:
        return [records.messages_after(conversation, seq - 1)[0].body["text"] for conversation, seq in order]
    finally:
        records.dispose()


def command(database: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "frontdesk", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={**os.environ, "FRONTDESK_DATABASE_URL": f"sqlite:///{database}"},
    )  # fmt: skip


@contextmanager
def written_to(database: Path) -> Iterator[None]:
    """Have processes write as fast as they can."""
    writing = [
        subprocess.Popen([sys.executable, "-c", WRITTEN, f"sqlite:///{database}"], cwd=ROOT, stdout=subprocess.PIPE)
        for _ in range(WRITERS)
    ]
    try:
        for one in writing:
            assert one.stdout is not None
            one.stdout.readline()
        yield
    finally:
        for one in writing:
            one.kill()
            one.communicate()


def test_a_backup_under_load_is_of_one_moment_and_a_restore_waits_for_the_end(tmp_path: Path) -> None:
    database, made = tmp_path / "records.db", []
    upgrade(f"sqlite:///{database}")
    with written_to(database):
        for number in range(5):
            before = counted(database)
            contents = backup(database, tmp_path / f"backup-{number}")
            assert before <= contents.messages <= counted(database)
            made.append(contents)
        with pytest.raises(DatabaseUnusable, match=r"is in use: stop the assistant"):
            restore(database, tmp_path / "backup-0")
        in_use = command(database, "restore", tmp_path / "backup-0")
        assert (in_use.returncode, in_use.stdout) == (1, "")
        assert "is in use" in in_use.stderr
    assert made[-1].messages > made[0].messages
    last = counted(database)
    for number, contents in enumerate(made):
        copy = tmp_path / f"backup-{number}"
        assert inspect(copy) == contents
        with closing(sqlite3.connect(copy)) as connection:  # a turn that was half in it would show here
            (torn,) = connection.execute("SELECT count(*) FROM conversations WHERE last_seq <> (SELECT max(seq) "
                                         "FROM messages WHERE conversation = conversations.id)").fetchone()  # fmt: skip
        assert torn == 0
    restored, aside = restore(database, tmp_path / "backup-0")
    assert restored == made[0]
    assert counted(database) == made[0].messages
    assert aside is not None
    assert counted(aside) == last  # with what was still in its journal


def counted(database: Path) -> int:
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        found: int = connection.execute("SELECT count(*) FROM messages").fetchone()[0]
        return found


def test_the_commands_say_what_they_did(database: Path, tmp_path: Path) -> None:
    made = command(database, "backup", tmp_path / "backup")
    assert (made.returncode, made.stderr) == (0, "")
    contents = inspect(tmp_path / "backup")
    assert (contents.conversations, contents.messages) == (1, 2)
    assert f"1 conversations, 2 messages, form {contents.form}" in made.stdout
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    with records_at(database) as records:
        said(records, "later")
    done = command(database, "restore", tmp_path / "backup")
    assert (done.returncode, done.stderr) == (0, "")
    assert texts(database) == ["Welcome.", "Is it safe?"]
    (aside,) = database.parent.glob("records.db.before-*Z")
    assert str(aside) in done.stdout
    assert texts(aside) == ["Welcome.", "Is it safe?", "Welcome.", "later"]
    upgrade(f"sqlite:///{database}")
    with records_at(database) as records:
        said(records, "and on")


def test_a_backup_replaces_nothing(database: Path, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("something else")
    with pytest.raises(DatabaseUnusable, match=r"is there already: give another name"):
        backup(database, tmp_path / "there")
    with pytest.raises(DatabaseUnusable, match=r"There is no database"):
        backup(tmp_path / "none", tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == [database.parent.name, "there"]


def spoiled(copy: Path, how: str) -> None:
    size = copy.stat().st_size
    if how == "torn":
        os.truncate(copy, size // 2)
    elif how == "garbled":
        with copy.open("r+b") as file:
            file.seek(size // 2)
            file.write(os.urandom(size // 4))
    elif how == "newer":
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
    elif how == "another":
        copy.unlink()
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute("CREATE TABLE messages (text)")
    elif how == "no database":
        copy.write_text("Dear reader,\n" * 1000)
    elif how == "empty":
        copy.write_bytes(b"")
    elif how == "copied in use":
        shutil.copy(copy, f"{copy}-wal")
    else:
        copy.unlink()


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("torn", "damaged|not a whole backup"), ("garbled", "damaged|not a whole backup"), ("newer", "is of form 9999"),
        ("another", "holds something else"), ("no database", "not a whole backup"), ("empty", "holds something else"),
        ("copied in use", "was copied while it was"), ("gone", "There is no backup"),
    ],
)  # fmt: skip
def test_what_is_no_whole_backup_is_refused_and_nothing_is_changed(
    database: Path, tmp_path: Path, how: str, says: str
) -> None:
    copy = tmp_path / "backup"
    backup(database, copy)
    spoiled(copy, how)
    before = {path.name: path.read_bytes() for path in database.parent.iterdir()}
    with pytest.raises(DatabaseUnusable, match=says):
        restore(database, copy)
    assert {path.name: path.read_bytes() for path in database.parent.iterdir()} == before


def test_a_damaged_database_is_replaced_and_kept(database: Path, tmp_path: Path) -> None:
    backup(database, tmp_path / "backup")
    damaged = os.urandom(database.stat().st_size)
    database.write_bytes(damaged)
    with pytest.raises(DatabaseUnusable, match=r"is damaged .*'python -m frontdesk restore FILE'"):
        upgrade(f"sqlite:///{database}")
    _, aside = restore(database, tmp_path / "backup")
    assert aside is not None
    assert aside.read_bytes() == damaged
    assert texts(database) == ["Welcome.", "Is it safe?"]


def test_a_database_that_is_gone_is_restored(database: Path, tmp_path: Path) -> None:
    contents = backup(database, tmp_path / "backup")
    database.unlink()
    assert restore(database, tmp_path / "backup") == (contents, None)
    assert texts(database) == ["Welcome.", "Is it safe?"]


def test_two_restores_at_once_leave_one_whole_database(database: Path, tmp_path: Path) -> None:
    contents = backup(database, tmp_path / "backup")
    found: list[Contents] = []
    both = [threading.Thread(target=lambda: found.append(restore(database, tmp_path / "backup")[0])) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert found == [contents, contents]
    assert texts(database) == ["Welcome.", "Is it safe?"]
    assert len(list(database.parent.glob("records.db.before-*Z"))) == 2


def test_postgresql_has_tools_of_its_own(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "frontdesk", "backup", tmp_path / "backup"], cwd=ROOT, capture_output=True, text=True,
        timeout=60, env={**os.environ, "FRONTDESK_DATABASE_URL": "postgresql://clinic@127.0.0.1/records"},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert "pg_dump" in done.stderr
