"""Fills an empty database with invented conversations, so that every page of the console can be judged.

``make demo-data``, or ``python -m tools.demo_data --help``. The same seed and the same ``--until`` give the same data;
without it, the data reach to the present.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, func, select
from sqlalchemy.exc import SQLAlchemyError

from content.catalogue import ROOT
from content.clinic import Clinic, load_clinic
from frontdesk.settings import Settings
from records import KeyProblem, NameTaken, Records
from records.bulk import Bulk
from records.database import engine_for
from records.migrate import upgrade
from tools.demo.calendar import beginnings
from tools.demo.draft import Draft
from tools.demo.staff import PEOPLE
from tools.demo.story import Story
from tools.demo.vocabulary import Vocabulary
from tools.house import keys_in

CONVERSATIONS, DAYS, SEED = 5000, 60, 1
REFUSED = """\
Nothing was done: the database already holds conversations, and invented ones among real ones would spoil every figure
and could send a clinician to somebody who does not exist.
  {url}
Set FRONTDESK_DATABASE_URL to another database, such as sqlite:///var/demo.db, or add ANYWAY=yes if you are sure that
nothing in this one is real."""
THERE = "Nothing was done: the conversations of seed {seed} are there already. Choose another, such as SEED={next}."
# Reasons for a person and how many minutes ago they came up, so that the queue is never empty.
PRESENT = (("f", 190), ("e", 75), ("m", 38), ("m", 9), ("a", 4))


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill the configured database; 1 when it is refused."""
    given = _parser().parse_args(arguments)
    url, began = Settings().database_url, time.monotonic()
    os.environ.update(keys_in(ROOT / "var", os.environ))
    try:
        upgrade(url)
        return _fill(url, given, began)
    except SQLAlchemyError as error:
        print(f"The database cannot be written ({type(error).__name__}): {url}\nStop what uses it and try again.")
        return 1
    except KeyProblem as error:
        print(error)
        return 1


def _fill(url: str, given: argparse.Namespace, began: float) -> int:
    bulk, records = Bulk(url), Records(url)
    try:
        if bulk.has_conversations() and not given.anyway:
            print(REFUSED.format(url=url))
            return 1
        drafts = list(tell(load_clinic(), given.conversations, given.days, given.seed, given.until))
        if any(bulk.has_conversation(draft.id) for draft in drafts[:1]):
            print(THERE.format(seed=given.seed, next=given.seed + 1))
            return 1
        records.write_audit("make demo-data", "command", "demo-data", reason=f"seed {given.seed}")
        for name, login, roles in PEOPLE:
            with suppress(NameTaken):  # from an earlier run
                records.add_person(login, name, roles)
        rows = rows_of(drafts)
        bulk.put(rows)
    finally:
        bulk.dispose()
        records.dispose()
    print(f"{len(drafts)} invented conversations, {len(rows['messages'])} messages, {len(rows['cases'])} cases over "
          f"{given.days} days, in {time.monotonic() - began:.0f} s: {url}")  # fmt: skip
    print(_size(url, len(drafts)))
    return 0


def _size(url: str, conversations: int) -> str:
    """Say how many rows a conversation has, in all tables, and of SQLite how many bytes."""
    engine, tables = engine_for(url, writes=False), MetaData()
    try:
        tables.reflect(engine)
        with engine.connect() as connection:
            rows = sum(connection.scalar(select(func.count()).select_from(one)) or 0 for one in tables.sorted_tables)
    finally:
        engine.dispose()
    said = f"A conversation has {rows / conversations:.0f} rows on average"
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return f"{said}."
    return f"{said} and takes {Path(engine.url.database).stat().st_size / conversations / 1024:.1f} KiB."


def tell(clinic: Clinic, conversations: int, days: int, seed: int, until: dt.datetime) -> Iterator[Draft]:
    """Yield invented conversations: the past in its order, then those that need somebody now."""
    draw = random.Random(seed)  # noqa: S311  nothing depends on nobody guessing it
    story = Story(clinic, Vocabulary(clinic))
    for begins in beginnings(draw, conversations - len(PRESENT), days, until, clinic.time_zone):
        yield story.tell(draw, begins, until)
    for reason, minutes in PRESENT:
        yield story.tell(draw, until - dt.timedelta(minutes=minutes), until, reason)


def rows_of(drafts: Sequence[Draft]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of all conversations by table."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for draft in drafts:
        for table, more in draft.rows.items():
            rows[table] += more
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.demo_data", description=__doc__)
    parser.add_argument(
        "--conversations", type=_some, default=CONVERSATIONS, help=f"how many (default {CONVERSATIONS})"
    )
    parser.add_argument("--days", type=int, default=DAYS, help=f"over how many days (default {DAYS})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"another seed, other data (default {SEED})")
    parser.add_argument("--until", type=_end_of, default="today", help="the last day, such as 2026-11-25 (today: now)")
    parser.add_argument("--anyway", action="store_true", help="also into a database that holds conversations")
    return parser


def _some(count: str) -> int:
    if int(count) < len(PRESENT):
        raise argparse.ArgumentTypeError(f"give at least {len(PRESENT)}")
    return int(count)


def _end_of(day: str) -> dt.datetime:
    """The end of a day, or the present: nothing is invented that has not happened yet."""
    now = dt.datetime.now(dt.UTC)
    if day == "today":
        return now
    return min(now, dt.datetime.combine(dt.date.fromisoformat(day), dt.time(23, 59, 59), load_clinic().time_zone))


if __name__ == "__main__":
    sys.exit(main())
