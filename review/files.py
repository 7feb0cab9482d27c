"""The files of examples: what there is, what the assistant has been taught, and how more is written.

What is taught waits in a folder of its own, in ``topics.yml`` and ``safety.yml``, and is learnt from there: see
:mod:`tools.learn`. What has been learnt is in ``data/reviewed/``, in files of the same form.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from content.catalogue import ROOT, examples_of, read_yaml
from review.examples import Example, plain

LEARNT = ROOT / "data" / "reviewed"
TOPICS, SAFETY, REGRESSIONS = "topics.yml", "safety.yml", "regressions.yml"
_HEAD = "# {what} Written in the staff console; whatever should not be here may be taken out.\n"
LISTS = {TOPICS: "nlu", SAFETY: "learnt", REGRESSIONS: "cases"}
CASE = "- origin: "  # how a regression test begins
HEADS = {
    TOPICS: _HEAD.format(what="Visitors' questions as reviewers marked them.") + 'version: "3.1"\nnlu:\n',
    SAFETY: _HEAD.format(what="Visitors' messages for the safety model, as reviewers marked them.") + "learnt:\n",
    REGRESSIONS: _HEAD.format(what="Conversations that must go like this from now on.") + "cases:\n",
}


def known_examples(taught: Path) -> dict[str, str]:
    """Return the words of every example that the assistant has or is about to learn, each with its label."""
    found = dict(_own_examples())
    for folder in (LEARNT, taught):
        found.update(_topics(folder / TOPICS))
        found.update({plain(one["text"]): one["category"] for one in _read(folder / SAFETY).get("learnt") or []})
    return found


@cache
def _own_examples() -> dict[str, str]:
    """The examples that the assistant comes with; whoever changes them starts it again."""
    data = ROOT / "data"
    found: dict[str, str] = {}
    for path in (*sorted((data / "faq").glob("*.yml")), *sorted((data / "conversation").glob("*.yml"))):
        found.update(_topics(path))
    for path in sorted((data / "safety").glob("?_*.yml")):
        content = read_yaml(path)
        found.update({plain(text): content["category"] for text in (*content["fires"], *content["learnt"])})
    return found


def waiting(taught: Path) -> int:
    """Return how many examples and regression tests wait to be learnt."""
    return sum(len(_read(taught / name).get(key) or []) for name, key in LISTS.items())


def write_examples(folder: Path, examples: Sequence[Example]) -> None:
    """Add examples to the files of ``folder``: all of a file's or none."""
    for name, wanted in ((SAFETY, True), (TOPICS, False)):
        if blocks := [one.block for one in examples if one.is_safety is wanted]:
            add_blocks(folder / name, blocks)


def add_blocks(path: Path, blocks: Sequence[str]) -> None:
    """Add blocks to a file of one of the three forms; a block that is in it already is not written again."""
    with alone(path.parent):
        before = path.read_text(encoding="utf-8") if path.is_file() else HEADS[path.name]
        new = [block for block in blocks if block not in before]
        replace_file(path, before + "".join(new))


def put_case(folder: Path, block: str) -> None:
    """Let a regression test wait, in place of an earlier one of the same conversation."""
    path = folder / REGRESSIONS
    with alone(folder):
        before = path.read_text(encoding="utf-8") if path.is_file() else HEADS[REGRESSIONS]
        replace_file(path, with_cases(before, block))


def saved_case(folders: Sequence[Path], origin: str) -> str | None:
    """Return the block of a conversation's regression test from the first folder that has one."""
    for path in (folder / REGRESSIONS for folder in folders):
        content = path.read_text(encoding="utf-8") if path.is_file() else ""
        if found := _cases(content)[1].get(f"{CASE}{origin}"):
            return found
    return None


def with_cases(before: str, more: str) -> str:
    """Return a file of regression tests with more of them: of each conversation there is the last one only."""
    head, cases = _cases(before)
    for origin, block in _cases(more)[1].items():
        cases.pop(origin, None)
        cases[origin] = block
    return head + "".join(cases.values())


def replace_file(path: Path, content: str) -> None:
    """Write a file: whoever reads it sees the old one or the new one, and a crash leaves one of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8", suffix=".new") as new:
        new.write(content)
        new.flush()
        os.fsync(new.fileno())
    Path(new.name).replace(path)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one process and thread at a time add to the files of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _cases(content: str) -> tuple[str, dict[str, str]]:
    """Return what stands above the regression tests, and the blocks by their first lines."""
    head, *blocks = re.split(f"(?m)^(?={CASE})", content)
    return head, {block.split("\n", 1)[0]: block.rstrip("\n") + "\n" for block in blocks}


def _topics(path: Path) -> dict[str, str]:
    content = _read(path)
    return {plain(text): entry["intent"] for entry in content.get("nlu") or [] for text in examples_of(entry)}


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(path) if path.is_file() else {}
    return content or {}
