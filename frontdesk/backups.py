"""Backups: ``python -m frontdesk backup FILE`` while the assistant runs, ``restore FILE`` while it does not."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

from frontdesk.settings import Settings
from records import DatabaseUnusable
from records.backup import backup, restore
from records.migrate import file_of

COMMANDS = ("backup", "restore")
NOT_HERE = "This is for SQLite. Use PostgreSQL's own 'pg_dump --format=custom' and 'pg_restore': see docs/operating.md."


def work(arguments: Sequence[str]) -> int:
    """Run one command; 1 when it cannot be done, and then nothing has changed."""
    given = _parser().parse_args(arguments)
    database = file_of(Settings().database_url)
    if database is None:
        print(NOT_HERE, file=sys.stderr)
        return 1
    try:
        if given.command == "backup":
            print(f"Backed up and read back: {backup(database, given.file)}. It is in {given.file}")
        else:
            _restore(database, given.file)
    except DatabaseUnusable as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, sqlite3.Error) as error:
        print(f"The {given.command} failed and nothing was changed: {error}", file=sys.stderr)
        return 1
    return 0


def _restore(database: Path, source: Path) -> None:
    contents, aside = restore(database, source)
    print(f"Restored: {contents}.")
    if aside:
        print(f"The replaced database is in {aside}. Delete it when you no longer need it: visitors' words are in it.")
    print("What visitors wrote after the backup was made is missing, and what they erased since is back.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m frontdesk", description="Back up and restore the records.")
    commands = parser.add_subparsers(dest="command", required=True)
    texts = {
        "backup": ("copy the records to a file; the assistant may be running", "a new file"),
        "restore": ("put a backup in the place of the records; stop the assistant before", "a file that 'backup' made"),
    }
    for name, (help_, means) in texts.items():
        commands.add_parser(name, help=help_).add_argument("file", type=Path, help=means)
    return parser
