"""Groups messages by meaning: ``python -m benchmarks.grouped``, for :mod:`tools.group`.

Reads a JSON list of texts from the standard input and writes a JSON list with the number of each one's group to the
standard output. Nothing of them is written anywhere else.
"""

from __future__ import annotations

import json
import sys
from typing import List, Sequence

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from benchmarks.folds import ROOT
from nlu.encoder import Encoder

# What nearly every message has in common says nothing of what it is about, and would make one large group.
COMMON = "ketamine"
# Between two groups, on vectors of length one. Up to here wordings of one gap come together (tried with 500
# out-of-scope examples of other questions around them); from 1.1 on unlike ones do too.
APART = 1.05


def grouped(texts: Sequence[str]) -> List[int]:
    """Return the number of each text's group."""
    if len(texts) < 2:
        return [0] * len(texts)
    vectors = Encoder(ROOT / "var" / "encoder").encode([COMMON, *texts])
    common, rest = vectors[0], vectors[1:]
    rest = rest - np.outer(rest @ common, common)
    rest /= np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-9)
    found = AgglomerativeClustering(n_clusters=None, distance_threshold=APART, linkage="average").fit(rest)
    return [int(label) for label in found.labels_]


if __name__ == "__main__":
    json.dump(grouped(json.load(sys.stdin)), sys.stdout)
