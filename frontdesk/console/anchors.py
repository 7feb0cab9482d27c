"""The audit's ends, noted outside the database: so that rows cut off, or a whole new chain, are missed.

A line is time, number and hash of the row that was the last one then. Lines are only ever added. Whoever can write both
the database and this file can still deceive: best, the file is on another machine, or on storage that only adds.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
import re
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from records import Records

logger = logging.getLogger(__name__)
EVERY_SECONDS = 600.0
_LINE = re.compile(r"\S+ (\d+):([0-9a-f]{64})")


class AnchorError(ValueError):
    """The file of anchors cannot be used; the message says what to do."""


def read(path: Path) -> list[tuple[int, str]]:
    """Return number and hash of every end that was noted; none when there is no file yet.

    Raises:
        AnchorError: It cannot be read, or a line was damaged.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise AnchorError(
            f"{path} cannot be read ({type(error).__name__}): let it be a file that you may read."
        ) from error
    found = [_LINE.fullmatch(line) for line in lines]
    if None in found:
        raise AnchorError(
            f"Line {found.index(None) + 1} of {path} is damaged: compare the file with a copy of it, and find out who "
            "can write it."
        )
    return [(int(match[1]), match[2]) for match in found if match]


def note(records: Records, path: Path) -> None:
    """Note the audit's end, unless it is the one that was noted last. Blocks.

    Raises:
        AnchorError: The file cannot be read, or was damaged.
        OSError: It cannot be written.
        sqlalchemy.exc.SQLAlchemyError: The audit cannot be read.
    """
    number, chained = records.audit_end()
    noted = read(path)
    if number == 0 or (noted and noted[-1] == (number, chained)):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="ascii") as file:
        file.write(f"{at} {number}:{chained}\n")
        file.flush()
        os.fsync(file.fileno())


async def keep(records: Records, path: Path) -> None:
    """Note the audit's end again and again, until cancelled."""
    while True:
        try:
            await asyncio.to_thread(note, records, path)
        except (AnchorError, OSError, SQLAlchemyError) as error:
            logger.error("The audit's end cannot be noted: %s", type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)
