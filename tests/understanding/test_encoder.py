"""The sentence encoder gives each sentence its own vector, whether it was asked for before or not."""

from __future__ import annotations

import json
import subprocess

from content.catalogue import ROOT

SCRIPT = """
import json
from pathlib import Path
from nlu.encoder import RECENT, Encoder
texts = ["is it safe", "what does it cost", "can my wife drive me home", "how long does a session take", ""]
encoder, fresh = Encoder(Path("var/encoder")), Encoder(Path("var/encoder"))
alone = [fresh.encode([text])[0] for text in texts]
first = encoder.encode([texts[2], texts[0]])
mixed = encoder.encode([*texts, texts[3]])  # two known, three new, one twice
encoder.encode([str(number) for number in range(RECENT + 10)])  # more than are kept
later = encoder.encode(texts[::-1])[::-1]
pairs = [*zip(alone, mixed), (alone[3], mixed[5]), *zip(alone, later), (alone[2], first[0]), (alone[0], first[1])]
others = [float(alone[0] @ vector) for vector in alone[1:4]]
print(json.dumps({"same": [float(a @ b) for a, b in pairs], "others": others}))
"""


def test_known_and_new_sentences_keep_their_places() -> None:
    python = str(ROOT / ".venv-rasa" / "bin" / "python")
    done = subprocess.run([python, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert min(seen["same"]) > 0.98  # not 1: the model's numbers are rounded by what is encoded beside
    assert max(seen["others"]) < 0.8
