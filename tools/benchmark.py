"""Times the assistant beside Rasa's recommended default pipeline and ``rasa init``'s own bot: ``make benchmark``.

Trains what is not kept in ``var/benchmark/``, starts all three, asks one after the other several times, and writes
``docs/benchmarks.md`` with its plot. Wants a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from benchmarks.speed.figures import ASSISTANT, CLIENTS, DEFAULT, MOODBOT, TURNS, Figures, Measured
from benchmarks.speed.machine import busy, describe
from benchmarks.speed.report import PROFILE, plot, report
from benchmarks.speed.running import NotReady, Plan, RasaServer, Running, measure, wait_for_answer
from benchmarks.speed.talking import ChatConversation, NoAnswer, Opening, try_to_ask
from benchmarks.speed.training import NOT_TIMED, Trained, TrainingFailed, digest, trained
from content.catalogue import ROOT, read_yaml
from tools.house import House, HouseError, Ports
from tools.train import model_path, rasa_train

KEPT = ROOT / "var" / "benchmark"
WORDINGS = ROOT / "benchmarks" / "wordings"
PYTHON, RASA = (str(ROOT / ".venv-rasa" / "bin" / name) for name in ("python", "rasa"))
QUICK = Plan(questions=20, warm=5, clients=CLIENTS, seconds=1.0, turns=(1, 10, 20))
SPARE = 1.5  # so many times the questions are drawn, because some are left out
ORDINARY = {"answer", "clarify", "decline"}
# Switched off for our own parts, which do not use it; for the others TensorFlow is as it comes.
AS_IT_COMES = {"TF_ENABLE_ONEDNN_OPTS": "1"}
HELPER_SECONDS = 300


class System(Protocol):
    """Something that can be started and asked."""

    def run(self) -> contextlib.AbstractContextManager[Running]:
        """Start it, and stop it afterwards."""


class Assistant:
    """This assistant: frontdesk, Rasa and action server, as ``make run`` starts them."""

    def __init__(self, model: str) -> None:
        self._model = Path(model)

    @contextlib.contextmanager
    def run(self) -> Iterator[Running]:
        """Start it with a new database, and stop it afterwards."""
        var, log = KEPT / "house", KEPT / "house.log"
        shutil.rmtree(var, ignore_errors=True)
        var.mkdir(parents=True)
        with log.open("w") as output:
            house = House(self._model, var, Ports.free(), output, {"FRONTDESK_RATE_LIMITS": "off"})
            began = time.monotonic()
            try:
                for part in ("outside", "actions", "rasa", "frontdesk"):
                    house.start_part(part)

                def opening() -> ChatConversation:
                    return ChatConversation(house.ports.frontdesk)

                house.wait()
                wait_for_answer(opening, None, log)
                # What stands in for the outside is no part of the assistant.
                processes = [process.pid for name, process in house.processes.items() if name != "outside"]
                yield Running(opening, processes, time.monotonic() - began)
            finally:
                house.stop()


def models(epochs: int, present: bool) -> dict[str, Trained]:
    """Train what is not kept yet; return what each training cost.

    Args:
        epochs: How long the default pipeline is trained.
        present: Take the assistant's present model, if there is one, whose training was not timed.

    Raises:
        TrainingFailed: Rasa did not make a model.
    """
    folder = KEPT / "projects"
    _helper(["benchmarks.speed.projects", str(folder), str(epochs)])
    plain = [RASA, "train", "--force", "--skip-validation"]
    ours = model_path()
    if present and ours.is_file():
        found = {ASSISTANT: Trained(str(ours), NOT_TIMED, 0, NOT_TIMED, NOT_TIMED, ours.stat().st_size / 2**20)}
    else:
        found = {ASSISTANT: trained(ours.name.removesuffix(".tar.gz"), rasa_train(), ROOT, KEPT, {})}
    for name, short in ((DEFAULT, "default"), (MOODBOT, "moodbot")):
        project = folder / short
        found[name] = trained(f"{short}-{digest(project)}", plain, project, KEPT, AS_IT_COMES)
    return found


def drawn(count: int) -> list[str]:
    """Draw questions of strangers; always the same."""
    texts: list[str] = []
    for path in sorted(WORDINGS.glob("*.yml")):
        content: dict[str, Any] = read_yaml(path)
        texts += [wording["text"] for wordings in content["questions"].values() for wording in wordings]
    return random.Random(1).sample(texts, count)  # noqa: S311  nothing secret


def chosen(opening: Opening, count: int) -> tuple[list[str], int]:
    """Choose questions that go all the way and get an ordinary reply; return them and how many were left out.

    Raises:
        NotReady: There are not enough.
    """
    candidates, fit = drawn(round(count * SPARE)), []
    for tried, one in enumerate(candidates, 1):
        if ORDINARY.issuperset(try_to_ask(opening, one) or ["nothing"]):
            fit.append(one)
            if len(fit) == count:
                return fit, tried - count
    raise NotReady(f"Only {len(fit)} of {len(candidates)} questions got an ordinary reply: see {KEPT}/house.log.")


def _helper(arguments: list[str], given: Any = None) -> Any:
    done = subprocess.run(
        [PYTHON, "-m", *arguments], cwd=ROOT, input=json.dumps(given), capture_output=True, text=True,
        timeout=HELPER_SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise TrainingFailed(f"{arguments[0]} failed; its last line: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout) if done.stdout else None


def run_all(plan: Plan, runs: int, epochs: int, present: bool) -> Measured:
    """Train if need be, and measure every system in turn, several times."""
    costs = models(epochs, present)
    projects = KEPT / "projects"
    systems: dict[str, System] = {
        ASSISTANT: Assistant(costs[ASSISTANT].model),
        DEFAULT: RasaServer(projects / "default", costs[DEFAULT].model, RASA, AS_IT_COMES),
        MOODBOT: RasaServer(projects / "moodbot", costs[MOODBOT].model, RASA, AS_IT_COMES),
    }
    figures: dict[str, list[Figures]] = {name: [] for name in systems}
    encoder: list[float] = []
    load = [busy()]
    versions: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        running = {name: stack.enter_context(system.run()) for name, system in systems.items()}
        questions, left_out = chosen(running[ASSISTANT].opening, plan.questions)
        for number in range(runs):
            for name, one in running.items():
                found = measure(one, questions, plan)
                figures[name].append(found)
                print(f"Run {number + 1} of {runs}, {name}: {found}", flush=True)
            alone = _helper(["benchmarks.speed.encoder"], questions)
            encoder.append(statistics.median(alone["times"]))
            versions = alone["versions"]
            load.append(busy())
    machine = describe(versions)
    return Measured(figures, encoder, costs, epochs, len(questions), left_out, machine, load)


def main() -> int:
    """Measure, and write the page and its plot."""
    given = _parser().parse_args()
    plan, target = Plan(given.questions, given.questions // 5, CLIENTS, given.seconds, given.turns), ROOT / "docs"
    if given.quick:
        plan, target = QUICK, KEPT
    try:
        measured = run_all(plan, 1 if given.quick else given.runs, given.epochs, given.present)
    except (HouseError, NoAnswer, NotReady, TrainingFailed) as error:
        print(f"Stopped: {error}", file=sys.stderr)
        return 1
    (KEPT / "figures.json").write_text(json.dumps(measured.as_json(), indent=1))
    (target / "benchmarks.md").write_text(report(measured, PROFILE.read_text(encoding="utf-8")), encoding="utf-8")
    (target / "benchmarks.svg").write_text(plot(measured), encoding="utf-8")
    print(f"Wrote {(target / 'benchmarks.md').relative_to(ROOT)} and its plot")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.benchmark", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="how often each system is measured (default 3)")
    parser.add_argument("--epochs", type=int, default=1, help="epochs of the default pipeline's training (default 1)")
    parser.add_argument("--questions", type=int, default=200, help="asked by one client in a run (default 200)")
    parser.add_argument("--seconds", type=float, default=6.0, help="how long several clients ask (default 6)")
    parser.add_argument("--turns", type=int, nargs="+", default=TURNS, help="the turns to time (default 1 50 250 500)")
    parser.add_argument(
        "--present", action="store_true", help="do not train the assistant to time it: take the present model"
    )
    parser.add_argument("--quick", action="store_true", help="few questions, one run; the page goes to var/benchmark/")
    return parser


if __name__ == "__main__":
    sys.exit(main())
