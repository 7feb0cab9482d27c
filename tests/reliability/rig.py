"""What every fault is done to: a real frontdesk with its database, and a stand-in for Rasa, each a process."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from content.catalogue import ROOT
from records import Records
from tests.chat.alone import frontdesk_alone, wait_until_alive
from tests.escalation.parts import free_port
from tests.reliability.guest import Guest, Verdict, verdict
from tools.house import House

LIMIT_SECONDS = 3.0  # the frontdesk waits so long for an answer
HERE = Path(__file__).parent


@dataclass
class Engine:
    """The stand-in for Rasa."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "tests.reliability.engine", str(self.port)], cwd=ROOT)
        deadline = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/", trust_env=False)
                return
            except httpx.TransportError:
                assert time.monotonic() < deadline, "the engine does not start"
                time.sleep(0.05)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass
class Rig:
    """The parts, and everybody who wrote."""

    house: House
    engine: Engine
    records: Records
    clock: Path  # holds the seconds by which the frontdesk's clock is ahead
    crowd: int  # how many come at the same moment
    guests: list[Guest] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.house.var / "records.db"

    @property
    def open_turns(self) -> int:
        """How many messages wait for the end of their turn."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=5)) as connection:
            found: int = connection.execute("SELECT count(*) FROM messages WHERE answered = 0").fetchone()[0]
            return found

    @property
    def pid(self) -> int:
        return self.house.processes["frontdesk"].pid

    @property
    def log(self) -> str:
        return (self.house.var / "house.log").read_text()

    def guest(self) -> Guest:
        """Somebody with a conversation of their own."""
        one = Guest(self.house.api)
        self.guests.append(one)
        return one

    def kill(self) -> None:
        self.house.stop_part("frontdesk", kill=True)

    def start(self) -> None:
        self.house.start_part("frontdesk")
        wait_until_alive(self.house)

    def terminate(self) -> None:
        """Ask the frontdesk to stop; returns at once."""
        os.kill(self.pid, signal.SIGTERM)

    def judge(self) -> Verdict:
        """Say what became of everything that the guests wrote, and forget them."""
        found = verdict(self.database, self.records, self.guests)
        for one in self.guests:
            one.http.close()
        self.guests.clear()
        return found


@contextmanager
def built(var: Path, crowd: int) -> Iterator[Rig]:
    """Put the parts together with their files in ``var``; ``crowd`` visitors come when many come."""
    clock, engine = var / "clock", Engine(free_port())
    clock.write_text("0")
    engine.start()
    try:
        with frontdesk_alone(
            var,
            FRONTDESK_RASA_URL=f"http://127.0.0.1:{engine.port}",
            FRONTDESK_ENGINE_SECONDS=str(LIMIT_SECONDS),
            FRONTDESK_RATE_LIMITS="off",
            FRONTDESK_NOTIFY_EVERY="60",  # nobody is there to be told
            LD_PRELOAD=str(_movable_clock(var)),
            CLOCK_AHEAD=str(clock),
        ) as house:
            records = Records(house.database_url)
            yield Rig(house, engine, records, clock, crowd)
            records.dispose()
    finally:
        engine.kill()


def _movable_clock(var: Path) -> Path:
    compiler = shutil.which("gcc")
    assert compiler, "gcc is missing: README.md says what the tests need"
    library = var / "clock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, HERE / "clock.c"], check=True, timeout=60)
    return library
