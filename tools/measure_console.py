"""Measures the console's pages with many messages stored: ``python -m tools.measure_console --messages 1000000``.

Fills a temporary database with invented conversations, as many a day as a very busy clinic has, starts a frontdesk,
asks for every page many times, one after the other, and prints the times and which queries read a whole table. A
million messages take some minutes and about two gigabytes of disk.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, event

from content.clinic import load_clinic
from frontdesk.console.rights import ROUTES
from records import Records
from records.bulk import Bulk
from records.figures import Span
from tools.console_alone import console, signed_in
from tools.demo.calendar import beginnings
from tools.demo.story import Story
from tools.demo.vocabulary import Vocabulary
from tools.demo_data import rows_of

PER_CONVERSATION = 6.1  # messages
PER_DAY = 220  # conversations; a million messages are two years
AT_ONCE = 2000  # conversations
LIMIT_MS = 300
BIG = ("messages", "conversations")
# What is asked for, and of which route it is; a page that there is not yet is left out.
PAGES = (
    ("/inbox", "/inbox"),
    ("/conversations/{conversation}", "/conversations/{conversation}"),
    ("/conversations", "/conversations"),
    ("/conversations", "/conversations?topic=safety/is_it_safe&helpful=no"),
    ("/conversations", "/conversations?category=f&escalated=yes"),
    ("/conversations", "/conversations?kind=decline"),
    ("/review", "/review"),
    ("/answers", "/answers"),
    ("/answers/{area}/{name}", "/answers/safety/is_it_safe"),
    ("/insights", "/insights"),
    ("/insights", "/insights?from={year_ago}&to={today}"),
    ("/insights/{table}.csv", "/insights/topics.csv"),
    ("/people", "/people"),
    ("/audit", "/audit"),
)


def main() -> None:
    """Fill, ask, and print."""
    given = _parser().parse_args()
    with tempfile.TemporaryDirectory() as var, console(Path(var), _filling(given.messages)) as (house, records):
        headers = {"Cookie": f"console={signed_in(records)}"}
        with httpx.Client(base_url=f"{house.api}/console", headers=headers, timeout=60, trust_env=False) as client:
            print(f"{'page':58} {'p50':>7} {'p95':>7}  ms, of {given.times}")
            for address in _addresses(records):
                _measure(client, address, given.times)
        _print_scans(Path(var) / "records.db", records)


def _filling(messages: int) -> Callable[[str], None]:
    def fill(url: str) -> None:
        clinic, now, began = load_clinic(), dt.datetime.now(dt.UTC), time.monotonic()
        draw, story = random.Random(1), Story(clinic, Vocabulary(clinic))  # noqa: S311  nothing secret
        count = max(1, round(messages / PER_CONVERSATION))
        starts = beginnings(draw, count, max(1, round(count / PER_DAY)), now, clinic.time_zone)
        bulk, stored = Bulk(url), 0
        for first in range(0, count, AT_ONCE):
            rows = rows_of([story.tell(draw, begins, now) for begins in starts[first : first + AT_ONCE]])
            bulk.put(rows)
            stored += len(rows["messages"])
        bulk.dispose()
        print(f"{stored:,} messages in {count:,} conversations, in {time.monotonic() - began:.0f} s\n")

    return fill


def _addresses(records: Records) -> list[str]:
    today = dt.datetime.now(dt.UTC).date()
    queue = records.queue()
    values = {
        "today": today.isoformat(),
        "year_ago": (today - dt.timedelta(days=364)).isoformat(),
        "conversation": queue[0].conversation if queue else "none",
    }
    return [address.format(**values) for route, address in PAGES if ("GET", route) in ROUTES]


def _measure(client: httpx.Client, address: str, times: int) -> None:
    found = []
    for _ in range(times + 1):
        began = time.perf_counter()
        answer = client.get(address)
        found.append(1000 * (time.perf_counter() - began))
        if answer.status_code != 200:
            print(f"{address:58} answered {answer.status_code}, not measured")
            return
    found = found[1:]  # the first one fills the caches
    p95 = statistics.quantiles(found, n=20, method="inclusive")[-1]
    print(f"{address:58} {statistics.median(found):7.0f} {p95:7.0f}{'  over the limit' if p95 > LIMIT_MS else ''}")


def _print_scans(path: Path, records: Records) -> None:
    """Print which queries behind the pages would read every message or every conversation."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        if sql.startswith("SELECT"):
            asked.append((sql, values))

    now = dt.datetime.now(dt.UTC)
    event.listen(Engine, "before_cursor_execute", note)
    records.queue()
    records.figures(Span(now - dt.timedelta(days=30), now))
    records.audit_rows()
    records.interest((now - dt.timedelta(days=30), now - dt.timedelta(days=90)))
    records.latest_signatures()
    event.remove(Engine, "before_cursor_execute", note)
    print(f"\n{len(asked)} queries of the queue, the insights, the audit and the answers:")
    with closing(sqlite3.connect(path)) as connection:
        for sql, values in asked:
            for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values):
                if step.startswith("SCAN") and step.split()[1] in BIG:
                    print(f"  {step}: {' '.join(sql.split())[:120]} …")
    print("  every other one uses an index")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.measure_console", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000, help="how many are stored (default 1,000,000)")
    parser.add_argument("--times", type=int, default=40, help="how often each page is asked for (default 40)")
    return parser


if __name__ == "__main__":
    main()
