"""Does every fault many times and writes ``docs/reliability.md``: ``make reliability``.

``RELIABILITY_TIMES`` says how often (20: about 20 minutes). With fewer than 5 nothing is written.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from content.catalogue import ROOT
from tests.reliability.rig import Rig, built
from tests.reliability.scenarios import SCENARIOS, Scenario

REPORT = ROOT / "docs" / "reliability.md"
TIMES, ENOUGH = 20, 5
CROWD = 500
INTRODUCTION = """# What happens when something breaks

Written by `make reliability`; do not edit. Every fault is done to a real frontdesk process with its database, and a stand-in
for Rasa that can be killed (`tests/reliability/`; Rasa itself is killed in `tests/chat/` and `tests/conversations/`).
The crowd is of 500. Visitors speak the chat API and send again what was not acknowledged, as the widget does. Then the log in the database is
held against what they were told: *lost* is acknowledged and not in the log; *doubled* is in it twice, or was answered twice;
a turn that was never ended, or numbers with a gap, count as *wrong*. Of the crowd every reply is looked at, but its
messages are not counted as acknowledged.

SQLite waits for the disk with every transaction (`synchronous=FULL`), so what was acknowledged also outlives a power cut, if
the disk keeps its word."""


@dataclass
class Tally:
    """What came of one fault, over all times."""

    fault: str
    times: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)
    shown: dict[str, None] = field(default_factory=dict)  # in the order in which it was seen

    def row(self) -> str:
        """A row of the table."""
        shown = "<br>".join(" ".join(text.split()).replace("|", "/") for text in list(self.shown)[:2])
        return f"| {self.fault} | {self.times} | {self.acknowledged} | {self.lost} | {self.doubled} | {len(self.wrong)} | {shown} |"


def main() -> int:
    """Do them all; 1 when something was wrong."""
    times = int(os.environ.get("RELIABILITY_TIMES", TIMES))
    tallies = [Tally(scenario.fault) for scenario in SCENARIOS]
    with tempfile.TemporaryDirectory() as var, built(Path(var), CROWD) as rig:
        for number in range(times):
            for scenario, tally in zip(SCENARIOS, tallies):
                _once(rig, scenario, tally)
            print(f"{number + 1} of {times}", flush=True)
    report = _report(tallies)
    print(report)
    if times >= ENOUGH:
        REPORT.write_text(report, encoding="utf-8")
    return int(any(tally.lost or tally.doubled or tally.wrong for tally in tallies))


def _once(rig: Rig, scenario: Scenario, tally: Tally) -> None:
    tally.times += 1
    try:
        tally.shown[scenario.run(rig)] = None
    except Exception as error:  # one that goes wrong must not hide the others
        tally.wrong.append(repr(error))
        print(f"{scenario.fault}: {error!r}", flush=True)
    verdict = rig.judge()
    tally.acknowledged += verdict.acknowledged
    tally.lost += len(verdict.lost)
    tally.doubled += len(verdict.doubled)
    tally.wrong += verdict.open + verdict.disordered


def _report(tallies: list[Tally]) -> str:
    return "\n".join(
        [
            INTRODUCTION,
            "",
            f"{dt.date.today():%d %B %Y}:",
            "",
            "| fault | times | acknowledged | lost | doubled | wrong | what was shown |",
            "|---|---|---|---|---|---|---|",
            *(tally.row() for tally in tallies),
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
