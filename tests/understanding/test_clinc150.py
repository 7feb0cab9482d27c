"""The benchmark on CLINC150, on a small set of our own that has its form."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from content.catalogue import ROOT

PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
SAYINGS = {
    "weather": "will it {} in {}",
    "alarm": "wake me {} at {}",
    "balance": "how much money is {} in {}",
    "song": "play the {} song by {}",
    "music": "play the {} song by {}",  # no telling which: some are got wrong
}
FIRST = ("rain", "early", "left", "new", "tomorrow", "slow")
SECOND = ("town", "six", "savings", "paris", "her", "checking")
OUTSIDE = [
    f"what do {animal} {verb}" for animal in ("cats", "whales", "ants", "owls") for verb in ("eat", "dream of", "fear")
]


def spoken(start: int) -> list[list[str]]:
    """Every second saying of each intent, from the first or from the second on."""
    pairs = [(one, two) for one in FIRST for two in SECOND][start::2]
    return [[saying.format(*pair), intent] for intent, saying in SAYINGS.items() for pair in pairs]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, "-m", "benchmarks.clinc150", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=240
    )


def written(folder: Path, **parts: Any) -> Path:
    (folder / "data_full.json").write_text(json.dumps(parts))
    return folder


def test_it_trains_measures_and_stands_beside_what_was_published(tmp_path: Path) -> None:
    outside = [[text, "oos"] for text in OUTSIDE]
    folder = written(tmp_path, train=spoken(0), oos_train=outside[::2], test=spoken(1), oos_test=outside[1::2])
    done = run(str(folder))
    assert done.returncode == 0, done.stderr
    ours = re.findall(r"^\| this assistant's model, (.+?) \| ([\d.]+) \| ([\d.]+) \|$", done.stdout, re.M)
    by_class, sure = ours
    assert (by_class[0], sure[0]) == ("by class", "answers only when sure")
    assert 95 > float(by_class[1]) > 50 and float(by_class[2]) > 50
    assert float(sure[1]) <= float(by_class[1]) and float(sure[2]) >= float(by_class[2])
    assert "| BERT (2019) | 96.9 | 40.3 |" in done.stdout
    assert done.stdout.count("CLINC150") == 1  # the parts that are not there are left out


def test_it_says_what_it_wants(tmp_path: Path) -> None:
    nothing = run(str(tmp_path))
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "data_full.json" in nothing.stderr
    broken = run(str(written(tmp_path, train=[])))
    assert (broken.returncode, broken.stdout) == (1, "")
    assert "'oos_train'" in broken.stderr and "Traceback" not in broken.stderr
