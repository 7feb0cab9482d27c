"""Which label a text has by its words and letters: TF-IDF and a linear support vector machine.

Looks at what the sentence vector blurs: names, slang, spelling.
"""

from __future__ import annotations

from typing import Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

# Chosen by cross-validation (`make evaluate`); all are flat around these values.
C = 0.3
SHARPNESS = 2.5
FEATURES = 25_000


class LexicalModel:
    """Train with :meth:`fit`, ask with :meth:`log_probabilities`; labels come sorted."""

    def fit(self, texts: Sequence[str], labels: np.ndarray) -> LexicalModel:
        """Train on ``texts`` with their ``labels`` (n,)."""
        self._words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_features=FEATURES // 2)
        self._letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3, max_features=FEATURES
        )
        features = hstack([self._words.fit_transform(texts), self._letters.fit_transform(texts)]).tocsr()
        machine = LinearSVC(C=C).fit(features, labels)
        self._weights = np.ascontiguousarray(machine.coef_.T, dtype=np.float32)
        self._bias = machine.intercept_.astype(np.float32)
        return self

    def log_probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Return log-probabilities of shape ``(texts, labels)``."""
        features = hstack([self._words.transform(texts), self._letters.transform(texts)]).tocsr()
        return log_softmax(SHARPNESS * (_times(features, self._weights) + self._bias))


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Return the logarithm of the softmax over the last axis of a two-dimensional array."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    result: np.ndarray = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


def _times(sparse: csr_matrix, dense: np.ndarray) -> np.ndarray:
    product: np.ndarray = sparse.astype(np.float32) @ dense
    return product
