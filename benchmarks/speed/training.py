"""Trains a Rasa project, and keeps the model with what training cost, so that the next run need not train."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Dict, Sequence

NOT_TIMED = 0.0
# Rasa draws a bar for every network that it trains, and ends it with the time that its epochs took.
_BAR = re.compile(r"Epochs: 100%[^\r\n]*\[(?:(\d+):)?(\d+):(\d+)<")


class TrainingFailed(RuntimeError):
    """Rasa could not train; the message says where its words are."""


@dataclass(frozen=True)
class Trained:
    """A model and what it cost: seconds, of which in epochs, of processors; MiB of the largest process, on disk."""

    model: str
    seconds: float
    epochs_seconds: float
    processor_seconds: float
    peak: float
    size: float


def digest(folder: Path) -> str:
    """Return a short digest of a project's files."""
    known = hashlib.sha256()
    for path in sorted(folder.rglob("*.yml")):
        known.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return known.hexdigest()[:16]


def trained(name: str, command: Sequence[str], project: Path, kept: Path, environment: Dict[str, str]) -> Trained:
    """Return the model of that name, trained if it is not kept yet.

    Args:
        name: What the model is called; another name is another model.
        command: ``rasa train`` and its options, without where the model goes.
        project: The folder to run it in.
        kept: The folder that keeps models.
        environment: Variables besides those of this process.

    Raises:
        TrainingFailed: Rasa did not make a model.
    """
    note, model, log = (kept / f"{name}{ending}" for ending in (".json", ".tar.gz", ".log"))
    if note.is_file() and model.is_file():
        return Trained(**json.loads(note.read_text()))
    print(f"Training {name}; what it says is in {log.name} …", flush=True)
    kept.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--out", str(kept), "--fixed-model-name", f"{name}-new"], cwd=project, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **environment},
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds, new = time.monotonic() - began, kept / f"{name}-new.tar.gz"
    if process.returncode or not new.is_file():
        raise TrainingFailed(f"Training {name} failed: {log} says why. Mend that and start again.")
    new.replace(model)
    said = log.read_text(errors="replace")
    found = Trained(
        model=str(model), seconds=seconds, epochs_seconds=epochs_seconds(said),
        processor_seconds=used.ru_utime + used.ru_stime, peak=used.ru_maxrss / 1024, size=model.stat().st_size / 2**20,
    )  # fmt: skip
    note.write_text(json.dumps(asdict(found)))
    return found


def epochs_seconds(said: str) -> float:
    """Return how long all epochs took together, from what ``rasa train`` printed."""
    total = 0.0
    for part in said.split("Epochs:   0%"):  # one network after the other; a bar is drawn again and again
        bars = _BAR.findall(part)
        if bars:
            hours, minutes, seconds = (int(number or 0) for number in bars[-1])
            total += 3600 * hours + 60 * minutes + seconds
    return total
