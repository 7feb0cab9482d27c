"""Runs many schedules and writes ``docs/faults.md``: ``make faults``, a job for the night.

``FAULT_SCHEDULES`` says how many (500), ``FAULT_SEED`` the first seed (else made from the date), ``FAULT_WORKERS`` how
many run beside each other (one a processor), ``FAULT_MINUTES`` after how long no further one is begun (no limit). With
fewer than 100 that were run nothing is written.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import takewhile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from content.catalogue import ROOT
from tests.browser.visit import CHROMIUM, CHROMIUM_OPTIONS
from tests.faults.play import Outcome, play
from tests.faults.rig import Rig, built
from tests.faults.schedule import schedule

REPORT = ROOT / "docs" / "faults.md"
SCHEDULES = 500
ENOUGH = 100  # to say anything by


def main() -> int:
    """Run them all; 1 when something was wrong."""
    count = int(os.environ.get("FAULT_SCHEDULES", SCHEDULES))
    first = int(os.environ.get("FAULT_SEED", f"{dt.date.today():%Y%m%d}000"))
    workers = min(count, int(os.environ.get("FAULT_WORKERS", os.cpu_count() or 1)))
    began = time.monotonic()
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        seeds = [range(first + worker, first + count, workers) for worker in range(workers)]
        limit = time.time() + 60 * float(os.environ.get("FAULT_MINUTES", "inf"))
        outcomes = [outcome for some in pool.map(partial(_run, limit), seeds) for outcome in some]
    report = _report(first, outcomes, time.monotonic() - began)
    print(report)
    if len(outcomes) >= ENOUGH:
        REPORT.write_text(report, encoding="utf-8")
    return int(any(outcome.complaints for outcome in outcomes))


def _run(limit: float, seeds: Iterable[int]) -> list[Outcome]:
    """Run some schedules one after the other until it is ``limit`` o'clock; tell of each that goes wrong at once."""
    outcomes = []
    with tempfile.TemporaryDirectory() as var, built(Path(var)) as rig, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        for seed in takewhile(lambda _: time.time() < limit, seeds):
            outcome = _played(rig, browser, seed)
            outcomes.append(outcome)
            print(f"{seed}: {outcome.seconds:.1f} s, {'; '.join(outcome.complaints) or 'all well'}", flush=True)
            if outcome.complaints:
                print("\n".join([*outcome.story, f"Again: {_again(seed)}"]), flush=True)
        browser.close()
    return outcomes


def _played(rig: Rig, browser: Browser, seed: int) -> Outcome:
    try:
        return play(rig, browser, schedule(seed))
    except Exception as error:  # one schedule that cannot be played must not cost the night
        return Outcome(seed, [f"it could not be played: {error!r}"], 0, Counter(), Counter())


def _again(seed: int) -> str:
    return f"make faults FAULT_SCHEDULES=1 FAULT_SEED={seed}"


def _report(first: int, outcomes: list[Outcome], seconds: float) -> str:
    wrong = [outcome for outcome in outcomes if outcome.complaints]
    acts = sum((outcome.acts for outcome in outcomes), Counter[str]())
    faults = sum((outcome.faults for outcome in outcomes), Counter[str]())
    failures = [f"- `{_again(one.seed)}`: {'; '.join(one.complaints)}" for one in wrong] or ["None."]
    return "\n".join(
        [
            "# Nothing lost, doubled or out of order",
            "",
            "Written by `make faults`; do not edit. A real browser, the real widget, a real frontdesk and its database, a",
            "stand-in for Rasa, and between browser and frontdesk a proxy that does harm by a plan made from a seed. At the",
            "end of each schedule the harm stops, everything must settle, and the log in the database is compared with what",
            "the visitor sent, what the page shows, and what a screen reader was told (`tests/faults/judge.py`).",
            "",
            f"{dt.date.today():%d %B %Y}, seeds {first} to {max(one.seed for one in outcomes)}, {len(outcomes)} of them,",
            f"{sum(outcome.messages for outcome in outcomes)} messages of visitors, {sum(faults.values())} faults,",
            f"{seconds / 60:.0f} minutes. **{len(wrong)} schedules went wrong.**",
            "",
            "## What went wrong",
            "",
            *failures,
            "",
            "## Faults of connections",
            "",
            *_table(faults),
            "",
            "## What happened besides",
            "",
            *_table(acts),
            "",
        ]
    )


def _table(counts: Counter[str]) -> list[str]:
    return ["| | times |", "|---|---|", *(f"| {name} | {count} |" for name, count in counts.most_common() if count)]


if __name__ == "__main__":
    sys.exit(main())
