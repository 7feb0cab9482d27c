"""Makes much of a history: copies of its conversations lie before it, for measuring, and in SQLite only.

A copy is counted, listed and searched like any conversation. It cannot be opened, as it is sealed for another one: so
the history must reach further back than anything that is opened without being asked for, which the review list is.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

TABLES = ("conversations", "messages", "feedback", "cases", "transitions", "flags", "tags", "asked", "words")
TIMES = ("created_at", "sent_at", "given_at", "opened_at", "target_at", "acknowledged_at", "at")
NO_HEX = "ghijklmnopqrstuvwxyz"  # a copy has the id of no original, whose ids are hexadecimal
# Long ago, so nobody waits.
SETTLED = {
    ("conversations", "owner"): "CASE WHEN owner = 'erased' THEN owner ELSE 'closed' END",
    ("conversations", "clinician"): "NULL",
    ("conversations", "waiting_since"): "NULL",
    ("conversations", "raised"): "NULL",
    ("conversations", "guide_at"): "NULL",
    ("cases", "closed_at"): "strftime('%Y-%m-%d %H:%M:%f', coalesce(closed_at, opened_at), :back) || '000'",
}


def copy_back(path: Path, copies: int, days: int) -> None:
    """Put copies of everything that a database holds before it, each so many ``days`` earlier than the one after it.

    Args:
        path: The SQLite database.
        copies: How many, up to 319.
        days: How many days the history goes back.
    """
    with closing(sqlite3.connect(path)) as database, database:
        for pragma in ("synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):  # if it breaks, it is made anew
            database.execute(f"PRAGMA {pragma}")
        last = database.execute("SELECT max(rowid) FROM conversations").fetchone()[0]
        originals = "(SELECT id FROM conversations WHERE rowid <= :last)"
        for number in range(1, copies + 1):
            for table in TABLES:
                names = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] != "number"]
                columns = ", ".join(f'"{name}"' for name in names)
                values = ", ".join(_value(table, name) for name in names)
                its = "id" if table == "conversations" else "conversation"
                copied = " ".join(("SELECT", values, "FROM", table, "WHERE", its, "IN", originals))  # names of our own
                given = {
                    "last": last,
                    "copy": f"{NO_HEX[number // 16]}{number % 16:x}",
                    "back": f"-{number * days} days",
                }
                database.execute(f"INSERT INTO {table} ({columns}) {copied}", given)


def _value(table: str, name: str) -> str:
    if found := SETTLED.get((table, name)):
        return found
    if name in ("id", "conversation"):  # in the middle: the first and the last digits draw what is reviewed, by whom
        return f"substr({name}, 1, 8) || :copy || substr({name}, 11)"
    if name in TIMES:
        return f"strftime('%Y-%m-%d %H:%M:%f', \"{name}\", :back) || '000'"
    return f'"{name}"'
