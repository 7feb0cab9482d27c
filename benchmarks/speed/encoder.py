"""The sentence encoder alone, the floor under every answer: ``python -m benchmarks.speed.encoder``.

Runs in Rasa's environment. Reads a JSON list of questions from the standard input; writes the time of each in ms,
and the versions there.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from importlib import metadata
from typing import List, Sequence

from benchmarks.folds import ROOT
from nlu.encoder import Encoder

WARM = 20
PACKAGES = ("rasa", "tensorflow", "onnxruntime", "spacy", "numpy")


def times(questions: Sequence[str]) -> List[float]:
    """Encode one question after the other; return the times in ms."""
    encoder = Encoder(ROOT / "var" / "encoder")
    found = []
    for question in [*questions[:WARM], *questions]:
        began = time.perf_counter()
        encoder.encode([question])
        found.append(1000 * (time.perf_counter() - began))
    return found[len(questions[:WARM]) :]


if __name__ == "__main__":
    versions = {"python": platform.python_version(), **{name: metadata.version(name) for name in PACKAGES}}
    json.dump({"times": times(json.load(sys.stdin)), "versions": versions}, sys.stdout)
