"""Writes the two projects to compare with: ``python -m benchmarks.speed.projects FOLDER EPOCHS``.

Runs in Rasa's environment. ``FOLDER/default``: this assistant's examples with Rasa's recommended pipeline and
policies, a rule for every area, and its conversations in SQLite. ``FOLDER/moodbot``: what ``rasa init`` makes, as it
is.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any, Dict, List

import rasa
import yaml

from benchmarks.default_pipeline import config
from benchmarks.folds import load_examples, responses

VERSION = {"version": "3.1"}
FALLBACK = "utter_default"


def policies(epochs: int) -> List[Dict[str, Any]]:
    """Return the policies that Rasa recommends, which are those of a project that names none."""
    return [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": epochs},
        {"name": "TEDPolicy", "max_history": 5, "epochs": epochs, "constrain_similarities": True},
    ]


def write_default(folder: Path, epochs: int) -> None:
    """Write the project with Rasa's recommended pipeline and policies."""
    (folder / "data").mkdir(parents=True)
    examples = load_examples()
    by_label: Dict[str, List[str]] = {}
    for text, label in zip(examples.texts, examples.labels):
        by_label.setdefault(str(label), []).append(str(text))
    intents = sorted({label.split("/")[0] for label in by_label})
    said = responses()
    answers = {f"utter_{label}": said.get(f"utter_{label}", label) for label in by_label}
    answers[FALLBACK] = "I am not sure that I understand."
    rules = [{"rule": f"Answer {one}", "steps": _turn(one)} for one in intents]
    rules.append({"rule": "Say that it is not clear", "steps": [{"intent": "nlu_fallback"}, {"action": FALLBACK}]})
    # The policies that learn need some conversations: after a question of one area one of the next.
    stories = [
        {"story": f"{one}, then {other}", "steps": [*_turn(one), *_turn(other)]}
        for one, other in zip(intents, [*intents[1:], intents[0]])
    ]
    nlu = [{"intent": key, "examples": "".join(f"- {text}\n" for text in texts)} for key, texts in by_label.items()]
    files: Dict[str, Dict[str, Any]] = {
        "config.yml": {**config(epochs), "policies": policies(epochs)},
        "domain.yml": {
            **VERSION,
            "intents": intents,
            "responses": {key: [{"text": text}] for key, text in answers.items()},
            "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
        },
        "data/nlu.yml": {**VERSION, "nlu": nlu},
        "data/rules.yml": {**VERSION, "rules": rules},
        "data/stories.yml": {**VERSION, "stories": stories},
        "credentials.yml": {"rest": None},
        "endpoints.yml": {"tracker_store": {"type": "SQL", "dialect": "sqlite", "db": "conversations.db"}},
    }
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def _turn(intent: str) -> List[Dict[str, str]]:
    return [{"intent": intent}, {"action": f"utter_{intent}"}]


def write_moodbot(folder: Path) -> None:
    """Copy what ``rasa init`` makes."""
    shutil.copytree(Path(rasa.__file__).parent / "cli" / "initial_project", folder)


def main() -> None:
    """Write both, anew."""
    folder, epochs = Path(sys.argv[1]), int(sys.argv[2])
    for name in ("default", "moodbot"):
        shutil.rmtree(folder / name, ignore_errors=True)
    write_default(folder / "default", epochs)
    write_moodbot(folder / "moodbot")


if __name__ == "__main__":
    main()
