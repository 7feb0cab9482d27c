"""Writes ``docs/benchmarks.md`` and its plot from what was measured."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple

from benchmarks.speed.figures import ASSISTANT, DEFAULT, MOODBOT, Figures, Measured
from benchmarks.speed.plot import Panel, draw, short
from benchmarks.speed.timing import AROUND, PER_CONVERSATION
from benchmarks.speed.training import NOT_TIMED

PROFILE = Path(__file__).with_name("profile.md")  # written by hand, with the figures of its day

_ABOUT = {
    ASSISTANT: "through the frontdesk's chat API, with Rasa and the action server behind it; every message sealed and "
    "stored, and screened for danger. Rate limits are off.",
    DEFAULT: "Rasa's recommended pipeline and policies (DIET, ResponseSelector, TED, UnexpecTED, …) on the same "
    "examples, through Rasa's own REST channel, its conversations in SQLite. No screen, no log of its own, no custom "
    "action; its reply is a topic's title.",
    MOODBOT: "what `rasa init` makes, seven intents, as it is: REST, and conversations in memory only.",
}


class Aim(NamedTuple):
    """What was aimed for, as a ratio, and what was measured."""

    what: str
    measured: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def aims(measured: Measured) -> List[Aim]:
    """Compare the medians with what was aimed for."""
    medians = measured.medians()
    ours, theirs = medians[ASSISTANT], medians[DEFAULT]
    first, last = min(ours.turns), max(ours.turns)
    return [
        Aim("median time to answer, of the default's", ours.p50 / theirs.p50, 0.35),
        Aim("median time to answer, of the encoder's own", ours.p50 / statistics.median(measured.encoder), 2.0),
        *(
            Aim(f"answers a second with {_clients(count)}, of the default's", rate / theirs.rates[count], 4.0, True)
            for count, rate in ours.rates.items()
        ),
        Aim(f"time at turn {last}, of that at turn {first}", ours.turns[last] / ours.turns[first], 1.2),
        Aim("memory (PSS), of the default's", ours.pss / theirs.pss, 0.75),
    ]  # fmt: skip


def _clients(count: int) -> str:
    return f"{count} client{'' if count == 1 else 's'}"


def plot(measured: Measured) -> str:
    """Return the plot, in SVG."""
    medians = measured.medians()
    ours = medians[ASSISTANT]
    panels = [
        Panel(
            "Time to answer one client, ms",
            ["half of all answers are faster", "95 of 100", "99 of 100"],
            {name: [one.p50, one.p95, one.p99] for name, one in medians.items()},
        ),
        Panel(
            "Answers a second",
            [_clients(count) for count in ours.rates],
            {name: list(one.rates.values()) for name, one in medians.items()},
        ),
        Panel(
            "Time to answer late in a conversation, ms",
            [f"turn {turn}" for turn in ours.turns],
            {name: list(one.turns.values()) for name, one in medians.items()},
        ),
    ]
    return draw(panels, "Bars: time to answer, answers a second, and time late in a conversation, of the three systems")


def report(measured: Measured, profile: str) -> str:
    """Return the page, in Markdown.

    Args:
        measured: The figures.
        profile: Where the time goes, in words.
    """
    medians = measured.medians()
    ours = medians[ASSISTANT]
    runs = len(measured.encoder)
    return "\n".join(
        [
            "# How fast the assistant answers",
            "",
            "Written by `make benchmark`; do not edit. Everything is the median of "
            f"{runs} run{'' if runs == 1 else 's'}; in each run the systems take turns, and those that are not "
            "asked are idle. The client is on the same machine and shares its cores. Times and rates are of that "
            "machine and that hour: what carries over to others are the ratios.",
            "",
            *_warning(measured),
            *_systems(measured),
            "## What was aimed for",
            "",
            "| what | measured | aim | met |",
            "|---|---:|---:|---|",
            *(
                f"| {aim.what} | {aim.measured:.2f} | {'≥' if aim.at_least else '≤'} {aim.limit:g} "
                f"| {'yes' if aim.met else '**no**'} |"
                for aim in aims(measured)
            ),
            "",
            "![The figures below as bars](benchmarks.svg)",
            "",
            "## Time to answer one client",
            "",
            "| ms | median | 95th percentile | 99th percentile | of processors |",
            "|---|---:|---:|---:|---:|",
            *(
                f"| {name} | {one.p50:.1f} | {one.p95:.1f} | {one.p99:.1f} | {one.processor:.1f} |"
                for name, one in medians.items()
            ),
            f"| the sentence encoder alone | {statistics.median(measured.encoder):.1f} | | | |",
            "",
            "No answer in time, in all that follows: "
            + ", ".join(f"{name} {one.failed}" for name, one in medians.items())
            + ".",
            "",
            f"{measured.questions} questions, {PER_CONVERSATION} in each conversation, one after the other. The last "
            "column is the time for which all processes of a system together used a core for one answer; what else the "
            "machine does changes it less than the times to answer.",
            "",
            "## Answers a second",
            "",
            *_table({name: one.rates for name, one in medians.items()}, _clients),
            "",
            f"Each client asks without a pause, and opens a conversation for every {PER_CONVERSATION} questions, which "
            "counts.",
            "",
            "## Late in a conversation",
            "",
            *_table({name: {turn: one.turns[turn] for turn in ours.turns} for name, one in medians.items()}, _turn),
            "",
            f"In ms. Each is the median of the same {2 * AROUND + 1} questions around that turn of one conversation; "
            "turn 1 of as many conversations.",
            "",
            "## Memory, start, training",
            "",
            *_costs(measured, medians),
            "",
            profile.strip(),
            "",
            "## The machine",
            "",
            *(f"- {what}: {value}" for what, value in measured.machine.items()),
            "- load (processes that want a core) before the first run and after each: "
            + ", ".join(f"{load:.1f}" for load in measured.load),
            "",
        ]
    )


def _warning(measured: Measured) -> List[str]:
    """Say so when something else ran meanwhile."""
    before, cores = measured.load[0], measured.machine["cores"]
    if before < int(cores) / 2:
        return []
    return [
        f"**The machine did other work meanwhile: {before:.0f} processes wanted its {cores} cores before anything was "
        "started. So the times say nothing, and even the ratios are rough. Run it again on a quiet machine.**",
        "",
    ]


def _turn(turn: int) -> str:
    return f"turn {turn}"


def _table(values: Dict[str, Dict[int, float]], head: Callable[[int], str]) -> List[str]:
    columns = next(iter(values.values()))
    return [
        f"| | {' | '.join(head(column) for column in columns)} |",
        "|---|" + "---:|" * len(columns),
        *(f"| {name} | {' | '.join(short(value) for value in row.values())} |" for name, row in values.items()),
    ]


def _systems(measured: Measured) -> List[str]:
    epochs = f"{measured.epochs} epoch{'' if measured.epochs == 1 else 's'}"
    fewer = [
        f"**The default pipeline was trained for {epochs}, not for the 100 that it should have.** They would take "
        "hours on this machine. The time to answer does not depend on it: the networks are as large after one epoch "
        "as after a hundred. What it answers does, and is not looked at here ([quality.md](quality.md) does).",
        "",
    ]
    return [
        *(f"- **{name}**: {_ABOUT[name]}" for name in measured.figures),
        "",
        *(fewer if measured.epochs < 100 else []),
        f"The questions are by people who saw neither examples nor answers (`benchmarks/wordings/`), the same for "
        f"all. {measured.left_out} of those drawn were left out, because the assistant gives them a fixed reply "
        "about danger or hands them to a person, which would make it look faster.",
        "",
    ]


def _costs(measured: Measured, medians: Dict[str, Figures]) -> List[str]:
    lines = [
        "| | memory (PSS), MiB | memory (RSS), MiB | first answer after the start, s | training, s | "
        "of processors, s | most memory in training, MiB | model, MiB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, one in medians.items():
        cost = measured.trained[name]
        lines.append(
            f"| {name} | {one.pss:,.0f} | {one.rss:,.0f} | {one.start:.1f} | {_cost(cost.seconds)} "
            f"| {_cost(cost.processor_seconds)} | {_cost(cost.peak)} | {cost.size:.1f} |"
        )
    theirs = measured.trained[DEFAULT]
    each = theirs.epochs_seconds / measured.epochs
    return [
        *lines,
        "",
        "Memory is that of all processes of a system together, after the questions above; PSS counts shared pages "
        "once. In training it is that of the largest process. Of the default pipeline's training, its "
        f"{measured.epochs} epoch{'' if measured.epochs == 1 else 's'} took {theirs.epochs_seconds:,.0f} s for all "
        f"networks, {each:,.0f} s an epoch; the first also builds TensorFlow's graphs. Training "
        "was timed once, when the model was first made.",
    ]


def _cost(figure: float) -> str:
    return "not measured" if figure == NOT_TIMED else f"{figure:,.0f}"
