"""Lets the assistant learn what it has been taught: ``python -m tools.learn [--words] [--back]``.

What was taught waits in a folder of its own. With it a candidate is trained, and held against the present model on all
reviewed messages and on fixed wordings. Unless something that concerns safety is worse, the examples move to
``data/reviewed/``; the candidate then is the model for the present data, as its name says. ``--back`` puts the examples
of before back, and with them the model of before. ``--words`` also shows the messages: for the operator's own eyes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from content.catalogue import ROOT, CatalogueError
from frontdesk.settings import Settings
from records import KeyProblem, Records, Reviewed, SealBroken
from review.exam import Graded, Question, by_group, fixed_questions, grade, objections, questions_of
from review.learning import Learning, LearningError
from tools.setup import one_at_a_time
from tools.train import TrainingError, train

ASK_SECONDS = 1200
SHOWN = 30
Ask = Callable[[Path, list[str]], list[dict[str, Any]]]


def learn(learning: Learning, questions: Sequence[Question], ask: Ask, words: bool, fit: Callable[..., Path]) -> bool:
    """Train a candidate, compare it with the present model, and switch if nothing speaks against it.

    Returns whether the assistant has learnt.

    Raises:
        LearningError: A model cannot be asked, or a file cannot be read.
        tools.train.TrainingError: Rasa could not train.
    """
    if not learning.gather():
        print("Nothing waits to be learnt. Mark messages in the console under Review, and teach them there.")
        return False
    present, candidate = fit(), fit(reviewed=learning.candidate)
    texts = [question.text for question in questions]
    print(f"Asking both models {len(texts)} messages; this takes some minutes …", flush=True)
    before = ask(present, texts)
    after = before if candidate == present else ask(candidate, texts)  # only regression tests wait
    graded = [
        Graded(question, grade(question, old), grade(question, new))
        for question, old, new in zip(questions, before, after, strict=True)
    ]
    _report(graded, words)
    if against := objections(graded):
        print("\nNot learnt, because something that concerns safety is worse:")
        print("\n".join(f"  {line}" for line in against))
        print(f"Take examples out of {learning.taught} and try again, or mark and teach more messages like these.")
        return False
    learning.accept()
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
            command, cwd=ROOT, input=json.dumps(texts), capture_output=True, text=True, timeout=ASK_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise LearningError(f"{model.name} did not answer within {ASK_SECONDS} s. Try again when less runs.") from error
    if done.returncode:  # what it printed may hold visitors' words
        raise LearningError(f"{model.name} cannot be asked: delete that file, run 'make train', and try again.")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _report(graded: Sequence[Graded], words: bool) -> None:
    print(f"\n{'':30}{'messages':>10}{'right':>16}{'partly':>14}{'wrong':>14}")
    for group, members in by_group(graded).items():
        counts = [
            f"{sum(one.before == kind for one in members)} → {sum(one.after == kind for one in members)}"
            for kind in (2, 1, 0)
        ]
        print(f"{group:30}{len(members):>10}{counts[0]:>16}{counts[1]:>14}{counts[2]:>14}")
    for title, changed in (
        ("Better", [one for one in graded if one.after > one.before]),
        ("Worse", [one for one in graded if one.after < one.before]),
    ):
        print(f"\n{title}: {len(changed)}")
        for one in changed if words else changed[:SHOWN]:
            print(f"  {one.question.name}" + (f": {one.question.text}" if words else ""))
        if len(changed) > SHOWN and not words:
            print(f"  and {len(changed) - SHOWN} more")


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


def main(arguments: Sequence[str]) -> int:
    """Learn or go back; 1 when the assistant is as it was."""
    parser = argparse.ArgumentParser(prog="python -m tools.learn", description="Learn what was taught in the console.")
    parser.add_argument("--words", action="store_true", help="show the messages that are better or worse")
    parser.add_argument("--back", action="store_true", help="go back to what was learnt before")
    given, settings = parser.parse_args(arguments), Settings()
    if given.words and not sys.stdout.isatty():
        print("--words shows what visitors wrote, so it is for a terminal alone, not for a file or a pipe.")
        return 1
    learning = Learning(settings.taught_dir, ROOT / "data" / "reviewed", ROOT / "var")
    try:
        with one_at_a_time("learning"):
            if given.back:
                learning.back()
                print(f"Back to {train().name}. Start the assistant again to use it.")
                return 0
            reviewed = _reviewed(settings.database_url)
            questions = [*questions_of(reviewed), *fixed_questions(ROOT / "benchmarks" / "wordings")]
            return 0 if learn(learning, questions, ask_model, given.words, train) else 1
    except (LearningError, TrainingError, CatalogueError, KeyProblem, SealBroken) as error:
        print(f"Stopped: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
