"""What is measured of a system in a run, and the medians of several runs."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass
from typing import Any, Dict, List, Sequence

from benchmarks.speed.training import Trained

CLIENTS = (1, 8, 32)
TURNS = (1, 50, 250, 500)
ASSISTANT, DEFAULT, MOODBOT = "this assistant", "default pipeline", "moodbot"


@dataclass(frozen=True)
class Figures:
    """Times in ms, start in seconds, memory in MiB.

    ``processor`` is the time of processors for one answer, ``failed`` how many questions got no answer.
    """

    start: float
    p50: float
    p95: float
    p99: float
    processor: float
    rates: Dict[int, float]
    turns: Dict[int, float]
    pss: float
    rss: float
    failed: int


@dataclass(frozen=True)
class Measured:
    """All that the page is written from.

    Args:
        figures: The runs of each system, by its name.
        encoder: The median time of the encoder in each run, in ms.
        trained: What training each system cost.
        epochs: How many epochs the default pipeline was trained for.
        questions: How many different questions were asked.
        left_out: How many were not, because their answer does not come from the pipeline.
        machine: What the machine is.
        load: The machine's load before anything was started, and after each run; what is measured is in it.
    """

    figures: Dict[str, List[Figures]]
    encoder: List[float]
    trained: Dict[str, Trained]
    epochs: int
    questions: int
    left_out: int
    machine: Dict[str, str]
    load: List[float]

    def medians(self) -> Dict[str, Figures]:
        """Return the median of every figure of each system."""
        return {name: median(runs) for name, runs in self.figures.items()}

    def as_json(self) -> Dict[str, Any]:
        """Return everything in a form that JSON has."""
        return asdict(self)


def median(runs: Sequence[Figures]) -> Figures:
    """Return the median of every figure."""

    def middle(name: str) -> float:
        return statistics.median(getattr(run, name) for run in runs)

    def each(name: str, keys: Sequence[int]) -> Dict[int, float]:
        return {key: statistics.median(getattr(run, name)[key] for run in runs) for key in keys}

    return Figures(
        start=middle("start"), p50=middle("p50"), p95=middle("p95"), p99=middle("p99"), processor=middle("processor"),
        rates=each("rates", tuple(runs[0].rates)), turns=each("turns", tuple(runs[0].turns)),
        pss=middle("pss"), rss=middle("rss"), failed=sum(run.failed for run in runs),
    )  # fmt: skip
