"""What the safety model learns from: the examples of ``data/safety/``, and the assistant's own as ordinary ones.

With them go visitors' messages that reviewers have marked: ``safety.yml`` in ``data/reviewed/``, or for a candidate in
the folder that ``REVIEWED_DIR`` names.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import List, NamedTuple, Sequence

from nlu.safety_model import ORDINARY
from safety.rules import FOLDER, category_files, read_yaml

REVIEWED = Path(os.environ.get("REVIEWED_DIR") or FOLDER.parent / "reviewed") / "safety.yml"


class SafetyExamples(NamedTuple):
    """Messages, their labels (a category's letter or ``ordinary``), and which of them are look-alikes."""

    texts: List[str]
    labels: List[str]
    look_alikes: List[bool]


def load_safety_examples(ordinary: Sequence[str]) -> SafetyExamples:
    """Return all examples, each text once: a category's example goes before an ordinary one of the same words.

    ``ordinary`` are the assistant's other training examples.

    Raises:
        safety.SafetyRulesError: A file cannot be read.
    """
    rows: List[tuple[str, str, bool]] = []
    close: List[str] = list(read_yaml(FOLDER / "ordinary.yml")["ordinary"])
    for _, content in category_files():
        rows += [(text, content["category"], False) for text in (*content["fires"], *content["learnt"])]
        close += content["does_not_fire"]
    reviewed = read_yaml(REVIEWED)["learnt"] if REVIEWED.is_file() else None
    rows += [(one["text"], one["category"], False) for one in reviewed or ()]
    rows += [(text, ORDINARY, True) for text in close]
    rows += [(text, ORDINARY, False) for text in ordinary]
    once = {text.lower(): (text, label, look_alike) for text, label, look_alike in reversed(rows)}
    texts, labels, look_alikes = zip(*once.values())
    return SafetyExamples(list(texts), list(labels), list(look_alikes))
