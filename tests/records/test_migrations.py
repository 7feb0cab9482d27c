"""Databases of every age come to the newest form, with their rows."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

import records.migrate
from records import Cause, Records
from records.migrate import upgrade
from records.schema import metadata
from tests.records.parts import OPENING, migrated_to, opened, tables

ROOT = Path(records.migrate.__file__).parents[1]

ROWS = """
INSERT INTO conversations VALUES ('c1', 'hash', 'https://clinic.example', 'en-US', 'bot', 'a', 3, '2026-11-20 10:00:00.000000');
INSERT INTO messages VALUES ('c1', 1, NULL, NULL, NULL, 'bot', 'opening', '{"text": "Welcome."}', NULL, '2026-11-20 10:00:00.000000');
INSERT INTO messages VALUES ('c1', 2, 'id', NULL, 1, 'visitor', 'visitor', '{"text": "Help."}', NULL, '2026-11-20 10:01:00.000000');
INSERT INTO messages VALUES ('c1', 3, NULL, 2, NULL, 'bot', 'crisis', '{"text": "988"}', NULL, '2026-11-20 10:01:01.000000');
INSERT INTO feedback VALUES ('c1', 3, 1, NULL, '2026-11-20 10:02:00.000000');
INSERT INTO cases VALUES ('k1', 'c1', 'a', 'U1', 2, '2026-11-20 10:01:00.000000');
INSERT INTO cases VALUES ('k2', 'c1', 'unavailable', 'U3', 2, '2026-11-20 10:01:00.000000');
INSERT INTO erasures VALUES ('receipt', '2026-11-20 09:00:00.000000', 4);
"""


def first_form(database: Path) -> None:
    """Make a database as the first release left it."""
    migrated_to("0001", database)
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(ROWS)


def check_rows(database: Path) -> None:
    house = Records(f"sqlite:///{database}")
    assert house.is_ready()
    assert [message.body["text"] for message in house.messages_after("c1", 0)] == ["Welcome.", "Help.", "988"]
    assert (house.owner("c1"), house.raised("c1"), house.take_note("c1")) == ("bot", "a", False)
    crisis, unavailable = house.open_cases()
    assert (crisis.id, crisis.category, crisis.urgency, crisis.seq, crisis.teams) == ("k1", "a", "U1", 2, ())
    assert (unavailable.id, unavailable.category, unavailable.summary) == ("k2", "unavailable", None)
    assert crisis.opened_at.isoformat() == "2026-11-20T10:01:00+00:00"
    (case,) = house.escalate("c1", 5, [Cause("a", "U0", ("on_call",))])
    assert (case.id, case.urgency, case.teams) == ("k1", "U0", ("on_call",))
    house.erase("c1")
    assert house.cases_of("c1") == []
    house.dispose()


def test_rows_of_the_first_release_are_kept(tmp_path: Path) -> None:
    database = tmp_path / "records.db"
    first_form(database)
    upgrade(f"sqlite:///{database}")
    check_rows(database)


def test_an_upgrade_that_fails_leaves_all_as_it_was_and_may_run_again(tmp_path: Path) -> None:
    database = tmp_path / "records.db"
    first_form(database)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE pages (in_the_way INTEGER)")  # the last table that the upgrade makes
    with pytest.raises(SQLAlchemyError):
        upgrade(f"sqlite:///{database}")
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT cause FROM cases ORDER BY id").fetchall() == [("a",), ("unavailable",)]
        connection.execute("DROP TABLE pages")
    upgrade(f"sqlite:///{database}")
    check_rows(database)


def test_all_migrations_apply_or_none(tmp_path: Path) -> None:
    database = tmp_path / "records.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE pages (in_the_way INTEGER)")
    with pytest.raises(SQLAlchemyError):
        upgrade(f"sqlite:///{database}")
    assert tables(database) == {"pages"}


def test_two_processes_may_upgrade_at_once(tmp_path: Path) -> None:
    database = tmp_path / "records.db"
    first_form(database)
    upgrading = [sys.executable, "-m", "records.migrate", f"sqlite:///{database}"]
    processes = [subprocess.Popen(upgrading, cwd=ROOT) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    check_rows(database)


def test_migrations_may_run_again_and_keep_what_is_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'folder' / 'records.db'}"
    upgrade(url)
    house = Records(url)
    conversation = opened(house)
    upgrade(url)
    assert house.is_ready()
    assert [message.body for message in house.messages_after(conversation, 0)] == [OPENING.body]
    house.dispose()


def test_the_migrations_make_the_tables_that_the_code_expects(database: Path) -> None:
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_a_database_of_the_first_release_is_not_ready(tmp_path: Path) -> None:
    database = tmp_path / "records.db"
    first_form(database)
    house = Records(f"sqlite:///{database}")
    with pytest.raises(SQLAlchemyError):
        house.is_ready()
    house.dispose()
