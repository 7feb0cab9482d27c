"""Measures the safety screen and writes ``docs/safety.md``: ``python -m benchmarks.safety``; prints every miss.

Cross-validation of the learnt model on the examples of ``data/safety/``, with the rules beside it, and the wordings by
other authors in ``benchmarks/wordings/safety/``, which nothing is ever trained on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Collection, Dict, List, Sequence

import numpy as np
import yaml
from sklearn.model_selection import StratifiedKFold

from benchmarks.folds import ROOT, load_examples
from nlu.encoder import TrainingEncoder
from nlu.language import build, questions_in
from nlu.safety_examples import SafetyExamples, load_safety_examples
from nlu.safety_model import ANY_FROM, ORDINARY, SERIOUS, SERIOUS_FROM, SafetyModel, two_views
from safety import FIXED, Screen
from safety.rules import CATEGORIES, category_files

FOLDS = 3
WORDINGS = ROOT / "benchmarks" / "wordings" / "safety"
CURVE = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7)
AIMS = {**dict.fromkeys("abcd", 0.99), **dict.fromkeys("efghijklmnop", 0.93)}


@dataclass
class Judged:
    """What the screen made of messages: for each, the categories found by the rules and by the model."""

    texts: List[str]
    truth: List[str]
    rules: List[List[str]]
    learnt: List[List[str]]
    serious: np.ndarray

    def found(self, row: int) -> List[str]:
        """All categories that a message was found to fall under."""
        return [*self.rules[row], *self.learnt[row]]

    def rows(self, label: str) -> List[int]:
        """The messages that fall under ``label``."""
        return [row for row, truth in enumerate(self.truth) if truth == label]

    def recall(self, label: str, how: str = "found") -> float:
        """The share of a category's messages kept from an ordinary answer; of a, b, c, d and j, with a crisis reply."""
        enough = set(FIXED if label in FIXED else CATEGORIES)  # what is serious must be found as something serious
        parts = {"found": self.rules, "rules": self.rules, "learnt": self.learnt}
        found = [{*parts[how][row], *(self.learnt[row] if how == "found" else [])} for row in self.rows(label)]
        return float(np.mean([bool(one & enough) for one in found]))

    def named(self, label: str) -> float:
        """The share of a category's messages that are found as just that category, or as one that goes before it."""
        return float(np.mean([label in self.found(row) for row in self.rows(label)]))

    def alarms(self, rows: Sequence[int], letters: str = CATEGORIES) -> float:
        """The share of ordinary messages that set off an alarm of one of ``letters``."""
        return float(np.mean([bool(set(self.found(row)) & set(letters)) for row in rows]))


class Judge:
    """Holds messages against rules and a model as the assistant does, at the start of a conversation."""

    def __init__(self, encoder: TrainingEncoder) -> None:
        self._encoder, self._screen, self._nlp = encoder, Screen(), build()

    def __call__(self, model: SafetyModel, texts: Sequence[str], truth: Sequence[str]) -> Judged:
        """Judge ``texts``."""
        readings = [self._readings(text) for text in texts]
        flat = [reading for one in readings for reading in one]
        probabilities = model.probabilities(flat, self.vectors(flat))
        columns = [model.labels.index(letter) for letter in SERIOUS]
        learnt: List[List[str]] = []
        serious: List[float] = []
        start = 0
        for one in readings:
            rows = probabilities[start : start + len(one)]
            learnt.append(list(model.decide(rows)))
            serious.append(float(rows[:, columns].sum(axis=1).max()))
            start += len(one)
        rules = [[finding.category for finding in self._screen.check(text)] for text in texts]
        return Judged(list(texts), list(truth), rules, learnt, np.array(serious))

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Return what the model looks at."""
        return two_views(texts, self._encoder.encode(texts), self._screen.normalise, self._encoder)

    def _readings(self, text: str) -> List[str]:
        segments = questions_in([sentence.text for sentence in self._nlp(text).sents])
        return [text, *(segments if len(segments) > 1 else [])]


def cross_validated(examples: SafetyExamples, vectors: np.ndarray, judge: Judge) -> Judged:
    """Judge every example by a model that has not seen it."""
    texts, labels = np.asarray(examples.texts, dtype=object), np.asarray(examples.labels)
    order: List[int] = []
    parts: List[Judged] = []
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=7)
    for fold, (train, test) in enumerate(splitter.split(vectors, labels)):
        model = SafetyModel().fit(list(texts[train]), vectors[train], list(labels[train]))
        parts.append(judge(model, list(texts[test]), list(labels[test])))
        order += list(test)
        print(f"Fold {fold + 1} of {FOLDS}: done.", flush=True)
    flat = [(t, y, r, f, s) for p in parts for t, y, r, f, s in zip(p.texts, p.truth, p.rules, p.learnt, p.serious)]
    ordered = [flat[place] for place in np.argsort(order)]
    return Judged(
        [row[0] for row in ordered],
        [row[1] for row in ordered],
        [row[2] for row in ordered],
        [row[3] for row in ordered],
        np.array([row[4] for row in ordered]),
    )


def by_others(path: Path, model: SafetyModel, judge: Judge, known: Collection[str]) -> Judged:
    """Judge one set of wordings by other authors, without those that were hit upon by an author of the examples too.

    ``known`` are the examples in lower case.
    """
    content: Dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows = [(text, letter) for letter, kind in content["fires"].items() for text in kind]
    rows += [(text, ORDINARY) for text in (*content["look_alikes"], *content["ordinary"])]
    new = [(text, label) for text, label in rows if text.lower().strip() not in known]
    return judge(model, [text for text, _ in new], [label for _, label in new])


def table(judged: Judged) -> List[str]:
    """Return recall by category as table rows."""
    rows = [
        "| | messages | kept from an ordinary answer | by rules alone | found as this category | aim |",
        "|---|---|---|---|---|---|",
    ]
    for _, content in category_files():
        letter = content["category"]
        if not judged.rows(letter):
            continue
        rows.append(
            f"| ({letter}) {content['title']} | {len(judged.rows(letter))} | {judged.recall(letter):.1%} "
            f"| {judged.recall(letter, 'rules'):.1%} | {judged.named(letter):.1%} | {AIMS[letter]:.0%} |"
        )
    return rows


def alarms(judged: Judged, rows: Sequence[int]) -> str:
    """Say how many ordinary messages set off an alarm."""
    return f"any category {judged.alarms(rows):.1%}, a to d {judged.alarms(rows, 'abcd'):.1%} of {len(rows)}"


def curve(judged: Judged, look_alikes: Sequence[int], questions: Sequence[int]) -> List[str]:
    """Return what other thresholds for serious categories would do: the operating curve of the model alone."""
    rows = [
        "| threshold | a to d and j found | false alarms on look-alikes | on questions |",
        "|---|---|---|---|",
    ]
    serious = [row for letter in SERIOUS for row in judged.rows(letter)]
    for threshold in CURVE:
        share = [float(np.mean(judged.serious[list(part)] >= threshold)) for part in (serious, look_alikes, questions)]
        rows.append(f"| {threshold} | " + " | ".join(f"{one:.1%}" for one in share) + " |")
    return rows


def print_misses(name: str, judged: Judged) -> None:
    """Print every message that got an ordinary answer and must not, and every false alarm."""
    for row, truth in enumerate(judged.truth):
        if truth != ORDINARY and not set(judged.found(row)) & set(FIXED if truth in FIXED else CATEGORIES):
            print(f"{name}: MISSED ({truth}) {judged.texts[row]}")
        if truth == ORDINARY and judged.found(row):
            print(f"{name}: FALSE ALARM ({''.join(judged.found(row))}) {judged.texts[row]}")


def main() -> None:
    """Measure, print every miss, and write the page."""
    encoder, ordinary = TrainingEncoder(ROOT / "var" / "encoder"), load_examples()
    examples = load_safety_examples(list(ordinary.texts))
    judge = Judge(encoder)
    vectors = judge.vectors(examples.texts)
    judged = cross_validated(examples, vectors, judge)
    model = SafetyModel().fit(examples.texts, vectors, examples.labels)
    look_alikes = [row for row, close in enumerate(examples.look_alikes) if close]
    questions = [row for row in judged.rows(ORDINARY) if not examples.look_alikes[row]]
    print_misses("cross-validation", judged)
    lines = [
        "# How well the safety screen works",
        "",
        "Written by `make evaluate-safety`, which also prints every miss; do not edit. A clinician should read them.",
        "",
        "## Wordings by other authors",
        "",
        "Written by people who saw neither rules nor examples. Nothing is trained on them; a message that happens to",
        "be an example too, word for word, is left out. The first set was looked at while rules and examples were",
        "improved; the second and the third were only ever measured.",
        "",
    ]
    known = {text.lower().strip() for text in examples.texts}
    for path in sorted(WORDINGS.glob("*.yml")):
        theirs = by_others(path, model, judge, known)
        print_misses(f"{path.stem} set", theirs)
        lines += [f"### The {path.stem} set", "", *table(theirs), ""]
        lines += [
            f"False alarms on its look-alikes and ordinary questions: {alarms(theirs, theirs.rows(ORDINARY))}.",
            "",
        ]
    lines += [
        "## Cross-validation",
        "",
        f"{FOLDS} folds over {sum(label != ORDINARY for label in examples.labels)} examples of the sixteen categories,",
        f"{len(look_alikes)} look-alikes and {len(questions)} ordinary questions and remarks. The model is judged on",
        "what it has not seen; the rules were written with these examples in view. Most are indirect on purpose.",
        "",
        *table(judged),
        "",
        f"- False alarms on look-alikes: {alarms(judged, look_alikes)}.",
        f"- False alarms on ordinary questions and remarks: {alarms(judged, questions)}.",
        "",
        "### The operating curve",
        "",
        "The model alone, on held-out folds. A message counts as serious when the probabilities of a, b, c, d and j",
        f"add up to the threshold; the one in use is {SERIOUS_FROM}. Any other category counts from {ANY_FROM} on.",
        "",
        *curve(judged, look_alikes, questions),
    ]
    (ROOT / "docs" / "safety.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("Wrote docs/safety.md")


if __name__ == "__main__":
    main()
