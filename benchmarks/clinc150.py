"""The topic model on CLINC150, beside what others published: ``make benchmark-clinc150 DATA=folder``.

CLINC150 (Larson and others, 2019) has 150 intents of everyday assistants, and questions that belong to none. The data
are not in this repository: the folder is ``data/`` of github.com/clinc/oos-eval. Encoder, model and decision are the
product's own, trained on the training examples alone; none of their settings was chosen on these data.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from benchmarks.folds import ROOT
from nlu.encoder import TrainingEncoder
from nlu.topic_model import OUT_OF_SCOPE, Reading, TopicModel

PARTS = {"full": "data_full.json", "small": "data_small.json", "plus": "data_oos_plus.json"}
# In-scope accuracy and out-of-scope recall in per cent: Larson and others (2019), Table 2, out-of-scope as a class.
PUBLISHED: Dict[str, Dict[str, Tuple[float, float]]] = {
    "full": {"BERT": (96.9, 40.3), "Rasa": (91.5, 45.3), "MLP": (93.5, 47.4), "SVM": (91.0, 14.5)},
    "plus": {"BERT": (96.7, 59.2), "Rasa": (90.9, 66.0)},
}


class DataError(ValueError):
    """The data cannot be read; the message says what was expected."""


class Examples(NamedTuple):
    """Texts and their labels."""

    texts: List[str]
    labels: List[str]


class Scores(NamedTuple):
    """Shares from 0 to 1: questions in scope with the right intent, questions out of scope that were seen to be."""

    in_scope: float
    out_of_scope: float


def load(path: Path) -> Tuple[Examples, Examples]:
    """Read the training and the test part of one file.

    Raises:
        DataError: It is not a file of CLINC150.
    """
    try:
        parts = json.loads(path.read_text(encoding="utf-8"))
        return _examples(parts["train"], parts["oos_train"]), _examples(parts["test"], parts["oos_test"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path} is no file of CLINC150 ({type(error).__name__}): it should be JSON with lists of [text, intent] "
            "under 'train', 'oos_train', 'test' and 'oos_test'."
        ) from error


def _examples(inside: Sequence[Sequence[str]], outside: Sequence[Sequence[str]]) -> Examples:
    texts = [text for text, _ in (*inside, *outside)]
    return Examples(texts, [*(label for _, label in inside), *(f"{OUT_OF_SCOPE}/{label}" for _, label in outside)])


def score(readings: Sequence[Reading], labels: Sequence[str], answer: float) -> Scores:
    """Compare readings with the truth: a question that is read less surely than ``answer`` counts as out of scope."""
    said = [reading.first if reading.sure >= answer else OUT_OF_SCOPE for reading in readings]
    outside = np.array([label.startswith(f"{OUT_OF_SCOPE}/") for label in labels])
    right = np.array([one == label for one, label in zip(said, labels)])
    rejected = np.array([one == OUT_OF_SCOPE for one in said])
    return Scores(float(right[~outside].mean()), float(rejected[outside].mean()))


def measure(path: Path) -> Dict[str, Scores]:
    """Train on one file and return both ways of telling what is out of scope: by class, and as the product does."""
    train, test = load(path)
    encoder = TrainingEncoder(ROOT / "var" / "encoder")
    model = TopicModel().fit(train.texts, encoder.encode(train.texts), train.labels)
    readings = model.read(test.texts, encoder.encode(test.texts))
    return {
        "this assistant's model, by class": score(readings, test.labels, 0.0),
        "this assistant's model, answers only when sure": score(readings, test.labels, model.thresholds.answer),
    }


def report(name: str, ours: Dict[str, Scores]) -> str:
    """Return one table: the product first, then what was published."""
    rows = [f"| {who} | {100 * s.in_scope:.1f} | {100 * s.out_of_scope:.1f} |" for who, s in ours.items()]
    rows += [f"| {who} (2019) | {inside} | {outside} |" for who, (inside, outside) in PUBLISHED.get(name, {}).items()]
    head = f"| CLINC150 {name} | in-scope accuracy, % | out-of-scope recall, % |"
    return "\n".join([head, "|---|---:|---:|", *rows, ""])


def main() -> int:
    """Print a table for each part that is in the folder; 1 when there is none."""
    folder = Path(sys.argv[1] if len(sys.argv) == 2 else "")
    found = {name: folder / file for name, file in PARTS.items() if (folder / file).is_file()}
    if len(sys.argv) != 2 or not found:
        files = ", ".join(PARTS.values())
        print(f"Name the folder that holds CLINC150's {files}: make benchmark-clinc150 DATA=folder", file=sys.stderr)
        return 1
    try:
        for name, path in found.items():
            print(report(name, measure(path)), flush=True)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
