"""Brings the database to the newest form: ``python -m records.migrate [url]``."""

from __future__ import annotations

import contextlib
import fcntl
import sys
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url

from records.database import engine_for


def upgrade(url: str) -> None:
    """Create the database at ``url`` if it is not there, and apply every migration it lacks, or none if one fails.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: The database cannot be reached or written.
    """
    if (path := make_url(url).database) and url.startswith("sqlite"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with _one_at_a_time(url):
        engine = engine_for(url, foreign_keys=False)
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        engine.dispose()


@contextlib.contextmanager
def _one_at_a_time(url: str) -> Iterator[None]:
    """Let one process at a time upgrade an SQLite file: switching its journal waits for nobody and fails instead."""
    path = make_url(url).database
    if not url.startswith("sqlite") or not path:
        yield
        return
    with Path(f"{path}.upgrade").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    upgrade(sys.argv[1] if len(sys.argv) > 1 else "sqlite:///var/records.db")
