"""The examples of ``data/safety/`` and of the FAQ, as the tests use them."""

from __future__ import annotations

from typing import Any

import yaml

from safety.rules import CATEGORIES, ROOT, category_files

RULES: dict[str, dict[str, Any]] = {content["category"]: content for _, content in category_files()}


def examples(key: str) -> list[tuple[str, str]]:
    """Every example of a kind with its category."""
    return [(letter, text) for letter in CATEGORIES for text in RULES[letter][key]]


def nlu_examples(folder: str, names: str) -> list[str]:
    """Every example message of Rasa's training files of those names."""
    found = []
    for path in sorted((ROOT / "data" / folder).glob(names)):
        for entry in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu", []):
            found += [line[2:].strip() for line in entry["examples"].splitlines() if line.startswith("- ")]
    return found
