"""Trains the Rasa model for the present data, if there is none yet: ``python -m tools.train [--force]``.

The model's name carries a digest of everything that training depends on, so that a model is never
served for other data than it was trained on. The wording of answers is not part of it: an answer can
be changed without training. A candidate, trained with other reviewed examples than those of ``data/reviewed/``,
lies beside it under the name that it has once those examples are there.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from content.catalogue import ROOT, read_yaml
from tools.setup import one_at_a_time

CODE = ("config.yml", "domain.yml", "requirements/rasa.txt", "requirements/encoder.txt")
SAFETY_EXAMPLES = ("category", "does_not_fire", "ordinary")
LEARNT_FROM = {"nlu", "rules", "stories", "responses", "lookups", "learnt"}
REVIEWED = ROOT / "data" / "reviewed"
KEPT_MODELS = 3


class TrainingError(RuntimeError):
    """Training failed; Rasa's own words are above."""


def model_path(reviewed: Path = REVIEWED) -> Path:
    """Return where the model for the present data is, or will be, with the reviewed examples of a folder."""
    known = hashlib.sha256()
    for name in (*CODE, *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "nlu").glob("*.py"))):
        known.update((ROOT / name).read_bytes())
    own = [path for path in sorted((ROOT / "data").glob("**/*.yml")) if path.parent != REVIEWED]
    for path in (*own, *sorted(reviewed.glob("*.yml"))):
        content = read_yaml(path)
        if not isinstance(content, dict):
            continue
        if path.parent.name == "safety":  # what the safety model learns from; its rules are read at every start
            fires = sorted([*content.get("fires", []), *content.get("learnt", [])])  # whatever the rules find of them
            known.update(json.dumps([fires, *(content.get(key) for key in SAFETY_EXAMPLES)]).encode())
            continue
        if not content.keys() & LEARNT_FROM:
            continue
        learnt = {key: value for key, value in content.items() if key != "responses"}
        titles = {key: [v.get("text") for v in variations] for key, variations in content.get("responses", {}).items()}
        known.update(json.dumps([learnt, titles], sort_keys=True, default=str).encode())
    return ROOT / "models" / f"assistant-{known.hexdigest()[:16]}.tar.gz"


def train(force: bool = False, reviewed: Path = REVIEWED) -> Path:
    """Train if there is no model for the present data, or if ``force``; return the model's path.

    Args:
        force: Train in any case.
        reviewed: The folder of the reviewed examples.

    Raises:
        TrainingError: Rasa could not train.
    """
    path = model_path(reviewed)
    if path.is_file() and not force:
        return path
    with one_at_a_time("training"):
        if path.is_file() and not force:  # another has just made it
            return path
        print("Training the assistant; this takes about five minutes …", flush=True)
        environment = {**rasa_environment(), "REVIEWED_DIR": str(reviewed)}
        path.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as unfinished:
            command = [*rasa_train(reviewed), "--out", unfinished, "--fixed-model-name", "new"]
            # Its input is not ours, which may be the lock of who learns.
            done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
            new = Path(unfinished) / "new.tar.gz"
            if done.returncode or not new.is_file():
                raise TrainingError("Training failed. Mend what Rasa names above, or run 'make check' to find it.")
            new.replace(path)
        _drop_old(keep={path, model_path()})
        return path


def rasa_environment() -> dict[str, str]:
    """Return the environment for Rasa's Python: none of the frontdesk's settings, whose keys open conversations."""
    return {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}


def rasa_train(reviewed: Path = REVIEWED) -> list[str]:
    """Return the command that trains, but for where the model goes."""
    # --force: Rasa's own cache looks at a component's class only, and would miss a change in what it calls.
    command = [str(ROOT / ".venv-rasa" / "bin" / "rasa"), "train", "--skip-validation", "--quiet", "--force"]
    return [*command, "--data", *(str(folder) for folder in _folders(reviewed))]


def _folders(reviewed: Path) -> list[Path]:
    own = [path for path in sorted((ROOT / "data").iterdir()) if path.is_dir() and path != REVIEWED]
    return [*own, reviewed] if reviewed.is_dir() else own


def _drop_old(keep: set[Path]) -> None:
    models = sorted((ROOT / "models").glob("assistant-*.tar.gz"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in models[KEPT_MODELS:]:
        if old not in keep:
            old.unlink()


if __name__ == "__main__":
    try:
        print(train(force="--force" in sys.argv[1:]))
    except TrainingError as error:
        sys.exit(str(error))
