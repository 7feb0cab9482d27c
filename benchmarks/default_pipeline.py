"""Rasa's recommended default pipeline on the same folds.

``python -m benchmarks.default_pipeline [folds] [epochs]``

DIET for the intents and one ResponseSelector for the topics, as ``rasa init`` and the documentation
recommend them, with their default 100 epochs unless told otherwise. A fold with 100 epochs takes hours on
two cores, so each finished fold is kept in ``var/quality/`` and not run again; ``benchmarks.quality``
reports what is there.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import yaml

from benchmarks.folds import FOLDS, ROOT, Examples, folds, load_examples, responses

KEPT = ROOT / "var" / "quality"


def config(epochs: int) -> Dict[str, Any]:
    """Return the pipeline that Rasa recommends, as the content of a ``config.yml``."""
    return {
        "recipe": "default.v1",
        "assistant_id": "default-pipeline",
        "language": "en",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True},
            {"name": "EntitySynonymMapper"},
            {"name": "ResponseSelector", "epochs": epochs, "constrain_similarities": True},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
    }


def kept_path(examples: Examples, fold: int) -> Path:
    """Where the predictions of one fold of exactly these examples are kept."""
    known = hashlib.sha256("\n".join([*examples.texts, *examples.labels]).encode()).hexdigest()[:12]
    return KEPT / f"default-{known}-fold{fold}.json"


def predict(examples: Examples, train: np.ndarray, test: np.ndarray, epochs: int) -> Dict[str, Any]:
    """Train the default pipeline on ``train`` rows and return its label and confidence for ``test`` rows."""
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        by_label: Dict[str, List[str]] = {}
        for row in train:
            by_label.setdefault(str(examples.labels[row]), []).append(str(examples.texts[row]))
        nlu = [{"intent": k, "examples": "".join(f"- {text}\n" for text in v)} for k, v in by_label.items()]
        said = {key: [{"text": text}] for key, text in responses().items()}
        (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu, "responses": said}))
        (folder / "config.yml").write_text(yaml.safe_dump(config(epochs)))
        started = time.perf_counter()
        model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
        seconds = time.perf_counter() - started
        agent = Agent.load(model)
        parsed = [asyncio.run(agent.parse_message(str(examples.texts[row]))) for row in test]
    return {
        "epochs": epochs,
        "training_seconds": round(seconds, 1),
        "labels": [_label(item) for item in parsed],
        "sure": [_sure(item) for item in parsed],
        "ranking": [_ranking(item)[:3] for item in parsed],
    }


def _selector(parsed: Dict[str, Any]) -> Dict[str, Any]:
    found: Dict[str, Any] = parsed["response_selector"]["default"]
    return found


def _label(parsed: Dict[str, Any]) -> str:
    return str(_selector(parsed)["response"]["intent_response_key"])


def _sure(parsed: Dict[str, Any]) -> float:
    """The product of both confidences; zero when its own fallback fired."""
    if parsed["intent"]["name"] == "nlu_fallback":
        return 0.0
    return float(parsed["intent"]["confidence"] * _selector(parsed)["response"]["confidence"])


def _ranking(parsed: Dict[str, Any]) -> List[str]:
    return [str(item["intent_response_key"]) for item in _selector(parsed)["ranking"]]


def main() -> None:
    """Run the folds that are not kept yet, as many as the argument allows."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else FOLDS
    epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    examples = load_examples()
    KEPT.mkdir(parents=True, exist_ok=True)
    for fold, (train, test) in enumerate(folds(examples)):
        path = kept_path(examples, fold)
        if fold < wanted and not path.is_file():
            path.write_text(json.dumps(predict(examples, train, test, epochs)))
            print(f"Default pipeline, fold {fold + 1}: done.", flush=True)


if __name__ == "__main__":
    main()
