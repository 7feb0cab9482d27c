"""Lets the assistant learn what it has been taught: ``python -m tools.learn [--words] [--back] [--started]``.

What was taught waits in a folder of its own. With it a candidate is trained, and held against the present model on all
reviewed messages and on fixed wordings. Unless something that concerns safety is worse, the examples move to
``data/reviewed/``; the candidate then is the model for the present data, as its name says. ``--back`` puts the examples
of before back, and with them the model of before. ``--words`` also shows the messages: for the operator's own eyes.
How far it is lies beside what was taught, for the console (:mod:`review.progress`), which starts it with ``--started``.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from content.catalogue import ROOT, CatalogueError
from frontdesk.settings import Settings
from records import KeyProblem, Records, Reviewed, SealBroken
from review.exam import (
    PARTLY,
    RIGHT,
    WRONG,
    Graded,
    Question,
    by_group,
    fixed_questions,
    grade,
    objections,
    questions_of,
)
from review.learning import Learning, LearningError
from review.progress import Counted, Diary, State, What, is_lock, locked, open_lock
from tools.train import REVIEWED, TrainingError, rasa_environment, train

ASK_SECONDS = 1200
SHOWN = 30
NOT_TRAINED = "Training failed. Say 'make learn' where the assistant runs to see what Rasa names."
UNEXPECTED = "Something unexpected went wrong. Say 'make learn' where the assistant runs to see what"
Ask = Callable[[Path, list[str]], list[dict[str, Any]]]
Fit = Callable[..., Path]


def learn(learning: Learning, questions: Sequence[Question], ask: Ask, words: bool, fit: Fit, diary: Diary) -> bool:
    """Train a candidate, compare it with the present model, and switch if nothing speaks against it.

    Returns whether the assistant has learnt.

    Raises:
        LearningError: A model cannot be asked, or a file cannot be read.
        tools.train.TrainingError: Rasa could not train.
    """
    if not learning.gather():
        print("Nothing waits to be learnt. Mark messages in the console under Review, and teach them there.")
        diary.end(State.NOTHING)
        return False
    diary.step("Looking for the present model, and training it if there is none")
    present = fit()
    diary.step("Training a candidate, which takes some minutes")
    candidate = fit(reviewed=learning.candidate)
    texts = [question.text for question in questions]
    print(f"Asking both models {len(texts)} messages; this takes some minutes …", flush=True)
    diary.step(f"Asking the present model {len(texts):,} messages")
    before = ask(present, texts)
    diary.step(f"Asking the candidate {len(texts):,} messages")
    after = before if candidate == present else ask(candidate, texts)  # only regression tests wait
    graded = [
        Graded(question, grade(question, old), grade(question, new))
        for question, old, new in zip(questions, before, after, strict=True)
    ]
    against = objections(graded)
    _report(graded, words)
    better, worse = ([one.question.name for one in some] for some in _changed(graded))
    diary.graded(_counted(graded), better, worse, against)
    if against:
        print("\nNot learnt, because something that concerns safety is worse:")
        print("\n".join(f"  {line}" for line in against))
        print(f"Take examples out of {learning.taught} and try again, or mark and teach more messages like these.")
        diary.end(State.UNSAFE)
        return False
    learning.accept()
    diary.end(State.LEARNT)
    print("\nLearnt. Start the assistant again to use it. 'make unlearn' goes back.")
    return True


def ask_model(model: Path, texts: list[str]) -> list[dict[str, Any]]:
    """Ask a model in Rasa's own environment.

    Raises:
        LearningError: It gives no answer, or takes too long.
    """
    command = [str(ROOT / ".venv-rasa" / "bin" / "python"), "-m", "benchmarks.understood", str(model)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=rasa_environment(), input=json.dumps(texts), capture_output=True, text=True,
            timeout=ASK_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise LearningError(f"{model.name} did not answer within {ASK_SECONDS} s. Try again when less runs.") from error
    if done.returncode:  # what it printed may hold visitors' words
        raise LearningError(f"{model.name} cannot be asked: delete that file, run 'make train', and try again.")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _report(graded: Sequence[Graded], words: bool) -> None:
    print(f"\n{'':30}{'messages':>10}{'right':>16}{'partly':>14}{'wrong':>14}")
    for one in _counted(graded):
        right, partly, wrong = (f"{before} → {after}" for before, after in (one.right, one.partly, one.wrong))
        print(f"{one.name:30}{one.messages:>10}{right:>16}{partly:>14}{wrong:>14}")
    for title, changed in zip(("Better", "Worse"), _changed(graded), strict=True):
        print(f"\n{title}: {len(changed)}")
        for graded_one in changed if words else changed[:SHOWN]:
            print(f"  {graded_one.question.name}" + (f": {graded_one.question.text}" if words else ""))
        if len(changed) > SHOWN and not words:
            print(f"  and {len(changed) - SHOWN} more")


def _counted(graded: Sequence[Graded]) -> list[Counted]:
    def of(members: Sequence[Graded], kind: int) -> tuple[int, int]:
        return sum(one.before == kind for one in members), sum(one.after == kind for one in members)

    groups = by_group(graded).items()
    return [Counted(name, len(some), of(some, RIGHT), of(some, PARTLY), of(some, WRONG)) for name, some in groups]


def _changed(graded: Sequence[Graded]) -> tuple[list[Graded], list[Graded]]:
    """Return what is better and what is worse."""
    return [one for one in graded if one.after > one.before], [one for one in graded if one.after < one.before]


def _reviewed(url: str) -> list[Reviewed]:
    """Read the reviewed messages, which is written down like any reading.

    Raises:
        LearningError: The records cannot be read.
    """
    records = Records(url)
    try:
        records.is_ready()
        records.write_audit("make learn", "operator", "read-to-learn")
        return records.reviewed()
    except SQLAlchemyError as error:
        raise LearningError(
            f"The records cannot be read ({type(error).__name__}): start the assistant once, or set "
            "FRONTDESK_DATABASE_URL to where they are."
        ) from error
    finally:
        records.dispose()


def main(
    arguments: Sequence[str],
    learnt: Path = REVIEWED,
    var: Path = ROOT / "var",
    ask: Ask = ask_model,
    fit: Fit = train,
) -> int:
    """Learn or go back; 1 when the assistant is as it was.

    Args:
        arguments: Of the command line.
        learnt: The folder of what the assistant has learnt.
        var: Where the candidate's examples, and those of before, are kept.
        ask: Asks a model.
        fit: Trains one.
    """
    given, settings = _parser().parse_args(arguments), Settings()
    if given.words and not sys.stdout.isatty():
        print("--words shows what visitors wrote, so it is for a terminal alone, not for a file or a pipe.")
        return 1
    learning = Learning(settings.taught_dir, learnt, var)
    with _alone(settings.taught_dir, given.started):
        diary = Diary(settings.taught_dir, What.BACK if given.back else What.LEARN)
        try:
            if given.back:
                learning.check_back()
                diary.step("Looking for the model of before, and training it if it is gone")
                before = fit(reviewed=learning.before)  # first: if that fails, nothing has changed
                learning.back()
                print(f"Back to {before.name}. Start the assistant again to use it.")
                diary.end(State.RETURNED)
                return 0
            diary.step("Reading the reviewed messages")
            reviewed = _reviewed(settings.database_url)
            questions = [*questions_of(reviewed), *fixed_questions(ROOT / "benchmarks" / "wordings")]
            return 0 if learn(learning, questions, ask, given.words, fit, diary) else 1
        except (LearningError, TrainingError, CatalogueError, KeyProblem, SealBroken) as error:
            diary.end(State.FAILED, NOT_TRAINED if isinstance(error, TrainingError) else str(error))
            print(f"Stopped: {error}", file=sys.stderr)
            return 1
        except Exception as error:  # its text may hold visitors' words
            diary.end(State.FAILED, f"{UNEXPECTED} ({type(error).__name__}).")
            raise


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.learn", description="Learn what was taught in the console.")
    parser.add_argument("--words", action="store_true", help="show the messages that are better or worse")
    parser.add_argument("--back", action="store_true", help="go back to what was learnt before")
    parser.add_argument("--started", action="store_true", help="for the console, which hands the lock over as stdin")
    return parser


@contextlib.contextmanager
def _alone(folder: Path, started: bool) -> Iterator[None]:
    """Let only one process learn at a time, and wait for another one."""
    if started and is_lock(sys.stdin.fileno(), folder):  # the console has locked it already
        yield
        return
    lock = locked(folder)
    if lock is None:
        print("Waiting for another learning to finish …", flush=True)
        lock = open_lock(folder)
        fcntl.flock(lock, fcntl.LOCK_EX)
    with lock:
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
