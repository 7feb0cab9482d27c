"""The commands about what is stored: ``python -m frontdesk new-key``, ``rotate-keys`` and ``redact``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from sqlalchemy.exc import SQLAlchemyError

from frontdesk.admin import NO_RECORDS, ROLE, WHO
from frontdesk.settings import Settings
from records import Records
from records.keys import KEYS, new_key
from redaction import redact

CURRENT = "the current key now. No other key is needed any more."
READABLE = "got their redacted copy. Staff can search them now."
COMMANDS = ("new-key", "rotate-keys", "redact")
KEEP = (
    f"The line above is the key. The first in {KEYS} stands alone; where there are keys already, put the new one "
    "behind them, after a comma, and go on as docs/developing.md says under Keys. Keep a copy where the database is "
    "not: without it nobody can ever read the conversations again."
)


def work(arguments: Sequence[str]) -> int:
    """Run one command; 1 when the database cannot be read or written.

    Raises:
        records.KeyProblem: A key is missing or another one.
    """
    command = _parser().parse_args(arguments).command
    if command == "new-key":
        print(new_key(), flush=True)
        print(KEEP, file=sys.stderr)
        return 0
    records = Records(Settings().database_url, redact=redact)
    try:
        if command == "rotate-keys":
            return _done(records, command, records.rotate_keys(), "conversations", CURRENT)
        return _done(records, command, records.make_readable(), "messages", READABLE)
    except SQLAlchemyError as error:
        print(f"The records cannot be written ({type(error).__name__}): {NO_RECORDS} What is done is done: try again.")
        return 1
    finally:
        records.dispose()


def _done(records: Records, action: str, steps: Iterator[int], of: str, then: str) -> int:
    """Write it down, take the steps, and say how far it is and what it means."""
    records.write_audit(WHO, ROLE, action)
    done = 0
    for done in steps:
        print(f"{done} {of} so far", file=sys.stderr)
    print(f"{done} {of} have {then}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m frontdesk", description="What is stored: its keys and its redacted copies."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("new-key", help="make a key and print it")
    commands.add_parser("rotate-keys", help="wrap every conversation's data key with the current key, while all runs")
    commands.add_parser("redact", help="make the redacted copies that older messages lack, while all runs")
    return parser
