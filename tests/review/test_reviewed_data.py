"""What the console writes is what Rasa and the safety model learn from, and part of the model's name."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from content.catalogue import ROOT
from review.examples import Example
from review.files import REGRESSIONS, add_blocks, write_examples
from tools.train import model_path

BLADDER = Example("safety/bladder", "0" * 12, 'zebra: "one" & - two #three')
OUTSIDE = Example("out_of_scope/unclear", "1" * 12, "zebrawombat four")
CRISIS = Example("a", "2" * 12, 'zebrawombat: "five" \\ {six} \U0001f993')

READ = """
import json, sys, warnings
warnings.simplefilter("error", UserWarning)
from rasa.shared.importers import utils
from nlu.safety_examples import load_safety_examples
data = utils.training_data_from_paths([sys.argv[1] + "/topics.yml"], "en")
safety = load_safety_examples(["zebrawombat four"])
print(json.dumps([
    [[e.get("intent_response_key"), e.get("text"), e.get("entities")] for e in data.intent_examples],
    [[t, l] for t, l in zip(safety.texts, safety.labels) if "zebrawombat" in t],
]))
"""


def test_rasa_and_the_safety_model_read_what_was_written(tmp_path: Path) -> None:
    write_examples(tmp_path, [BLADDER, OUTSIDE, BLADDER, CRISIS])
    done = subprocess.run(
        [str(ROOT / ".venv-rasa/bin/python"), "-c", READ, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=200, env={**os.environ, "REVIEWED_DIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    topics, safety = json.loads(done.stdout.splitlines()[-1])
    assert topics == [["safety/bladder", BLADDER.text, None], ["out_of_scope/unclear", OUTSIDE.text, None]]
    assert safety == [["zebrawombat four", "ordinary"], [CRISIS.text, "a"]]


def test_what_is_learnt_changes_the_models_name_and_regression_tests_do_not(tmp_path: Path) -> None:
    names: list[Any] = [model_path(tmp_path)]
    add_blocks(tmp_path / REGRESSIONS, ["- origin: abc\n  turns: []\n"])
    assert model_path(tmp_path) == names[0]
    for example in (BLADDER, CRISIS):
        write_examples(tmp_path, [example])
        names.append(model_path(tmp_path))
    assert len(set(names)) == 3
    if not (ROOT / "data" / "reviewed").exists():
        assert model_path() == names[0]
