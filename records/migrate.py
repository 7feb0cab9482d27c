"""Brings the database to the newest form: ``python -m records.migrate [url]``.

Without a URL it is the database that ``FRONTDESK_DATABASE_URL`` names: whoever lists processes sees arguments.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url

from records.database import BUSY_SECONDS, engine_for
from records.errors import DatabaseUnusable
from records.keys import KeyRing, keys_of
from records.sound import MIGRATIONS, check_database, check_form

SEALED_SINCE = 6  # the migration that sealed what was written before
LOCK = 7_226_154_301  # any number that nobody else in this database locks


def upgrade(url: str, keys: KeyRing | None = None) -> None:
    """Create the database at ``url`` if it is not there, and apply every migration it lacks, or none if one fails.

    Args:
        url: SQLAlchemy URL.
        keys: Seal what is there in clear text; None: the environment's. Without anything to seal, none are needed.

    Raises:
        KeyProblem: There is something to seal, and no key.
        DatabaseUnusable: The database is damaged, newer than this code, or cannot be written.
        sqlalchemy.exc.SQLAlchemyError: The database cannot be reached or changed.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    path = file_of(url)
    with one_at_a_time(path):
        if path:
            check_database(path, BUSY_SECONDS)
        engine = engine_for(url, foreign_keys=False)
        try:
            with engine.connect() as connection:
                before = MigrationContext.configure(connection).get_current_revision()
                if path is None:
                    check_form(before, f"The database {engine.url.render_as_string()}")
            with engine.connect() as connection:
                _wait_for_others(connection)
                config.attributes.update(connection=connection, keys=lambda: keys or keys_of())
                command.upgrade(config, "head")
            _leave_no_clear_text(engine, before)
        finally:
            engine.dispose()


def _leave_no_clear_text(engine: Engine, before: str | None) -> None:
    """Write the files anew once after what was in them has been sealed: parts that are free still hold it.

    Whether that was done is kept in an SQLite database, so that it is made up for when it was cut off. PostgreSQL frees
    and reuses such parts by itself in time, so it does so at once when the upgrade has just sealed something.
    """
    if engine.dialect.name == "postgresql" and before is not None and before < f"{SEALED_SINCE:04}":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM FULL"))
    if engine.dialect.name == "sqlite":
        with contextlib.closing(engine.raw_connection()) as connection:
            cursor = connection.cursor()
            if cursor.execute("PRAGMA user_version").fetchone()[0] < SEALED_SINCE:
                cursor.execute("VACUUM")
                cursor.execute(f"PRAGMA user_version = {SEALED_SINCE}")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def file_of(url: str) -> Path | None:
    """Return the SQLite file that ``url`` means; None when it means none."""
    path = make_url(url).database
    return Path(path) if url.startswith("sqlite") and path else None


@contextlib.contextmanager
def one_at_a_time(path: Path | None) -> Iterator[None]:
    """Let one process at a time upgrade or replace an SQLite file: switching its journal waits for nobody and fails.

    Raises:
        DatabaseUnusable: Its folder cannot be written.
    """
    if path is None:
        yield
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = Path(f"{path}.upgrade").open("w")  # noqa: SIM115
    except OSError as error:
        raise DatabaseUnusable(
            f"The folder of the database {path} cannot be written ({error.strerror}): "
            "let this user write there, or set FRONTDESK_DATABASE_URL to another place."
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _wait_for_others(connection: Connection) -> None:
    """Let one process at a time upgrade a PostgreSQL database; the lock ends with the session."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()


if __name__ == "__main__":
    named = os.environ.get("FRONTDESK_DATABASE_URL") or "sqlite:///var/records.db"
    upgrade(sys.argv[1] if len(sys.argv) > 1 else named)
