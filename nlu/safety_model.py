"""The safety model: under which category of the safety policy a text falls, if any.

Catches indirect and coded wordings that rules miss. Small neural networks look at the sentence vectors of the text and
of its plain form, a linear model at words and letters; the sum of their log-probabilities decides among the sixteen
categories and "ordinary".
"""

from __future__ import annotations

import os
import re
import warnings
from typing import Callable, Dict, List, Sequence, Union

import numpy as np
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from nlu.encoder import Encoder, TrainingEncoder
from nlu.lexical_model import LexicalModel, log_softmax

ORDINARY = "ordinary"
# Missing one of these is worst (safety policy, rule 3); their probabilities are added up.
SERIOUS = ("a", "b", "c", "d", "j")
ASKED = "a"  # the category that has a check-in question

# From which probability a message counts as serious, and as anything that is not ordinary. Chosen on the operating
# curve in docs/safety.md (`make evaluate-safety`): low, so that recall goes before quiet.
SERIOUS_FROM = 0.2
ANY_FROM = 0.4
# From this probability on, a is a crisis; between the threshold and this, the visitor is asked.
SURE_FROM = 0.5
ALSO_FROM = 0.3  # a second category counts from this probability on
PART_FROM = 0.8  # a part of a message, or a second matter beside one that is clear, counts from this probability on
SUSPECT_FROM = 0.3  # below this probability of anything in the whole, its parts do not count
CLEAR_FROM = 0.5  # from this probability on a category is clear

# Flat around these values in the same evaluation. The mean of two is steadier than one network.
NETWORKS = 2
HIDDEN = 256
PENALTY = 1e-3
PASSES = 20
BATCH = 500
RATE = 2e-3

_WORD = re.compile(r"[a-z0-9]+")
_APOSTROPHE = re.compile(r"['\u2019]")


class SafetyModel:
    """Train with :meth:`fit`, ask with :meth:`find`."""

    def __init__(self) -> None:
        """Start untrained."""
        self._words = LexicalModel()
        self._layers: List[List[np.ndarray]] = []
        self.labels: List[str] = []

    def fit(self, texts: Sequence[str], vectors: np.ndarray, labels: Sequence[str]) -> SafetyModel:
        """Train.

        Args:
            texts: n examples.
            vectors: their vectors as :func:`two_views` makes them, ``(n, 768)``.
            labels: a category's letter, or ``ordinary``.
        """
        truth, views = np.asarray(labels), vectors.astype(np.float32)
        self._words = LexicalModel().fit(texts, truth)
        # One core each: a matrix product of this size gains nothing from several, and loses much on a busy machine.
        networks = Parallel(n_jobs=os.cpu_count())(delayed(_network)(views, truth, seed) for seed in range(NETWORKS))
        # The matrices are all that is needed to ask them.
        self._layers = [[part.astype(np.float32) for part in (*n.coefs_, *n.intercepts_)] for n in networks]
        self.labels = [str(label) for label in networks[0].classes_]
        return self

    def probabilities(self, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """Return the probability of each label for each text: ``(texts, labels)``."""
        semantic = np.mean([_ask(layers, vectors) for layers in self._layers], axis=0)
        words = self._words.log_probabilities(texts)
        result: np.ndarray = np.exp(log_softmax(np.log(semantic + 1e-9) + words))
        return result

    def find(self, texts: Sequence[str], vectors: np.ndarray) -> Dict[str, bool]:
        """Return the categories of one message, each with whether it is unsure.

        ``texts`` are the ways in which the message can be read: the whole first, then its sentences and the like.
        """
        return self.decide(self.probabilities(texts, vectors))

    def decide(self, probabilities: np.ndarray) -> Dict[str, bool]:
        """Return the categories that readings of these probabilities fall under; see :meth:`find`."""
        found: Dict[str, bool] = {}
        if 1 - probabilities[0, self.labels.index(ORDINARY)] < SUSPECT_FROM:
            probabilities = probabilities[:1]
        for place, row in enumerate(probabilities):
            by_label = dict(zip(self.labels, row.tolist()))
            ordinary = by_label.pop(ORDINARY)
            serious = sum(by_label[letter] for letter in SERIOUS)
            first = max(by_label, key=by_label.__getitem__)
            # A part of a message says less than the whole, and what is clearly another matter is seldom serious too.
            plain = place == 0 and (first in SERIOUS or by_label[first] < CLEAR_FROM)
            if serious >= (SERIOUS_FROM if plain else PART_FROM):
                first = max(SERIOUS, key=by_label.__getitem__)
            elif 1 - ordinary < (ANY_FROM if place == 0 else PART_FROM):
                continue
            unsure = first == ASKED and serious < SURE_FROM
            found[first] = found.get(first, True) and unsure
            for letter, probability in by_label.items():
                if probability >= ALSO_FROM:
                    found.setdefault(letter, letter == ASKED and probability < SURE_FROM)
        return found


def _network(views: np.ndarray, truth: np.ndarray, seed: int) -> MLPClassifier:
    network = MLPClassifier(
        (HIDDEN,),
        alpha=PENALTY,
        max_iter=PASSES,
        batch_size=min(BATCH, len(views)),
        learning_rate_init=RATE,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is on purpose: it generalises as well
        return network.fit(views, truth)


def two_views(
    texts: Sequence[str], vectors: np.ndarray, normalise: Callable[[str], str], encoder: Union[Encoder, TrainingEncoder]
) -> np.ndarray:
    """Return the vectors of ``texts`` beside those of their plain forms, which undo disguises: ``(n, 2 * 384)``.

    A text whose plain form has the same words is not encoded twice.
    """
    plain = [normalise(text) for text in texts]
    changed = [row for row, (text, form) in enumerate(zip(texts, plain)) if form and _words(form) != _words(text)]
    second = vectors.copy()
    if changed:
        second[changed] = encoder.encode([plain[row] for row in changed])
    return np.hstack([vectors, second])


def _words(text: str) -> List[str]:
    return _WORD.findall(_APOSTROPHE.sub("", text.lower()))


def _ask(layers: List[np.ndarray], vectors: np.ndarray) -> np.ndarray:
    first, second, first_bias, second_bias = layers
    hidden = np.maximum(vectors @ first + first_bias, 0.0)
    result: np.ndarray = np.exp(log_softmax(hidden @ second + second_bias))
    return result
