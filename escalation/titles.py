"""How staff read why a case was opened."""

from __future__ import annotations

from functools import cache
from itertools import takewhile
from pathlib import Path

import yaml

from content.catalogue import ROOT

FOLDER = ROOT / "data" / "safety"
OTHER = {
    "guide": "Candidacy guide sent to the clinic",
    "unavailable": "Message without an answer: a part of the assistant was down",
}


def case_title(category: str, form: str | None = None) -> str:
    """Return the category of a case in words, with its form if it is not the usual one."""
    title = OTHER.get(category) or _titles().get(category, category)
    return f"{title} ({form})" if form else title


@cache
def _titles() -> dict[str, str]:
    """Every category's title, from the heads of their files: what follows them takes long to read."""
    heads = [_head(path) for path in FOLDER.glob("?_*.yml")]
    return {head["category"]: head["title"] for head in heads}


def _head(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8") as lines:
        head: dict[str, str] = yaml.safe_load("".join(takewhile(lambda line: not line.startswith("teams:"), lines)))
        return head
