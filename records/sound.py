"""Looks an SQLite file over before it is used: whole, writable, and of a form that this code knows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from alembic.script import ScriptDirectory

from records.errors import DatabaseUnusable

MIGRATIONS = Path(__file__).parent / "migrations"
INSTEAD = "put a backup in its place with 'python -m frontdesk restore FILE'"
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_PRIMARY = 0xFF  # the rest of SQLite's error codes says more than anybody needs


def check_database(path: Path, busy_seconds: float) -> None:
    """Make sure that the database at ``path``, if there is one, is whole, known and can be written. Changes nothing.

    Reads the whole file: about a second for each gigabyte that the system has in memory.

    Raises:
        DatabaseUnusable: It is damaged, of an unknown form, read-only or locked.
    """
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            form = form_of(connection)
            connection.execute("BEGIN IMMEDIATE")  # of a read-only file this only reads
            connection.execute("PRAGMA user_version = 0")  # as it is anyway: nobody uses it
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise DatabaseUnusable(_sentence(path, error)) from error
    if found != "ok":
        raise DatabaseUnusable(_damaged(path, found))
    check_form(form, f"The database {path}")


def form_of(connection: sqlite3.Connection) -> str | None:
    """Return the number of the newest migration that a database has had; None when it has had none."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        return None
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(found[0]) if found else None


def check_form(form: str | None, what: str) -> None:
    """Make sure that a database's form is one that this code knows.

    Args:
        form: The form, as Alembic wrote it; None for an empty database.
        what: The database, as the message is to call it.

    Raises:
        DatabaseUnusable: It is another, most likely a newer one.
    """
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if form is not None and form not in known:
        raise DatabaseUnusable(
            f"{what} is of form {form} and this version knows {min(known)} to {max(known)}: "
            f"start the newer version that made it, or {INSTEAD}."
        )


def opened(path: Path, how: str) -> sqlite3.Connection:
    """Open a file for reading: ``mode=ro``, or ``immutable=1`` (nothing is made beside it) when nobody writes to it."""
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?{how}", uri=True)


def _sentence(path: Path, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if code in DAMAGED:
        return _damaged(path, str(error))
    if code in READ_ONLY:
        return f"The database {path} cannot be written: let this user write it and its folder, then start again."
    if code in BUSY:
        return f"The database {path} is locked by another program: end that program, then start again."
    return f"The database {path} cannot be used ({error}): see that its disk has room and works, then start again."


def _damaged(path: Path, why: str) -> str:
    lines = " ".join(why.split())
    return f"The database {path} is damaged ({lines}): {INSTEAD}. The damaged one is kept beside it."
