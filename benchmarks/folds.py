"""The examples, and the five folds on which every pipeline is measured."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Tuple

import numpy as np
import yaml
from sklearn.model_selection import StratifiedKFold

ROOT = Path(__file__).resolve().parent.parent
FOLDS = 5


class Examples(NamedTuple):
    """Training messages and their labels, such as ``safety/bladder``."""

    texts: np.ndarray
    labels: np.ndarray


def load_examples() -> Examples:
    """Read every example of ``data/faq/`` and ``data/conversation/``."""
    texts: List[str] = []
    labels: List[str] = []
    for path in [*sorted((ROOT / "data/faq").glob("*.yml")), *sorted((ROOT / "data/conversation").glob("*.yml"))]:
        for entry in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu", []):
            if entry["intent"] == "escalate":  # nothing learns it
                continue
            found = [line[2:].strip() for line in entry["examples"].splitlines() if line.startswith("- ")]
            texts += found
            labels += [entry["intent"]] * len(found)
    return Examples(np.asarray(texts, dtype=object), np.asarray(labels))


def responses() -> Dict[str, str]:
    """Return a text for every response key, for pipelines that want responses in their training data."""
    found: Dict[str, str] = {}
    for path in [*(ROOT / "data/faq").glob("*.yml"), *(ROOT / "data/conversation").glob("*.yml")]:
        for key, variations in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("responses", {}).items():
            found[key] = variations[0]["text"]
    return found


def folds(examples: Examples) -> Iterator[Tuple[np.ndarray, np.ndarray]]:
    """Yield the training and test rows of the five folds; always the same."""
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=7)
    yield from splitter.split(examples.texts, examples.labels)
