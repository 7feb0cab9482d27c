"""A stand-in for a Rasa worker in a process of its own, so that it can really be killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from content.catalogue import ROOT
from tests.faults.engine import engine_alone


@dataclass
class Worker:
    """A running worker."""

    url: str
    process: subprocess.Popen[str]

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()


@contextmanager
def worker() -> Iterator[Worker]:
    """Run one. It ends with the test whatever happens: its input closes."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.cluster.worker"],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        one = Worker(process.stdout.readline().strip(), process)
        try:
            yield one
        finally:
            one.kill()


if __name__ == "__main__":
    with engine_alone() as url:
        print(url, flush=True)
        sys.stdin.read()
