"""The folders between teaching and having learnt: what waits, what a candidate is trained on, what was before.

Only the examples move. A model's name is a digest of its data, so the model that belongs to them is the one in use.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from content.catalogue import read_yaml
from review.files import (
    HEADS,
    LISTS,
    REGRESSIONS,
    SAFETY,
    TOPICS,
    alone,
    replace_file,
    with_cases,
)


class LearningError(RuntimeError):
    """The assistant cannot learn or go back; the message says what to do."""


@dataclass
class Learning:
    """The folders of one assistant.

    Args:
        taught: What waits.
        learnt: What the assistant has learnt.
        var: Where the candidate's examples, and those of before, are kept.
    """

    taught: Path
    learnt: Path
    var: Path

    @property
    def candidate(self) -> Path:
        """The folder of the examples with which a candidate is trained."""
        return self.var / "candidate"

    @property
    def before(self) -> Path:
        """The folder of the examples that had been learnt before the last ones."""
        return self.var / "learnt_before"

    def gather(self) -> bool:
        """Put what was learnt and what waits together for a candidate; return whether anything waits.

        Raises:
            content.catalogue.CatalogueError: A file was changed by hand and is no YAML any more.
            LearningError: A file was changed by hand, and it cannot be told where its examples begin.
        """
        shutil.rmtree(self.candidate, ignore_errors=True)
        self._waiting: dict[str, str] = {}
        for name, key in LISTS.items():
            waits, known = self.taught / name, self.learnt / name
            if waits.is_file() and (read_yaml(waits) or {}).get(key):
                self._waiting[name] = waits.read_text(encoding="utf-8")
            if name in self._waiting or known.is_file():
                start = known.read_text(encoding="utf-8") if known.is_file() else HEADS[name]
                _, found, more = self._waiting.get(name, "").partition(f"\n{key}:\n")
                if name in self._waiting and not found:
                    raise LearningError(f"{waits} has no line '{key}:'. Put it back above the examples, and try again.")
                start = start.rstrip("\n") + "\n"
                replace_file(self.candidate / name, with_cases(start, more) if name == REGRESSIONS else start + more)
                read_yaml(self.candidate / name)
        return bool(self._waiting)

    def accept(self) -> None:
        """Make the candidate's examples the learnt ones. What was taught since :meth:`gather` goes on waiting."""
        _copy(self.learnt, self.before)
        for path in self.candidate.glob("*.yml"):
            replace_file(self.learnt / path.name, path.read_text(encoding="utf-8"))
        with alone(self.taught):
            for name, learnt in self._waiting.items():
                path = self.taught / name
                now = path.read_text(encoding="utf-8") if path.is_file() else ""
                if now == learnt:
                    path.unlink()
                elif now.startswith(learnt):
                    replace_file(path, HEADS[name] + now[len(learnt) :])  # else changed by hand: it goes on waiting

    def check_back(self) -> None:
        """See that there is something to go back to.

        Raises:
            LearningError: There is nothing.
        """
        if not self.before.is_dir():
            raise LearningError("There is nothing to go back to: nothing was learnt since the last time.")

    def back(self) -> None:
        """Put the examples of before back. Regression tests stay; the marks can be taught again.

        Raises:
            LearningError: There is nothing to go back to.
        """
        self.check_back()
        for name in (TOPICS, SAFETY):
            if (self.before / name).is_file():
                replace_file(self.learnt / name, (self.before / name).read_text(encoding="utf-8"))
            else:
                (self.learnt / name).unlink(missing_ok=True)
        shutil.rmtree(self.before)


def _copy(folder: Path, to: Path) -> None:
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    for path in folder.glob("*.yml"):
        shutil.copy(path, to)
