"""Copies of the database: made while it is in use, and put in its place while it is not. SQLite only."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from records.errors import DatabaseUnusable
from records.migrate import one_at_a_time
from records.sound import check_form, form_of, opened

BESIDE = ("-wal", "-shm")  # what SQLite keeps beside a database in use
# Where SQLite's locks are in every database file, https://sqlite.org/fileformat2.html#the_lock_byte_page: whoever has
# the file open in WAL mode holds a shared lock on these bytes.
LOCK_FROM, LOCK_LENGTH = 0x40000000, 512


@dataclass(frozen=True)
class Contents:
    """What is in a database: its form (the number of the newest migration), and how much."""

    form: str
    conversations: int
    messages: int

    def __str__(self) -> str:
        """Say it."""
        return f"{self.conversations} conversations, {self.messages} messages, form {self.form}"


def backup(database: Path, target: Path) -> Contents:
    """Copy ``database`` to ``target`` as it is at one moment, while others read and write it; return what was copied.

    The copy is read back whole before it gets its name.

    Raises:
        DatabaseUnusable: There is no database, something is at ``target``, or the copy is not whole.
        OSError: ``target`` cannot be written.
        sqlite3.Error: The database cannot be read, or there is no room for the copy.
    """
    if not database.exists():
        raise DatabaseUnusable(f"There is no database {database}: set FRONTDESK_DATABASE_URL to where it is.")
    if target.exists():
        raise DatabaseUnusable(f"{target} is there already: give another name, a backup replaces nothing.")
    new = target.with_name(f"{target.name}.new")
    try:
        contents = _copy(database, "mode=ro", new)
        os.replace(new, target)
        _sync(target.parent)
    finally:
        new.unlink(missing_ok=True)
    return contents


def restore(database: Path, source: Path) -> tuple[Contents, Path | None]:
    """Put the backup at ``source`` in the place of ``database``; return what is in it, and where the replaced one is.

    Raises:
        DatabaseUnusable: ``source`` is not a whole backup that this version knows, or the database is in use.
        OSError: The folder of the database cannot be written.
        sqlite3.Error: There is no room for the copy.
    """
    contents = inspect(source)
    with one_at_a_time(database), _nobody_else(database):
        new = database.with_name(f"{database.name}.new")
        try:
            _copy(source, "immutable=1", new)
            aside = _set_aside(database) if database.exists() else None
            os.replace(new, database)
            _sync(database.parent)
        finally:
            new.unlink(missing_ok=True)
    return contents, aside


def inspect(path: Path) -> Contents:
    """Read a whole copy of a database and return what is in it.

    Raises:
        DatabaseUnusable: It is not there, not a copy by :func:`backup`, damaged, or of an unknown form.
    """
    if not path.is_file():
        raise DatabaseUnusable(f"There is no backup {path}.")
    if any(Path(f"{path}{suffix}").exists() for suffix in BESIDE):
        raise DatabaseUnusable(
            f"{path} is in use, or was copied while it was: make a backup with 'python -m frontdesk backup'."
        )
    try:
        with closing(opened(path, "immutable=1")) as connection:
            if (found := connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
                raise DatabaseUnusable(f"{path} is damaged ({' '.join(found.split())}): take another backup.")
            form = form_of(connection)
            if form is None:
                raise DatabaseUnusable(
                    f"{path} is not a backup of this assistant: it holds something else, or nothing."
                )
            check_form(form, str(path))
            conversations = connection.execute("SELECT count(*) FROM conversations").fetchone()[0]
            messages = connection.execute("SELECT count(*) FROM messages").fetchone()[0]
    except sqlite3.Error as error:
        raise DatabaseUnusable(
            f"{path} is not a whole backup of this assistant ({error}): take another one."
        ) from error
    return Contents(form, conversations, messages)


def _copy(source: Path, how: str, target: Path) -> Contents:
    """Copy a database, for the owner's eyes only, in one step: nobody can change it in between."""
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    with closing(opened(source, how)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)
        other.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    _sync(target)
    return inspect(target)


@contextlib.contextmanager
def _nobody_else(database: Path) -> Iterator[None]:
    """Make sure that no process has the database open, and keep everybody out.

    Raises:
        DatabaseUnusable: One has.
    """
    if not database.exists():
        yield
        return
    with database.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCK_LENGTH, LOCK_FROM)
        except OSError as error:
            raise DatabaseUnusable(
                f"The database {database} is in use: stop the assistant and whatever else has it open, then try again."
            ) from error
        yield


def _set_aside(database: Path) -> Path:
    """Give the database another name, with what belongs to it; the old name stays until it is replaced."""
    aside = database.with_name(f"{database.name}.before-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%fZ}")
    os.link(database, aside)
    for suffix in BESIDE:  # SQLite would take an old journal for the new database's
        beside = Path(f"{database}{suffix}")
        if beside.exists():
            os.replace(beside, f"{aside}{suffix}")
    return aside


def _sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
