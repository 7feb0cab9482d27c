"""Measures one frontdesk process under load: ``make benchmark-frontdesk``.

Rasa is replaced by a stand-in that answers at once, the database is a SQLite file of its own, rate limits are off. What
matters most is the share of a core that a thing takes: it says what the process can do, also where others use the
machine at the same time. Needs as many open files as there are visitors, and some.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

from tools.load import idle, writing
from tools.load.frontdesk import allow_many_files, running
from tools.load.visitor import Visitor

Found = dict[str, float]
AIMS = {
    "memory with all listening": "at most 250 MiB",
    "push p99": "at most 5 ms",
    "storm over after": "at most 10 s",
    "errors in a storm": "none",
    "answered p99": "at most 30 ms",
}
LOADED_SECONDS = 300
REDACTED = "SELECT count(redacted) FROM messages WHERE author = 'visitor'"
ROWS = """
SELECT (SELECT count(*) FROM conversations) + (SELECT count(*) FROM data_keys)
     + (SELECT count(*) FROM messages) + (SELECT count(*) FROM words)
"""


def main() -> int:
    """Measure, and print what was measured beside what was aimed at."""
    given = _arguments()
    allow_many_files()
    if given.visitors:
        print(f"{given.visitors} visitors listen; medians of {given.times} runs, times in ms, memory in MiB")
        _show(_medians([_idle(given.visitors, given.seconds, given.messages) for _ in range(given.times)]))
    if given.redaction:
        print("\nA process that makes redacted copies, as all do unless FRONTDESK_REDACTION is off")
        _show(_medians([_redacting() for _ in range(given.times)]))
    for rate in given.rates:
        print(f"\n{rate:g} messages a second are wished for; medians of {given.times} runs, times in ms")
        _show(_medians([_writing(rate, given.seconds) for _ in range(given.times)]))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.load", description="Measure one frontdesk under load.")
    parser.add_argument("--visitors", type=int, default=5000, help="who listen at the same time")
    parser.add_argument("--messages", type=int, default=200, help="whose way to who listens is timed")
    parser.add_argument("--rates", type=float, nargs="*", default=[10, 25, 50, 200], help="messages a second")
    parser.add_argument("--redaction", action=argparse.BooleanOptionalAction, default=True, help="its memory too")
    parser.add_argument("--seconds", type=int, default=30, help="how long each thing is measured")
    parser.add_argument("--times", type=int, default=3, help="runs, each with a new process and database")
    return parser.parse_args()


def _idle(visitors: int, seconds: float, messages: int) -> Found:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as frontdesk:
        return asyncio.run(idle.measured(frontdesk, visitors, seconds, messages))


def _redacting() -> Found:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), redaction="on") as frontdesk:
        asyncio.run(_one_message(Visitor(frontdesk.port)))
        with closing(connect(frontdesk.database)) as records:
            deadline = time.monotonic() + LOADED_SECONDS
            while not records.execute(REDACTED).fetchone()[0]:  # the model is not loaded yet
                if time.monotonic() > deadline:
                    sys.exit(f"The model that redacts was not loaded within {LOADED_SECONDS} s.")
                time.sleep(0.2)
        return {"memory with nobody, redaction on": frontdesk.memory}


async def _one_message(guest: Visitor) -> None:
    await guest.begin()
    await guest.say("My name is Ann.")


def _writing(rate: float, seconds: int) -> Found:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as frontdesk:
        return {**writing.measured(frontdesk, rate, seconds), **_kept(frontdesk.database)}


def _kept(database: Path) -> Found:
    """What a visitor's message and its answer leave in the database."""
    with closing(connect(database)) as records:
        records.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        asked = records.execute("SELECT count(*) FROM messages WHERE author = 'visitor'").fetchone()[0]
        rows = records.execute(ROWS).fetchone()[0]
    return {"rows a message": rows / asked, "bytes a message": database.stat().st_size / asked}


def _medians(runs: list[Found]) -> Found:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _show(found: Found) -> None:
    print(f"  {'processes that want a core, of this machine':44} {os.getloadavg()[1]:8,.1f}   {os.cpu_count()} cores")
    for name, value in found.items():
        print(f"  {name:44} {value:8,.2f}   {AIMS.get(name, '')}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
