"""Visitors who write, many messages a second: Locust is who writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

from tools.load.frontdesk import Measured

EACH = 0.5  # messages a second of one visitor: as fast as nobody reads, so that fewer conversations are enough
JOINING_SECONDS = 5


class NoLocust(RuntimeError):
    """Locust is not there, or could not measure."""


def measured(frontdesk: Measured, rate: float, seconds: int) -> dict[str, float]:
    """Have so many messages a second written; return what was measured by its name.

    Raises:
        NoLocust: It could not be measured.
    """
    visitors = max(1, round(rate / EACH))
    used = frontdesk.seconds
    locust = subprocess.run(
        [
            sys.executable, "-m", "locust", "--locustfile", str(Path(__file__).with_name("locustfile.py")),
            "--headless", "--json", "--loglevel", "ERROR", "--host", frontdesk.house.api, "--reset-stats",
            "--users", str(visitors), "--spawn-rate", str(max(1, visitors // JOINING_SECONDS)),
            "--run-time", f"{seconds + JOINING_SECONDS}s",
        ],
        env={**os.environ, "MESSAGES_A_SECOND_EACH": str(EACH)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        entries = {one["name"]: one for one in json.loads(locust.stdout)}
        sent = entries["send a message"]
    except (ValueError, KeyError) as error:
        raise NoLocust(f"Locust has measured nothing. It says: {locust.stderr[-400:]}") from error
    times = {float(ms): count for ms, count in sent["response_times"].items()}
    return {
        "messages": sent["num_requests"],
        "messages a second": sent["num_requests"] / (sent["last_request_timestamp"] - sent["start_time"]),
        "answered p50": _percentile(times, 0.5),
        "answered p99": _percentile(times, 0.99),
        "errors": sum(one["num_failures"] for one in entries.values()),
        "core milliseconds a message": 1000 * (frontdesk.seconds - used) / _written(frontdesk),
    }


def _written(frontdesk: Measured) -> int:
    """How many messages visitors have written, those before Locust began to count among them."""
    with closing(connect(frontdesk.database)) as records:
        return int(records.execute("SELECT count(*) FROM messages WHERE author = 'visitor'").fetchone()[0])


def _percentile(times: dict[float, int], share: float) -> float:
    """Return the time within which ``share`` of them were answered; Locust counts in whole milliseconds."""
    left = share * sum(times.values())
    for milliseconds in sorted(times):
        left -= times[milliseconds]
        if left <= 0:
            return milliseconds
    raise NoLocust("Locust has sent nothing: give more seconds.")
