"""A system that runs, and one run of all measurements on it."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import socket
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence

from benchmarks.speed.figures import Figures
from benchmarks.speed.machine import memory, processor_seconds
from benchmarks.speed.talking import Opening, RestConversation, try_to_ask
from benchmarks.speed.timing import answers_a_second, at_turns, one_client, percentile

READY_SECONDS = 300.0
STOP_SECONDS = 15.0
FIRST = "What is ketamine?"


class NotReady(RuntimeError):
    """A system does not start; the message says where to look."""


@dataclass(frozen=True)
class Plan:
    """How much is asked: questions for the times and before them, clients, seconds a rate, turns."""

    questions: int
    warm: int
    clients: Sequence[int]
    seconds: float
    turns: Sequence[int]


@dataclass
class Running:
    """A started system: how to open a conversation with it, its processes, and how long its start took."""

    opening: Opening
    processes: List[int]
    start: float = 0.0


def free_port() -> int:
    """Return a port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_answer(opening: Opening, process: Optional[subprocess.Popen[bytes]], log: Path) -> None:
    """Wait until a first question is answered.

    Raises:
        NotReady: It never is.
    """
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if try_to_ask(opening, FIRST):
            return
        if process is not None and process.poll() is not None:
            break
        time.sleep(0.1)
    raise NotReady(f"No question was answered: {log} says why.")


@dataclass
class RasaServer:
    """``rasa run`` in a project's folder, with its REST channel."""

    project: Path
    model: str
    rasa: str
    environment: Dict[str, str] = field(default_factory=dict)

    @contextlib.contextmanager
    def run(self) -> Iterator[Running]:
        """Start it, and stop it afterwards."""
        for old in self.project.glob("conversations.db*"):
            old.unlink()
        port, log = free_port(), self.project / "server.log"
        command = [self.rasa, "run", "--model", self.model, "--interface", "127.0.0.1", "--port", str(port)]
        command += ["--credentials", "credentials.yml", "--endpoints", "endpoints.yml"]
        began = time.monotonic()
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=self.project, env={**os.environ, **self.environment}, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:

            def opening() -> RestConversation:
                return RestConversation(port)

            wait_for_answer(opening, process, log)
            yield Running(opening, [process.pid], time.monotonic() - began)
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):  # it has ended already
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
            return


def measure(running: Running, questions: Sequence[str], plan: Plan) -> Figures:
    """Measure everything once."""
    opening = running.opening
    one_client(opening, questions[: plan.warm])
    before = processor_seconds(running.processes)
    times = one_client(opening, questions[: plan.questions])
    used = processor_seconds(running.processes) - before
    rates, failed = {}, sum(map(math.isinf, times))
    for clients in plan.clients:
        rates[clients], unanswered = answers_a_second(opening, questions, clients, plan.seconds)
        failed += unanswered
    turns = at_turns(opening, questions, plan.turns)
    taken = memory(running.processes)
    return Figures(
        start=running.start, p50=statistics.median(times), p95=percentile(times, 0.95), p99=percentile(times, 0.99),
        processor=1000 * used / len(times),
        rates=rates, turns=turns, pss=taken.pss, rss=taken.rss, failed=failed,
    )  # fmt: skip
