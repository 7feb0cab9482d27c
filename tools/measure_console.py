"""Measures the console's pages with many messages stored: ``python -m tools.measure_console --messages 1000000``.

Fills a temporary database with invented conversations, as many a day as a very busy clinic has, starts a frontdesk,
asks for every page many times, one after the other, and prints the times, how much of that the frontdesk's processor
worked, and which queries read a whole table. What is older than the review list looks at are copies, which are soon
made. A million messages take some minutes and about two gigabytes of disk.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from sqlalchemy import Engine, event, make_url

from content.clinic import load_clinic
from frontdesk.console.rights import ROUTES
from frontdesk.console.secure import sealed_words
from records import Records
from records.bulk import Bulk
from records.figures import Span
from records.reviews import RECENT
from tools.console_alone import console, signed_in
from tools.demo.calendar import beginnings
from tools.demo.copies import copy_back
from tools.demo.story import Story
from tools.demo.vocabulary import Vocabulary
from tools.demo_data import rows_of

PER_CONVERSATION = 6.1  # messages
PER_DAY = 220  # conversations; a million messages are two years
AT_ONCE = 2000  # conversations
TOLD_DAYS = RECENT.days + 1  # so far back every conversation is one of its own
LIMIT_MS = 300
BIG = ("messages", "conversations")
# What is searched for: a word that very many messages have, two that stand together, one only begun, and one of none.
SEARCHES = {"common": "ketamine", "two": "insurance pay", "begun": "ketamine dep", "none": "zebrawombat"}
# What is asked for, and of which route it is; a page that there is not yet is left out.
PAGES = (
    ("/inbox", "/inbox"),
    ("/conversations/{conversation}", "/conversations/{conversation}"),
    ("/conversations", "/conversations"),
    ("/conversations", "/conversations?topic=safety/is_it_safe&helpful=no"),
    ("/conversations", "/conversations?category=f&escalated=yes"),
    ("/conversations", "/conversations?kind=decline"),
    ("/conversations/search", "/conversations?words={common}"),
    ("/conversations/search", "/conversations?words={two}"),
    ("/conversations/search", "/conversations?words={begun}"),
    ("/conversations/search", "/conversations?words={none}"),
    ("/review", "/review"),
    ("/review/gaps", "/review/gaps"),
    ("/review/teach", "/review/teach"),
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
    os.environ["FRONTDESK_RETENTION"] = "off"  # it would begin to delete what is two years old
    with tempfile.TemporaryDirectory() as var, console(Path(var), _filling(given.messages)) as (house, records):
        token, process = signed_in(records), house.processes["frontdesk"].pid
        headers = {"Cookie": f"console={token}"}
        with httpx.Client(base_url=f"{house.api}/console", headers=headers, timeout=60, trust_env=False) as client:
            print(f"{'page':58} {'p50':>7} {'p95':>7} {'worked':>7}  ms, of {given.times}")
            for shown, address in _addresses(records, token):
                _measure(client, shown, address, given.times, process)
        _print_scans(Path(var) / "records.db", records)


def _filling(messages: int) -> Callable[[str], None]:
    def fill(url: str) -> None:
        clinic, now, began = load_clinic(), dt.datetime.now(dt.UTC), time.monotonic()
        draw, story = random.Random(1), Story(clinic, Vocabulary(clinic))  # noqa: S311  nothing secret
        count = max(1, round(messages / PER_CONVERSATION))
        days = max(1, round(count / PER_DAY))
        told, copies = (count, 0) if days <= TOLD_DAYS else (PER_DAY * TOLD_DAYS, round(days / TOLD_DAYS) - 1)
        starts = beginnings(draw, told, min(days, TOLD_DAYS), now, clinic.time_zone)
        bulk, stored = Bulk(url), 0
        for first in range(0, told, AT_ONCE):
            rows = rows_of([story.tell(draw, begins, now) for begins in starts[first : first + AT_ONCE]])
            bulk.put(rows)
            stored += len(rows["messages"])
        bulk.dispose()
        copy_back(Path(str(make_url(url).database)), copies, TOLD_DAYS)
        made, all_of_them = stored * (copies + 1), told * (copies + 1)
        print(f"{made:,} messages in {all_of_them:,} conversations, in {time.monotonic() - began:.0f} s\n", flush=True)

    return fill


def _addresses(records: Records, token: str) -> list[tuple[str, str]]:
    """Return the addresses, each with what is printed of it."""
    today = dt.datetime.now(dt.UTC).date()
    queue = records.queue()
    values = {
        "today": today.isoformat(),
        "year_ago": (today - dt.timedelta(days=364)).isoformat(),
        "conversation": queue[0].conversation if queue else "none",
    }
    sealed = {name: quote(sealed_words(token, words)) for name, words in SEARCHES.items()}
    there = [address for route, address in PAGES if {("GET", route), ("POST", route)} & ROUTES.keys()]
    return [(one.format(**values, **SEARCHES), one.format(**values, **sealed)) for one in there]


def _measure(client: httpx.Client, shown: str, address: str, times: int, process: int) -> None:
    found: list[float] = []
    for number in range(times + 1):
        if number == 1:  # the first one fills the caches
            worked = _worked(process)
        began = time.perf_counter()
        answer = client.get(address)
        found.append(1000 * (time.perf_counter() - began))
        if answer.status_code != 200:
            print(f"{shown:58} answered {answer.status_code}, not measured")
            return
    worked = 1000 * (_worked(process) - worked) / times
    p95 = statistics.quantiles(found[1:], n=20, method="inclusive")[-1]
    over = "  over the limit" if p95 > LIMIT_MS else ""
    print(f"{shown:58} {statistics.median(found[1:]):7.0f} {p95:7.0f} {worked:7.0f}{over}", flush=True)


def _worked(process: int) -> float:
    """Return for how many seconds a process has used a processor: what else runs here makes it wait, and not this."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


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
