"""How learning goes: the lock that lets one at a time learn, and the file in which whoever does says how far they are.

Both lie beside what was taught, where the console and ``make learn`` find them. No words of visitors are in the file.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import field, replace
from enum import StrEnum
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from pydantic_core import to_json

from review.files import replace_file

FILE, LOCK = "learning.json", ".learning.lock"
STARTING = "Starting"
# Whoever looks whether somebody learns holds the lock for a moment.
TRIES, PAUSE_SECONDS = 20, 0.05


class What(StrEnum):
    """What is being done: learning, or going back to what was learnt before."""

    LEARN = "learn"
    BACK = "back"


class State(StrEnum):
    """How far it is. ``DIED`` is never written: it is what "running" means when nobody holds the lock."""

    RUNNING = "running"
    DIED = "died"
    LEARNT = "learnt"
    UNSAFE = "unsafe"  # the candidate was not taken
    NOTHING = "nothing"  # nothing waited to be learnt
    RETURNED = "returned"
    FAILED = "failed"


@dataclass(frozen=True)
class Counted:
    """A group of questions: how many there are, and how many were and would be right, partly right, and wrong."""

    name: str
    messages: int
    right: tuple[int, int]
    partly: tuple[int, int]
    wrong: tuple[int, int]


@dataclass(frozen=True)
class Progress:
    """How far it is, and what came of it.

    ``better`` and ``worse`` name questions, ``against`` says what keeps the candidate out, and ``error`` what went
    wrong and what to do.
    """

    what: What
    state: State
    step: str
    began: dt.datetime
    ended: dt.datetime | None = None
    groups: tuple[Counted, ...] = field(default=())
    better: tuple[str, ...] = field(default=())
    worse: tuple[str, ...] = field(default=())
    against: tuple[str, ...] = field(default=())
    error: str = ""


_PROGRESS = TypeAdapter(Progress)


class Diary:
    """Says how far it is, for whoever looks from elsewhere.

    Args:
        folder: Where what was taught waits.
        what: What is being done.
    """

    def __init__(self, folder: Path, what: What) -> None:
        self._folder, self._now = folder, Progress(what, State.RUNNING, STARTING, dt.datetime.now(dt.UTC))
        self._write()

    def step(self, step: str) -> None:
        """Say what is done now."""
        self._now = replace(self._now, step=step)
        self._write()

    def graded(
        self,
        groups: Sequence[Counted],
        better: Sequence[str],
        worse: Sequence[str],
        against: Sequence[str],
    ) -> None:
        """Say how the candidate compares with the present model."""
        self._now = replace(
            self._now, groups=tuple(groups), better=tuple(better), worse=tuple(worse), against=tuple(against)
        )
        self._write()

    def end(self, state: State, error: str = "") -> None:
        """Say what came of it."""
        self._now = replace(self._now, state=state, error=error, ended=dt.datetime.now(dt.UTC))
        self._write()

    def _write(self) -> None:
        replace_file(self._folder / FILE, to_json(self._now, indent=1).decode() + "\n")


def locked(folder: Path) -> IO[str] | None:
    """Return the lock, which is held until its last copy is closed, as by the end of the process that has it.

    None when another process learns at the moment.
    """
    lock = open_lock(folder)
    for _ in range(TRIES):
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        time.sleep(PAUSE_SECONDS)
    lock.close()
    return None


def open_lock(folder: Path) -> IO[str]:
    """Return the lock's file; nobody has locked it by that."""
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / LOCK).open("w")


def is_lock(descriptor: int, folder: Path) -> bool:
    """Whether an open file is the lock, as the console hands it to the process that it starts."""
    with suppress(OSError), open_lock(folder) as lock:
        return os.path.sameopenfile(descriptor, lock.fileno())
    return False


def progress(folder: Path) -> Progress | None:
    """Return how far it is, or what came of it the last time; None when there is nothing to tell."""
    found = _read(folder)
    if found is None or found.state != State.RUNNING or _is_locked(folder):
        return found
    # Whoever learns says what came of it before they let go: so it must be said by now.
    found = _read(folder)
    return (
        replace(found, state=State.DIED) if found and found.state == State.RUNNING and not _is_locked(folder) else found
    )


def _read(folder: Path) -> Progress | None:
    try:
        return _PROGRESS.validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def _is_locked(folder: Path) -> bool:
    with open_lock(folder) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
