"""The frontdesk that is measured, its stand-in for Rasa, and what the machine says about its process."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from content.catalogue import ROOT
from tools.house import House, Ports

START_SECONDS = 180
TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024 * 1024


@dataclass(frozen=True)
class Measured:
    """A running frontdesk, as the operating system sees it."""

    house: House

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.house.ports.frontdesk

    @property
    def memory(self) -> float:
        """What it holds in memory now, in MiB."""
        resident = Path(f"/proc/{self._pid}/statm").read_text().split()[1]
        return int(resident) * resource.getpagesize() / MIB

    @property
    def seconds(self) -> float:
        """How many seconds of a core it has used so far."""
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.house.var / "records.db"

    @property
    def _pid(self) -> int:
        return self.house.processes["frontdesk"].pid


def allow_many_files() -> None:
    """Allow this process, and those that it starts, as many open files as the system lets them have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextmanager
def running(var: Path, redaction: str = "off") -> Iterator[Measured]:
    """Run a frontdesk with a database of its own in ``var``, and the stand-in that answers it."""
    ports = Ports.free()
    settings = {"FRONTDESK_RATE_LIMITS": "off", "FRONTDESK_REDACTION": redaction}
    engine = subprocess.Popen([sys.executable, "-m", "tools.load.engine", str(ports.rasa)], cwd=ROOT)
    with (var / "log").open("w") as log:
        house = House(var / "no-model", var, ports, log, settings)
        try:
            house.start_part("frontdesk")
            _wait(house)
            yield Measured(house)
        finally:
            house.stop()
            engine.kill()
            engine.wait()


def _wait(house: House) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(f"{house.api}/health/live", trust_env=False).raise_for_status()
            return
        except httpx.HTTPError as error:
            if time.monotonic() > deadline:
                raise TimeoutError(f"The frontdesk does not start: {house.var / 'log'} says why.") from error
            time.sleep(0.1)
