"""The topic model: which of all topics a text asks about, and how sure that is.

Two linear models look at a text, one at its sentence vector, one at its words and letters; the sum of
their log-probabilities ranks the topics. How sure the ranking is, is learnt from held-out folds and
kept with the model, together with the thresholds for answering, asking and declining.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass, field
from typing import List, Sequence

import numpy as np
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from nlu.lexical_model import LexicalModel, log_softmax

OUT_OF_SCOPE = "out_of_scope"
GUIDE = "guide"
CONVERSATION = ("smalltalk", "follow_up", GUIDE)
ESCALATE = "escalate"  # set by the safety screen; its examples stand in the data for Rasa, and nothing learns them
OFFERED = 3

# Chosen by cross-validation (`make evaluate`); both are flat around these values.
DENSE_C = 20.0
DENSE_STEPS = 40

CALIBRATION_FOLDS = 3
# The share of messages that may be answered wrongly, and the least chance that one of three offered
# topics is right before they are offered, both as seen on held-out folds.
WRONG_ANSWERS = 0.05
LEAST_HOPE = 0.35


def area(label: str) -> str:
    """The part of a label before the slash: the Rasa intent."""
    return label.split("/", 1)[0]


def is_topic(label: str) -> bool:
    """Whether a label is a topic with a reviewed answer."""
    return area(label) != OUT_OF_SCOPE and area(label) not in CONVERSATION


@dataclass(frozen=True)
class Reading:
    """What one text most likely asks.

    ``labels`` are the likeliest labels with their probabilities, best first; ``sure`` the chance that the
    first is right, ``hope`` the chance that one of the first three topics is, both calibrated.
    """

    labels: list[tuple[str, float]]
    sure: float
    hope: float

    @property
    def first(self) -> str:
        """The likeliest label."""
        return self.labels[0][0]

    @property
    def topics(self) -> list[str]:
        """The likeliest topics, best first."""
        return [label for label, _ in self.labels if is_topic(label)]


@dataclass
class Thresholds:
    """When to answer (``sure`` at least), when to ask (``hope`` at least); below, decline."""

    answer: float = 0.5
    ask: float = LEAST_HOPE


@dataclass
class LinearModels:
    """The two linear models behind a ranking."""

    labels: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=str))

    def fit(self, texts: Sequence[str], vectors: np.ndarray, labels: np.ndarray) -> LinearModels:
        """Train on ``texts`` with their ``vectors`` (n, 384) and ``labels`` (n,)."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is on purpose: it generalises as well
            dense = LogisticRegression(C=DENSE_C, max_iter=DENSE_STEPS).fit(vectors.astype(np.float32), labels)
        self._lexical = LexicalModel().fit(texts, labels)
        self.labels = dense.classes_
        self._dense = dense.coef_.T.astype(np.float32)
        self._dense_bias = dense.intercept_.astype(np.float32)
        by_label = np.argsort(labels, kind="stable")
        self._examples = vectors[by_label].astype(np.float32)
        self._firsts = np.searchsorted(labels[by_label], self.labels)  # where each label's examples begin
        return self

    def log_probabilities(self, texts: Sequence[str], vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return both models' log-probabilities, each of shape ``(texts, labels)``."""
        dense = log_softmax(vectors @ self._dense + self._dense_bias)
        return dense, self._lexical.log_probabilities(texts)

    def nearest(self, vectors: np.ndarray) -> np.ndarray:
        """Return the similarity of each text to the nearest example of each label: ``(texts, labels)``."""
        nearest: np.ndarray = np.maximum.reduceat(vectors @ self._examples.T, self._firsts, axis=1)
        return nearest


class TopicModel:
    """Ranks topics and says how sure it is. Train with :meth:`fit`, ask with :meth:`read`."""

    def __init__(self) -> None:
        """Start untrained."""
        self._models = LinearModels()
        self._sure = LogisticRegression(C=10.0, max_iter=1000)
        self._hope = LogisticRegression(C=10.0, max_iter=1000)
        self.thresholds = Thresholds()

    @property
    def labels(self) -> np.ndarray:
        """All labels, sorted."""
        return self._models.labels

    def fit(self, texts: Sequence[str], vectors: np.ndarray, labels: Sequence[str]) -> TopicModel:
        """Train the models, then learn from held-out folds how sure to be and when to answer.

        Args:
            texts: n training examples.
            vectors: their sentence vectors, ``(n, 384)``.
            labels: their labels, such as ``safety/bladder`` or ``out_of_scope/diagnosis``.
        """
        everything, words, truth = np.arange(len(texts)), np.asarray(texts, dtype=object), np.asarray(labels)
        folds = list(StratifiedKFold(CALIBRATION_FOLDS, shuffle=True, random_state=0).split(vectors, truth))
        self._models, *held_out = Parallel(n_jobs=os.cpu_count())(
            delayed(_fit)(words[rows], vectors[rows], truth[rows])
            for rows in (everything, *(train for train, _ in folds))
        )
        features: List[np.ndarray] = []
        right: List[bool] = []
        offered: List[bool] = []
        for models, (_, test) in zip(held_out, folds):
            rankings, found = _rank(models, words[test], vectors[test])
            features.append(found)
            right.extend(_same(ranking[0][0], label) for ranking, label in zip(rankings, truth[test]))
            offered.extend(label in _offer(ranking) for ranking, label in zip(rankings, truth[test]))
        table = np.concatenate(features)
        self._sure.fit(table, right)
        self._hope.fit(table, offered)
        self._choose_thresholds(table, np.asarray(right))
        return self

    def read(self, texts: Sequence[str], vectors: np.ndarray) -> list[Reading]:
        """Return what each text most likely asks."""
        rankings, features = _rank(self._models, texts, vectors)
        sure = self._sure.predict_proba(features)[:, 1]
        hope = self._hope.predict_proba(features)[:, 1]
        return [Reading(ranking, float(s), float(h)) for ranking, s, h in zip(rankings, sure, hope)]

    def _choose_thresholds(self, table: np.ndarray, right: np.ndarray) -> None:
        """Answer as often as the allowed share of wrong answers permits on the held-out folds."""
        sure = self._sure.predict_proba(table)[:, 1]
        answers = table[:, FIRST_IS_TOPIC] == 1.0
        order = np.argsort(-sure[answers])
        wrong = np.cumsum(~right[answers][order]) / len(right)
        allowed = np.flatnonzero(wrong <= WRONG_ANSWERS)
        last = allowed[-1] if len(allowed) else 0
        self.thresholds = Thresholds(answer=float(sure[answers][order][last]), ask=LEAST_HOPE)


FIRST_IS_TOPIC = 8


def _fit(texts: Sequence[str], vectors: np.ndarray, labels: np.ndarray) -> LinearModels:
    return LinearModels().fit(texts, vectors, labels)


def _rank(
    models: LinearModels, texts: Sequence[str], vectors: np.ndarray
) -> tuple[list[list[tuple[str, float]]], np.ndarray]:
    """Rank labels, and describe each ranking by the features that its certainty is learnt from."""
    dense, lexical = models.log_probabilities(texts, vectors)
    log_p = log_softmax(dense + lexical)
    nearest = models.nearest(vectors)
    areas = np.array([area(label) for label in models.labels])
    outside = areas == OUT_OF_SCOPE
    rankings, features = [], []
    for row in range(len(texts)):
        p = np.exp(log_p[row])
        order = np.argsort(-p)
        first, second = order[0], order[1]
        ranked = _merge_outside([(str(models.labels[i]), float(p[i])) for i in order[:12]], float(p[outside].sum()))
        rankings.append(ranked)
        topics = [i for i in order[:12] if is_topic(models.labels[i])][:OFFERED]
        features.append(
            [
                log_p[row, first],
                np.log(p[first] + 1e-9) - np.log(p[second] + 1e-9),
                p[topics].sum() if topics else 0.0,
                p[outside].sum(),
                nearest[row, first],
                nearest[row].max() - nearest[row, first],
                nearest[row][outside].max() if outside.any() else 0.0,
                dense[row, first],
                float(is_topic(ranked[0][0])),
                float(dense[row].argmax() == lexical[row].argmax()),
                lexical[row, first],
                np.log1p(len(texts[row].split())),
                -(p * log_p[row]).sum(),
            ]
        )
    return rankings, np.nan_to_num(np.asarray(features, dtype=np.float64))


def _merge_outside(ranking: list[tuple[str, float]], outside: float) -> list[tuple[str, float]]:
    """Count all kinds of out-of-scope messages as one label."""
    inside = [(label, p) for label, p in ranking if area(label) != OUT_OF_SCOPE]
    return sorted([*inside, (OUT_OF_SCOPE, outside)], key=lambda item: -item[1])


def _offer(ranking: list[tuple[str, float]]) -> list[str]:
    return [label for label, _ in ranking if is_topic(label)][:OFFERED]


def _same(first: str, label: str) -> bool:
    return first == label or (first == OUT_OF_SCOPE and area(label) == OUT_OF_SCOPE)
