"""What many tests of the records say and do."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from records import Cause, Message, Page, Records
from records.bulk import Bulk
from records.sound import MIGRATIONS

OPENING = Message("bot", "opening", {"text": "Welcome."})
QUESTION = {"text": "Is it safe?"}
NOW = dt.datetime(2026, 11, 21, 10, 0, tzinfo=dt.UTC)
LATER = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)  # everything is due by then
MINUTE = dt.timedelta(minutes=1)

CRISIS = Cause("a", "U0", ("on_call",))
ADVICE = Cause("f", "U3", ("clinicians",))


def opened(records: Records) -> str:
    return records.open_conversation("https://clinic.example", "en-US", OPENING)[0].id


def opened_under(records: Records, id: str) -> str:
    """A conversation under an id that chance has not chosen."""
    bulk = Bulk(records.url)
    row = {"id": id, "token_hash": "", "origin": "", "locale": "en-US", "owner": "bot", "last_seq": 0}
    bulk.put({"conversations": [{**row, "created_at": dt.datetime.now(dt.UTC)}]})
    bulk.dispose()
    records.say(id, OPENING)
    return id


def received(records: Records, conversation: str, body: dict[str, Any] = QUESTION, *causes: Cause) -> Message:
    return records.receive(conversation, str(uuid.uuid4()), body, causes)


def reply(text: str) -> Message:
    return Message("bot", "answer", {"text": text, "topics": ["safety/is_it_safe"]}, understanding={"intent": "safety"})


def sent(records: Records, page: Page, ack_by: dt.datetime | None = None) -> Page:
    """Send a page that is due."""
    assert page in records.pages_of(page.conversation)
    records.page_sent(page, NOW, ack_by)
    return now_of(records, page)


def now_of(records: Records, page: Page) -> Page:
    """The page as it is now."""
    (found,) = (one for one in records.pages_of(page.conversation) if one.id == page.id)
    return found


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Do all jobs at the same moment; return what each returned or raised."""
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return job()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def changed(database: Path, statement: str, *values: Any) -> list[Any]:
    """What an intruder would do to the database, or read in it."""
    with closing(sqlite3.connect(database)) as connection, connection:
        return connection.execute(statement, values).fetchall()


def count(database: Path, table: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return found


def tables(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def migrated_to(form: str, database: Path) -> None:
    """Make an empty database of an earlier form, as one of the migrations left it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, form)
    engine.dispose()
