"""Rasa's own commands work on this project, as the documentation says."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import yaml

from content.catalogue import ROOT, read_yaml

RASA = str(ROOT / ".venv-rasa" / "bin" / "rasa")
RULES = ROOT / "data" / "conversation" / "rules.yml"
STORIES = ROOT / "tests" / "conversations"

SAMPLE = {
    "safety/bladder": ["Can ketamine harm the bladder?", "is it bad for your bladder"],
    "safety/addiction_and_misuse": ["Is ketamine addictive?", "can you get addicted to ketamine"],
    "treatment/session_length": ["How long does one ketamine session take?"],
    "smalltalk/thanks": ["thank you so much"],
    "follow_up/more_detail": ["tell me more"],
}


def rasa(*arguments: str, seconds: float = 240) -> str:
    """Run a Rasa command that must succeed; return what it printed."""
    done = subprocess.run(
        [RASA, *arguments], cwd=ROOT, timeout=seconds, text=True,
        env={**os.environ, "RASA_CHANNEL_TOKEN": "for-this-test"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def test_the_data_is_valid_without_a_warning() -> None:
    printed = rasa("data", "validate", "--fail-on-warnings")
    assert "No story structure conflicts found" in printed
    assert "UserWarning" not in printed


def test_every_test_story_passes(model: Path, tmp_path: Path) -> None:
    stories = read_yaml(STORIES / "test_stories.yml")["stories"]
    printed = rasa(
        "test", "core", "--e2e", "--model", str(model), "--stories", str(STORIES), "--out", str(tmp_path)
    )  # fmt: skip
    assert re.findall(r"Correct: +(\d+) / (\d+)", printed)[0] == (str(len(stories)),) * 2
    assert yaml.safe_load((tmp_path / "failed_test_stories.yml").read_text()) is None
    assert "UserWarning" not in printed


def test_the_test_stories_walk_every_rule() -> None:
    stories = read_yaml(STORIES / "test_stories.yml")["stories"]
    walked = {turn for story in stories for turn in turns(story["steps"])}
    assert {turns(rule["steps"])[0] for rule in read_yaml(RULES)["rules"]} == walked


def test_examples_can_be_tested(model: Path, tmp_path: Path) -> None:
    nlu = [
        {"intent": intent, "examples": "".join(f"- {example}\n" for example in examples)}
        for intent, examples in SAMPLE.items()
    ]
    responses = {f"utter_{topic}": [{"text": topic}] for topic in SAMPLE}
    sample = tmp_path / "sample.yml"
    sample.write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu, "responses": responses}))
    results = tmp_path / "results"
    rasa("test", "nlu", "--model", str(model), "--nlu", str(sample), "--out", str(results), "--no-plot")
    report = json.loads((results / "intent_report.json").read_text())
    assert report["accuracy"] == 1.0
    assert report["safety"]["support"] == 4


def turns(steps: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Cut a story where the visitor speaks: each turn is an intent and the actions that follow it.

    A form takes what is said to it whatever the intent; the turn then begins with its action.
    """
    cut: list[list[str]] = []
    form = None
    for step in steps:
        if "intent" in step:
            cut.append([] if form else [step["intent"].split("/")[0]])
        elif "active_loop" in step:
            form = step["active_loop"]
        else:
            if not cut:
                cut.append([])
            cut[-1].append(step["action"])
    return [tuple(turn) for turn in cut]
